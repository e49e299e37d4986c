/** What the network said of photos without labels, in the order and the words in which it is shown. */
import type { Predicted, TryProgress } from '../protocol/trials';
import { formatCount, formatNoun, formatPercent, formatRate } from '../words/format';
import { viewsText } from '../words/view';
import type { StudioState } from './state';

/** The id of Export's tab where photos are tried. */
export const TRY_TAB = 'try';

/** Whether what is dropped or pasted is there to be tried: its tab is in sight. */
export const takesTrials = ({ stage, tabs, weights }: StudioState): boolean =>
  stage === 'takehome' && weights !== null && (tabs.takehome ?? TRY_TAB) === TRY_TAB;

export interface Answer {
  label: number;
  name: string;
  probability: number;
}

/** The likeliest classes of a photo, the likeliest first. */
export function answersOf({ classes, probabilities }: Predicted, row: number, most: number): Answer[] {
  const shares = probabilities.subarray(row * classes.length, (row + 1) * classes.length);
  return classes
    .map((name, label) => ({ label, name, probability: shares[label]! }))
    .sort((a, b) => b.probability - a.probability || a.label - b.label)
    .slice(0, most);
}

export const ORDERS = {
  doubtful: 'Least sure first',
  confident: 'Most sure first',
  name: 'By name',
} as const;
export type TriedOrder = keyof typeof ORDERS;

/** Rows of the photos, in order; equals by their paths. */
export function orderedRows(predicted: Predicted, order: TriedOrder): number[] {
  const rows = predicted.photos.map((_, row) => row);
  if (order === 'name') return rows;
  const { classes, probabilities } = predicted;
  const sureness = rows.map((row) => {
    let most = 0;
    for (let k = 0; k < classes.length; k++) most = Math.max(most, probabilities[row * classes.length + k]!);
    return order === 'confident' ? -most : most;
  });
  return rows.sort((a, b) => sureness[a]! - sureness[b]! || a - b);
}

/** Whether a photo is farther from the training photos than validation photos are; null where nobody measured. */
export function isUnlike({ unlike }: Predicted, row: number): boolean | null {
  return unlike && unlike.distances[row]! > unlike.threshold;
}

/** What was tried, and what could not be. */
export function triedSentences(predicted: Predicted): string[] {
  const { photos, unreadable, others, weights, views, viewIsGuessed, unlike, unlikeRefused, temperature } = predicted;
  const unlikely = unlike ? photos.filter((_, row) => isUnlike(predicted, row)).length : 0;
  return [
    `${formatNoun(photos.length, 'photo')} by ${weights}, ${viewsText(views)}.`,
    ...(temperature === null
      ? []
      : [`Probabilities are calibrated on the validation photos, at a temperature of ${temperature.toFixed(2)}.`]),
    ...(viewIsGuessed
      ? ['The weights do not say how photos are to be resized and normalised: the settings’ own view was taken.']
      : []),
    ...(unreadable.length > 0 ? [`${formatNoun(unreadable.length, 'file')} could not be read.`] : []),
    ...(others > 0 ? [`${formatNoun(others, 'file is no photo', 'files are no photos')}.`] : []),
    ...(unlike
      ? [
          `${formatNoun(unlikely, 'photo is', 'photos are')} farther from the ${formatCount(unlike.trainCount)} training photos compared with than ${formatPercent(unlike.share)} of ${formatNoun(unlike.validationCount, 'validation photo')} are.`,
        ]
      : []),
    ...(unlikeRefused ? [unlikeRefused] : []),
  ];
}

/** Whether the weights that said it have made way for others since, of another run, file or project. */
export function isOfEarlierWeights(state: StudioState): boolean {
  const { tried, imported, baseline, finetune } = state;
  const present = [imported?.history.at(-1)?.madeAt, baseline?.startedAt, finetune?.startedAt];
  return tried !== null && !present.includes(tried.madeAt);
}

export const EARLIER_WEIGHTS =
  'They were weights of an earlier run: try the photos again to see what the present ones say.';

export function tryingWords({ phase, done, of, imagesPerSecond }: TryProgress): string {
  if (phase === 'listing') return done > 0 ? `listing: ${formatNoun(done, 'file')}` : 'listing';
  const what = phase === 'measuring' ? 'measuring what is usual' : 'trying';
  const rate = imagesPerSecond === null ? '' : `, ${formatRate(imagesPerSecond)}`;
  return `${what}: ${formatCount(done)} of ${formatCount(of)}${rate}`;
}
