/** Whether a network has learned anything: what it is chosen by against what guessing gives by that. */
import type { Score, Selection } from '../base/records';
import { selectedValue } from './score';
import { type Interval, wilsonInterval } from './wilson';

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
 * One in as many as there are classes with validation photos: the balanced accuracy of whoever answers without looking, and the
 * greatest macro F1 of it, which is that of naming classes as often as they occur. Null without validation photos.
 */
function guessingAlike(classes: readonly ClassCounts[]): number | null {
  const shown = classes.filter(({ validation }) => validation > 0).length;
  return shown > 0 ? 1 / shown : null;
}

/** Why nothing is known to have been learned. */
export type NotLearned = 'one-answer' | 'guessing' | 'too-few-photos';

export interface Learned {
  /** By what it is judged: accuracy where a score has no interval of what was asked for. */
  by: Selection;
  value: number;
  /** Of 95 %. */
  interval: Interval;
  /** What guessing gives by the same; null if unknown. */
  guessing: number | null;
  /**
   * True if the interval lies above guessing and more than one class is ever named: who answers the same for every photo has
   * learned nothing, however right it is.
   */
  learned: boolean;
  /** Null where it has. */
  reason: NotLearned | null;
}

export function judgeLearned(score: Score, classes: readonly ClassCounts[], selectBy: Selection): Learned {
  const { correct, count, named, intervals } = score;
  const alike = selectBy === 'accuracy' ? undefined : intervals?.[selectBy];
  const by = alike ? selectBy : 'accuracy';
  const interval = alike ?? wilsonInterval(correct, count);
  const guessing = alike ? guessingAlike(classes) : guessingAccuracy(classes);
  const value = selectedValue(score, by);
  const isOneAnswer = named !== undefined && named < 2;
  const learned = !isOneAnswer && interval.low > (guessing ?? 0);
  // More photos than any class has are of several.
  const enough = count >= FEW_PHOTOS && (!isOneAnswer || classes.every(({ validation }) => validation < count));
  const doubt = value > (guessing ?? 0) && !enough ? 'too-few-photos' : 'guessing';
  const reason = isOneAnswer && enough ? 'one-answer' : doubt;
  return { by, value, interval, guessing, learned, reason: learned ? null : reason };
}
