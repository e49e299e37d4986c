/** Repeated measurements → their mean, and how far it may be from the truth: Student's t, 95 %. */

export interface Spread {
  count: number;
  mean: number;
  /** Sample standard deviation, n - 1; null of a single one. */
  deviation: number | null;
  /** Ends of the 95 % interval of the mean; null of a single one. */
  low: number | null;
  high: number | null;
}

const LEVEL = 0.95;

/** Of at least one value. */
export function spreadOf(values: readonly number[]): Spread {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { count, mean, deviation: null, low: null, high: null };
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1));
  const half = (studentT(LEVEL, count - 1) * deviation) / Math.sqrt(count);
  return { count, mean, deviation, low: mean - half, high: mean + half };
}

/** Halvings of the range in which a quantile is looked for: to the last digit. */
const HALVINGS = 200;
/** Above the quantile of one degree of freedom at any level that is asked for. */
const MOST = 1e4;

/** The t within which, up to its sign, Student's distribution of so many degrees of freedom has a share `level`. */
export function studentT(level: number, degrees: number): number {
  let [low, high] = [0, MOST];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (shareWithin(middle, degrees) < level) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(|T| < t) of whole degrees of freedom: the finite sums of Abramowitz and Stegun, 26.7.3 and 26.7.4. */
function shareWithin(t: number, degrees: number): number {
  const angle = Math.atan(t / Math.sqrt(degrees));
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const odd = degrees % 2;
  if (degrees === 1) return (2 * angle) / Math.PI;
  let term = odd ? cosine : 1;
  let sum = term;
  for (let k = odd ? 3 : 2; k < degrees - 1; k += 2) {
    term *= ((k - 1) / k) * cosine ** 2;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum;
}
