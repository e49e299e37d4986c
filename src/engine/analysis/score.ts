/** Logits → loss, accuracy and probabilities, in f64. */
import type { Score, Selection } from '../base/records';
import { classMetrics } from './classMetrics';
import { confusionMatrix } from './confusion';

/** Softmax of each row, divided by a temperature: [photos, K] both. */
export function probabilitiesOf(logits: Float32Array, classes: number, temperature: number): Float32Array<ArrayBuffer> {
  const probabilities = new Float32Array(logits.length);
  for (let at = 0; at < logits.length; at += classes)
    probabilities.set(softmax(logits.subarray(at, at + classes), temperature), at);
  return probabilities;
}

/** Logits of the mean of several answers' probabilities: [photos, K] each. */
export function meanLogits(answers: readonly Float32Array[], classes: number): Float32Array {
  const [first = new Float32Array()] = answers;
  if (answers.length <= 1) return first;
  const probabilities = answers.map((logits) => probabilitiesOf(logits, classes, 1));
  return first.map((_, i) => Math.log(probabilities.reduce((sum, one) => sum + one[i]!, 0) / answers.length));
}

/** Softmax of one row of logits, divided by a temperature. */
export function softmax(logits: ArrayLike<number>, temperature = 1): number[] {
  const values = Array.from(logits, (value) => value / temperature);
  const top = Math.max(...values);
  const exponentials = values.map((value) => Math.exp(value - top));
  const sum = exponentials.reduce((a, b) => a + b, 0);
  return exponentials.map((value) => value / sum);
}

/** Index of the largest, the first of equals. */
export function argmax(values: ArrayLike<number>): number {
  let best = 0;
  for (let k = 1; k < values.length; k++) if (values[k]! > values[best]!) best = k;
  return best;
}

/** Up to so many classes, being among the likeliest says little. */
const FEW_CLASSES = 5;
/** Five, as ImageNet is measured, once that is a quarter of the classes at most. */
const MANY_CLASSES = 20;

/**
 * How often the label is among the k likeliest, of equals the first: 5 of 20 classes or more, 3 of fewer; null of five and fewer.
 * `logits` [N, K], `labels` [N].
 */
export function topK(
  logits: Float32Array,
  labels: ArrayLike<number>,
  classes: number,
): { k: number; accuracy: number } | null {
  if (classes <= FEW_CLASSES || labels.length === 0) return null;
  const k = classes < MANY_CLASSES ? 3 : 5;
  const isAmong = (label: number, i: number) => {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    const own = row[label]!;
    return row.reduce((rank, logit, other) => rank + Number(logit > own || (logit === own && other < label)), 0) < k;
  };
  return { k, accuracy: Array.from(labels).filter(isAmong).length / labels.length };
}

/**
 * `logits` [N, K] against `labels` [N]: mean cross entropy in nats, accuracy, how many classes are named at all, and what treats
 * classes alike.
 */
export function scoreLogits(logits: Float32Array, labels: readonly number[], classes: number): Score {
  let loss = 0;
  let correct = 0;
  const named = new Set<number>();
  const predictions = new Int32Array(labels.length);
  labels.forEach((label, i) => {
    const row = logits.subarray(i * classes, (i + 1) * classes);
    const prediction = argmax(row);
    const sum = row.reduce((total, value) => total + Math.exp(value - row[prediction]!), 0);
    loss += Math.log(sum) - (row[label]! - row[prediction]!);
    if (prediction === label) correct++;
    named.add(prediction);
    predictions[i] = prediction;
  });
  const count = labels.length;
  const { balancedAccuracy, macroF1, intervals } = classMetrics(confusionMatrix(labels, predictions, classes));
  const among = topK(logits, labels, classes);
  const alike = { balancedAccuracy, macroF1, intervals, ...(among && { topK: among }) };
  return { loss: loss / count, accuracy: correct / count, correct, count, named: named.size, ...alike };
}

export const SELECTION_NAMES: Readonly<Record<Selection, string>> = {
  accuracy: 'accuracy',
  balancedAccuracy: 'balanced accuracy',
  macroF1: 'macro F1',
};

/** What epochs and sizes are chosen by. */
export type Selected = Pick<Score, Selection>;

/** Accuracy of scores that have nothing else. */
export const selectedValue = (score: Selected, by: Selection): number => score[by] ?? score.accuracy;
