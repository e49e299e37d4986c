/** Precision, recall and F1 of each class, and what treats classes alike however many photos they have. */

export interface ClassMetrics {
  /** Photos of the class. */
  count: number;
  /** Of those named so, the share that are; 0 where none was named so. */
  precision: number;
  /** Of the class, the share that was named so; null where it has no photos. */
  recall: number | null;
  f1: number;
}

export interface BalancedScore {
  classes: ClassMetrics[];
  /** Mean recall of the classes that have photos. */
  balancedAccuracy: number;
  /** Mean F1 of the classes that have photos, or that some photo was taken for. */
  macroF1: number;
}

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
    };
  });
  const recalls = classes.flatMap(({ recall }) => (recall === null ? [] : [recall]));
  const scores = classes.flatMap(({ count, f1 }, k) => (count + named[k]! > 0 ? [f1] : []));
  return { classes, balancedAccuracy: mean(recalls), macroF1: mean(scores) };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => ratio(sum(values), values.length);
const ratio = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
