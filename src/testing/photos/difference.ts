/** How far two pictures lie apart, byte by byte. */
export interface Difference {
  max: number;
  mean: number;
}

/** @throws RangeError if they are not of one size. */
export function differenceOf(a: Uint8Array, b: Uint8Array): Difference {
  if (a.length !== b.length) throw new RangeError(`${a.length} bytes cannot be compared with ${b.length}`);
  let [max, sum] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    sum += difference;
    if (difference > max) max = difference;
  }
  return { max, mean: a.length > 0 ? sum / a.length : 0 };
}
