/** Wilson's score interval for a share (E. B. Wilson, 1927): sensible near 0 and 1 and for few samples. */

export interface Interval {
  low: number;
  high: number;
}

/** The two-sided 95 % quantile of the standard normal. */
const Z95 = 1.959963984540054;

/** The 95 % interval of a share of `correct` in `count`, both ends in [0, 1]. Of nothing, everything is possible. */
export function wilsonInterval(correct: number, count: number, z = Z95): Interval {
  if (count <= 0) return { low: 0, high: 1 };
  const share = correct / count;
  const scale = 1 + (z * z) / count;
  const centre = (share + (z * z) / (2 * count)) / scale;
  const reach = (z / scale) * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count));
  return { low: Math.max(0, centre - reach), high: Math.min(1, centre + reach) };
}
