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

/** Two-sided 95 % quantiles of Student's t by degrees of freedom, from 1. */
const T95 = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262];

/** Mean and its 95 % interval by Student's t; none of a single value. Of two to ten values. */
export function meanInterval(values: readonly number[]): { mean: number; interval95: [number, number] | null } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const t = T95[values.length - 2];
  if (t === undefined) return { mean: significant(mean), interval95: null };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  const reach = t * Math.sqrt(variance / values.length);
  return { mean: significant(mean), interval95: [significant(mean - reach), significant(mean + reach)] };
}

/** Of the straight line nearest to the points, as a share of their mean, and its 95 % interval. Of some thirty points or more. */
export function slope(points: readonly { x: number; y: number }[]): { slope: number; interval95: [number, number] } {
  const mean = (of: (point: { x: number; y: number }) => number) =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((point) => point.x), mean((point) => point.y)];
  const spread = mean((point) => (point.x - x) ** 2);
  const up = mean((point) => (point.x - x) * (point.y - y)) / spread;
  const rest = mean((point) => (point.y - y - up * (point.x - x)) ** 2);
  const reach = 1.96 * Math.sqrt(rest / (points.length - 2) / spread);
  const share = (value: number) => significant(value / y, 3);
  return { slope: share(up), interval95: [share(up - reach), share(up + reach)] };
}
