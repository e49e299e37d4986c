/** The photo room in words: what stands under a photo, and what the grid says of itself. */
import type { Split } from '../engine/dataset/types';
import type { Measured, MeasuredPhotos, PhotoColumns } from '../protocol/photos';
import { formatCount, formatLoss, formatNoun, formatPercent } from '../words/format';

export const SPLIT_NAMES: Readonly<Record<Split, string>> = {
  train: 'Training',
  validation: 'Validation',
  test: 'Held out',
};

const STEP_NAMES: Readonly<Record<Measured['step'], string>> = { baseline: 'baseline', finetune: 'fine-tuned' };

/** "baseline, 224 px"; with the resize where another measurement has the same size. */
export function measuredName({ step, size, resize }: Measured, others: readonly Measured[]): string {
  const alike = others.filter((other) => other.step === step && other.size === size);
  return `${STEP_NAMES[step]}, ${size} px${alike.length > 1 ? ` of ${resize}` : ''}`;
}

/** What a measurement says of a photo; null where it says nothing. */
export interface Said {
  predicted: number;
  confidence: number;
  loss: number;
  /** Of the label. */
  probability: number;
}

/** `photo` by its number. */
export function saidOf({ counts }: PhotoColumns, measured: MeasuredPhotos | null, photo: number): Said | null {
  const row = photo - counts.train;
  const predicted = row < 0 || row >= counts.validation ? -1 : (measured?.predictions[row] ?? -1);
  if (!measured || predicted < 0) return null;
  const loss = measured.losses[row]!;
  return { predicted, confidence: measured.confidences[row]!, loss, probability: Math.exp(-loss) };
}

/** "12 of 21,397 photos" */
export const countSentence = (shown: number, all: number): string =>
  shown === all ? formatNoun(all, 'photo') : `${formatCount(shown)} of ${formatNoun(all, 'photo')}`;

/** Under a photo whose label is written above: what it was taken for, and how badly. */
export function saidLines(
  { predicted, confidence, loss, probability }: Said,
  label: number,
  names: readonly string[],
): readonly [what: string, howSure: string] {
  if (predicted === label) return ['right', `${formatPercent(confidence)} sure`];
  return [`taken for ${names[predicted]}`, `loss ${formatLoss(loss)}, label ${formatPercent(probability)}`];
}
