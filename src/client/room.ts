/** The photo room in words: what stands under a photo, and what the grid says of itself. */
import type { Split } from '../engine/dataset/types';
import {
  type CheckReport,
  type Measured,
  type MeasuredPhotos,
  type PhotoColumns,
  type Problem,
  PROBLEMS,
} from '../protocol/photos';
import { predictedFor } from './photoFilter';
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

export const PROBLEM_NAMES: Readonly<Record<Problem, string>> = {
  exact: 'The same file twice',
  near: 'Looks like another',
  leak: 'A copy in another split',
  group: 'Its group is in another split',
  conflict: 'A copy of another class',
  dark: 'Dark',
  blurred: 'Blurred',
  tiny: 'Tiny',
  shape: 'Oddly shaped',
  unreadable: 'Cannot be read',
  doubtful: 'Label doubted by the network',
};

/** What was found, worst first; what to make of it is a person's to say. */
export function checkSentence({ photos, counts, groups }: CheckReport): string {
  const found = PROBLEMS.filter((problem) => counts[problem] > 0);
  if (found.length === 0)
    return `${formatNoun(photos, 'photo')} looked at: no copies, none dark, blurred, tiny or odd.`;
  const leaks =
    counts.leak > 0
      ? ` ${formatNoun(counts.leak, 'photo')} ${counts.leak === 1 ? 'has' : 'have'} a copy in another split: what is measured on was trained on.`
      : '';
  const copies = groups.length > 0 ? ` ${formatNoun(groups.length, 'group')} of copies.` : ' No copies.';
  return `${formatNoun(photos, 'photo')} looked at.${copies}${leaks}`;
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
export function saidOf(columns: PhotoColumns, measured: MeasuredPhotos | null, photo: number): Said | null {
  const predicted = predictedFor(columns, measured, photo);
  if (!measured || predicted === null) return null;
  const row = photo - columns.counts.train;
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
