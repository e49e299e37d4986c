/** Whether two programs that ran the same network on the same photos say the same. */
import { argmax } from './score';

export interface Agreement {
  /** Of a logit, the largest. */
  largestDifference: number;
  /** What the largest difference may be: rounding of float32, which grows with the logits. */
  tolerance: number;
  /** Photos with the same answer. */
  equalAnswers: number;
  photos: number;
  /** The differences are rounding's, and so are those of answers. */
  holds: boolean;
}

/** Of 1, or of the largest logit where that is more. */
const TOLERANCE = 1e-3;

/** Both [photos, classes]. A number that is none agrees with nothing. */
export function compareLogits(ours: Float32Array, theirs: Float32Array, classes: number): Agreement {
  const photos = ours.length / classes;
  if (theirs.length !== ours.length)
    return { largestDifference: Infinity, tolerance: TOLERANCE, equalAnswers: 0, photos, holds: false };
  let [largestDifference, largest] = [0, 0];
  for (let i = 0; i < ours.length; i++) {
    const difference = Math.abs(ours[i]! - theirs[i]!);
    largestDifference = Math.max(largestDifference, Number.isNaN(difference) ? Infinity : difference);
    largest = Math.max(largest, Math.abs(ours[i]!));
  }
  const tolerance = TOLERANCE * Math.max(1, largest);
  let [equalAnswers, undecided] = [0, 0];
  for (let row = 0; row < photos; row++) {
    const rowOf = (logits: Float32Array) => logits.subarray(row * classes, (row + 1) * classes);
    const [mine, other] = [argmax(rowOf(ours)), argmax(rowOf(theirs))];
    if (mine === other) equalAnswers++;
    // Two classes so close to one another that rounding decides.
    else if (rowOf(ours)[mine]! - rowOf(ours)[other]! <= 2 * tolerance) undecided++;
  }
  const agree = Number.isFinite(largestDifference) && largestDifference <= tolerance;
  return { largestDifference, tolerance, equalAnswers, photos, holds: agree && equalAnswers + undecided === photos };
}
