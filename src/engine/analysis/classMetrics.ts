/** Precision, recall and F1 of each class, and what treats classes alike however many photos they have; with 95 % intervals. */
import { type Interval, wilsonInterval } from './wilson';

export interface ClassMetrics {
  /** Photos of the class. */
  count: number;
  /** Of those named so, the share that are; 0 where none was named so. */
  precision: number;
  /** Of the class, the share that was named so; null where it has no photos. */
  recall: number | null;
  f1: number;
  intervals: Readonly<Record<'precision' | 'recall' | 'f1', Interval>>;
}

export interface BalancedScore {
  classes: ClassMetrics[];
  /** Mean recall of the classes that have photos. */
  balancedAccuracy: number;
  /** Mean F1 of the classes that have photos, or that some photo was taken for. */
  macroF1: number;
  intervals: BalancedIntervals;
}

export type BalancedIntervals = Readonly<Record<'balancedAccuracy' | 'macroF1', Interval>>;

/** @param matrix `counts[label][predicted]`. Divisions by nothing are 0, as scikit-learn has it. */
export function classMetrics(matrix: readonly (readonly number[])[]): BalancedScore {
  const named = matrix.map((_, k) => sum(matrix.map((row) => row[k]!)));
  const classes = matrix.map((row, k): ClassMetrics => {
    const right = row[k]!;
    const count = sum(row);
    return {
      count,
      precision: ratio(right, named[k]!),
      recall: count > 0 ? right / count : null,
      f1: ratio(2 * right, count + named[k]!),
      intervals: {
        precision: wilsonInterval(right, named[k]!),
        recall: wilsonInterval(right, count),
        f1: f1Interval(right, count + named[k]! - right),
      },
    };
  });
  const recalled = classes.filter(({ count }) => count > 0);
  const scored = classes.filter(({ count }, k) => count + named[k]! > 0);
  const balancedAccuracy = mean(recalled.map(({ recall }) => recall!));
  const macroF1 = mean(scored.map(({ f1 }) => f1));
  const recalls = recalled.map(({ recall, intervals }) => ({ value: recall!, ...intervals.recall }));
  const f1s = scored.map(({ f1, intervals }) => ({ value: f1, ...intervals.f1 }));
  return {
    classes,
    balancedAccuracy,
    macroF1,
    intervals: {
      balancedAccuracy: meanInterval(balancedAccuracy, recalls, 1),
      // A mistake counts against two classes, so the variance of their sum is at most twice that of independent ones.
      macroF1: meanInterval(macroF1, f1s, 2),
    },
  };
}

/** F1 grows with the share of `right` among all photos that are of the class or named so, which is binomial. */
function f1Interval(right: number, either: number): Interval {
  const { low, high } = wilsonInterval(right, either);
  return { low: (2 * low) / (1 + low), high: (2 * high) / (1 + high) };
}

/** The interval of a mean by those of its terms (MOVER: Zou and Donner, 2008). `inflation`: of the terms' variance. */
function meanInterval(centre: number, terms: readonly (Interval & { value: number })[], inflation: number): Interval {
  if (terms.length === 0) return { low: 0, high: 1 };
  const reach = (ends: readonly number[]) => Math.sqrt(inflation * sum(ends.map((end) => end * end))) / terms.length;
  return {
    low: Math.max(0, centre - reach(terms.map(({ value, low }) => value - low))),
    high: Math.min(1, centre + reach(terms.map(({ value, high }) => high - value))),
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => ratio(sum(values), values.length);
const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
