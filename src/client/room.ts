/** The photo room in words: what stands under a photo, and what the grid says of itself. */
import type { Split } from '../engine/dataset/types';
import {
  type CheckReport,
  type MappedHead,
  type MappedPhoto,
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
  const what = takenFor(predicted, label, names);
  if (predicted === label) return [what, `${formatPercent(confidence)} sure`];
  return [what, `loss ${formatLoss(loss)}, label ${formatPercent(probability)}`];
}

const takenFor = (predicted: number, label: number, names: readonly string[]): string =>
  predicted === label ? 'right' : `taken for ${names[predicted]}`;

/** By the size where that tells them apart, or else by the step. */
function shortName(one: Measured, others: readonly Measured[]): string {
  const unique = (key: 'size' | 'step') => others.filter((other) => other[key] === one[key]).length === 1;
  if (unique('size')) return `${one.size} px`;
  return unique('step') ? STEP_NAMES[one.step] : measuredName(one, others);
}

/** Under a photo with class maps: a line a map, what the photo is taken for there; one alone needs no name. */
export function mappedLines(
  photo: MappedPhoto,
  label: number,
  names: readonly string[],
): readonly { words: string; wrong: boolean }[] {
  if (typeof photo === 'string') return [{ words: photo, wrong: true }];
  return photo.map((view) => {
    const words = takenFor(view.label, label, names);
    return { words: photo.length > 1 ? `${shortName(view, photo)}: ${words}` : words, wrong: view.label !== label };
  });
}

/** As whoever cannot see the maps hears of them; empty where there are none. */
export function mappedWords(photo: MappedPhoto, names: readonly string[], known: readonly Measured[]): string {
  if (typeof photo === 'string') return '';
  return photo.map((view) => `class map of ${names[view.label]} by ${measuredName(view, known)}`).join(', ');
}

/** What the maps in the grid are, and how their brightness is to be read. */
export function mapLegend(shown: readonly (Measured & MappedHead)[]): string {
  const [one, other] = shown;
  const given = other
    ? 'Each photo as the network is given it, both views at one scale'
    : `Each photo as the network is given it at ${one!.size} px`;
  const legend = `${given}. Bright: what speaks for its answer, in each photo’s own measure.`;
  return [legend, headNote(shown)].filter(Boolean).join(' ');
}

/** What maps are under a head that is not linear, of those that have one; empty where none has. */
export function headNote(shown: readonly (Measured & MappedHead)[]): string {
  const under = shown.filter(({ linearHead }) => !linearHead);
  if (under.length === 0) return '';
  const whose = under.length === shown.length ? '' : `, here ${under.map((one) => shortName(one, shown)).join(', ')},`;
  return `Under fastai’s head${whose} a map of the last stage is value times gradient (HiResCAM): a channel’s largest value counts in its one place, so few places may be bright.`;
}
