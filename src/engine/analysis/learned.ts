/** Whether a network has learned anything: its accuracy against that of guessing. */
import type { Score } from '../base/records';
import { wilsonInterval } from './wilson';

/** Below so many photos an accuracy says next to nothing: its 95 % interval is over 30 points wide. */
export const FEW_PHOTOS = 30;

export interface ClassCounts {
  train: number;
  validation: number;
}

/**
 * The accuracy of always naming the most frequent training class, 0 to 1; of equally frequent ones, that which more
 * validation photos are of. Null without validation photos.
 */
export function guessingAccuracy(classes: readonly ClassCounts[]): number | null {
  const count = classes.reduce((sum, { validation }) => sum + validation, 0);
  if (count === 0) return null;
  const most = Math.max(...classes.map(({ train }) => train));
  return Math.max(...classes.filter(({ train }) => train === most).map(({ validation }) => validation)) / count;
}

/**
 * True if the 95 % interval of the accuracy lies above guessing and more than one class is ever named: who answers the same
 * for every photo has learned nothing, however right it is.
 */
export function hasLearned({ correct, count, named }: Score, guessing: number | null): boolean {
  if (named !== undefined && named < 2) return false;
  return wilsonInterval(correct, count).low > (guessing ?? 0);
}
