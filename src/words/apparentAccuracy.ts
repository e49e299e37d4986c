/** Accuracy by apparent size, in words. */
import type { ApparentBin } from '../engine/analysis/apparentAccuracy';
import { wilsonInterval } from '../engine/analysis/wilson';
import type { ApparentAccuracy } from '../protocol/messages';
import { formatNoun, formatPercent } from './format';

/** "0.42 to 0.61", "0.92". */
export function ratioText({ from, to }: Pick<ApparentBin, 'from' | 'to'>): string {
  const [low, high] = [from.toFixed(2), to.toFixed(2)];
  return low === high ? low : `${low} to ${high}`;
}

/** What the ratios stand on. */
export const apparentBasis = ({ known }: ApparentAccuracy): string =>
  known
    ? 'How large the leaves are is known of every photo of the sample.'
    : 'How large things are in a photo is not known: they are taken to fill the same part of each, so that photos differ by their shape alone where they are resized, and by their pixels where they are not.';

/** Of two of five bins that were chosen for lying farthest apart, each interval takes 99 %. */
const Z99 = 2.576;

const rightIn = ({ bins }: ApparentAccuracy['views'][number]): number =>
  bins.reduce((sum, { correct }) => sum + correct, 0);

/**
 * Of the size with the most bins, the most accurate of equals: where it is right least and most often. What cannot be told
 * where each has one.
 */
export function apparentAccuracySentence(apparent: ApparentAccuracy): string {
  const basis = apparentBasis(apparent);
  const [widest] = apparent.views.toSorted((a, b) => b.bins.length - a.bins.length || rightIn(b) - rightIn(a));
  if (!widest || widest.bins.length < 2)
    return `In ${formatNoun(apparent.photos, 'photo')} every test size has one ratio: there is nothing to compare. ${basis}`;
  const byShare = widest.bins.toSorted((a, b) => a.correct / a.count - b.correct / b.count);
  const [least, most] = [byShare[0]!, byShare.at(-1)!];
  const told = (bin: ApparentBin) =>
    `${formatPercent(bin.correct / bin.count)} where things look ${ratioText(bin)} times`;
  const apart =
    wilsonInterval(most.correct, most.count, Z99).low > wilsonInterval(least.correct, least.count, Z99).high;
  const doubt = apart ? '' : ', which may be chance';
  return `At ${widest.size} px it is right on ${told(least)} as large as in training, and on ${told(most)}${doubt}. ${basis}`;
}
