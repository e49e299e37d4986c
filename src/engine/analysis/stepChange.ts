/** What changed between two steps, class by class: photos won and lost, and whether that can be chance. */
import { confusionMatrix, mcnemar, wonAndLost } from './confusion';
import type { PairedChange } from '../base/records';

export interface StepChange extends PairedChange {
  /** In the data set's order. */
  classes: { count: number; before: number; after: number; won: number[]; lost: number[] }[];
}

/** Predictions for the same photos; -1 for those that could not be read. Photos are told by their index. */
export function stepChange(
  labels: ArrayLike<number>,
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  classes: number,
): StepChange {
  const right = (predictions: ArrayLike<number>, k: number) =>
    Array.from(labels).filter((label, i) => label === k && predictions[i] === k).length;
  const changes = wonAndLost(labels, before, after, classes);
  const [won, lost] = (['won', 'lost'] as const).map((side) => changes.reduce((sum, c) => sum + c[side].length, 0)) as [
    number,
    number,
  ];
  return {
    won,
    lost,
    p: mcnemar(won, lost),
    classes: changes.map((change, k) => ({
      count: Array.from(labels).filter((label) => label === k).length,
      before: right(before, k),
      after: right(after, k),
      ...change,
    })),
  };
}

/** Of the photos that could be read: `counts[label][predicted]`. */
export function readConfusion(labels: ArrayLike<number>, predictions: ArrayLike<number>, classes: number): number[][] {
  const read = Array.from(labels, (_, i) => i).filter((i) => predictions[i]! >= 0);
  return confusionMatrix(
    read.map((i) => labels[i]!),
    read.map((i) => predictions[i]!),
    classes,
  );
}
