/** The temperature that is kept with weights: fitted on the validation photos that they were measured on. */
import { fitTemperature, isFitted } from '../engine/analysis/calibration';
import { argmax } from '../engine/analysis/score';
import type { Dataset } from '../engine/dataset/types';
import type { Evaluation } from '../engine/train/evaluate';

/** Fewer photos say too little. */
const FEWEST_PHOTOS = 30;
/** The fit passes some forty times over its logits: of more than these, photos at equal distances are taken. */
const MOST_LOGITS = 2 ** 18;

/** An evaluation does not change. */
const known = new WeakMap<Evaluation, number | null>();

/** Null where the photos cannot tell it: too few, or all of them right. */
export function temperatureOn(evaluation: Evaluation, dataset: Dataset): number | null {
  if (!known.has(evaluation)) known.set(evaluation, fitted(evaluation, dataset));
  return known.get(evaluation)!;
}

function fitted({ indices, logits }: Evaluation, { classes: { length: classes }, validation }: Dataset): number | null {
  if (indices.length < FEWEST_PHOTOS) return null;
  const stride = Math.ceil(logits.length / MOST_LOGITS);
  const rows = Array.from({ length: Math.floor((indices.length - 1) / stride) + 1 }, (_, i) => i * stride);
  const sample = new Float32Array(rows.length * classes);
  rows.forEach((row, i) => sample.set(logits.subarray(row * classes, (row + 1) * classes), i * classes));
  const labels = rows.map((row) => validation[indices[row]!]!.label);
  // However small a temperature, they ask for a smaller one.
  if (labels.every((label, i) => argmax(sample.subarray(i * classes, (i + 1) * classes)) === label)) return null;
  const temperature = fitTemperature({ logits: sample, labels, classes });
  return isFitted(temperature) ? temperature : null;
}
