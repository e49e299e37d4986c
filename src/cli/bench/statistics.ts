/** What benches do with their samples, on which one slow outlier must have no say. */

/**
 * The middle value; of an even number of values the mean of the middle two.
 * @throws RangeError if there are none.
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  if (low === undefined || high === undefined) throw new RangeError('A median of no values');
  return (low + high) / 2;
}

/** To `digits` significant digits, so that JSON does not claim more than a clock can know. */
export function significant(value: number, digits = 4): number {
  return Number(value.toPrecision(digits));
}
