/** What a classifier confuses, and what changed between two of them on the same photos. */
import type { PairedChange } from '../base/records';

/** `counts[label][predicted]`; its rows sum to the classes' photos. */
export function confusionMatrix(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  classes: number,
): number[][] {
  const counts = Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0));
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]![predictions[i]!]!++;
  return counts;
}

/** Accuracy a class; null for classes without photos. */
export function classAccuracies(matrix: readonly (readonly number[])[]): (number | null)[] {
  return matrix.map((row, k) => {
    const count = row.reduce((sum, n) => sum + n, 0);
    return count === 0 ? null : row[k]! / count;
  });
}

export interface ClassChange {
  /** Positions of the photos that only the second classifies right, and of those that only the first does. */
  won: number[];
  lost: number[];
}

/** By class. `before` and `after` are predictions for the same photos. */
export function wonAndLost(
  labels: ArrayLike<number>,
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  classes: number,
): ClassChange[] {
  const changes = Array.from({ length: classes }, (): ClassChange => ({ won: [], lost: [] }));
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    const [was, is] = [before[i] === label, after[i] === label];
    if (is && !was) changes[label]!.won.push(i);
    if (was && !is) changes[label]!.lost.push(i);
  }
  return changes;
}

/** Two classifiers on the same photos, given as 1 where each was right. */
export function comparePaired(before: Uint8Array, after: Uint8Array): PairedChange {
  let [won, lost] = [0, 0];
  for (let i = 0; i < before.length; i++) {
    if (after[i]! > before[i]!) won++;
    if (after[i]! < before[i]!) lost++;
  }
  return { won, lost, p: mcnemar(won, lost) };
}

/**
 * McNemar's test, exact and two-sided: how likely so uneven a split of the photos that only one of two classifiers gets
 * right is, if neither is better. 1 where no photo changed.
 */
export function mcnemar(won: number, lost: number): number {
  const n = won + lost;
  const few = Math.min(won, lost);
  if (2 * few === n) return 1;
  // Binomial terms relative to the largest summed one, so that none vanishes however many photos changed.
  let term = 1;
  let sum = 1;
  for (let k = few; k > 0; k--) sum += term *= k / (n - k + 1);
  return Math.min(1, Math.exp(Math.LN2 + logChoose(n, few) - n * Math.LN2 + Math.log(sum)));
}

function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i);
  return sum;
}
