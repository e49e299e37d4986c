/** Says which epoch is kept where it is not the best. */
import type { EpochRecord } from '../engine/base/records';
import { formatPercent } from './format';

/** Null where the best epoch is kept: fastai's recipe selects none. */
export function hindsightSentence(epochs: readonly EpochRecord[]): string | null {
  const last = epochs.at(-1);
  if (!last?.kept) return null;
  const best = epochs.reduce((a, b) => (b.validation.accuracy > a.validation.accuracy ? b : a));
  if (best.validation.accuracy === last.validation.accuracy)
    return 'fastai selects no epoch and keeps the last, so far the most accurate as well.';
  return `fastai selects no epoch and keeps the last: epoch ${best.epoch} had ${formatPercent(best.validation.accuracy)}, which is hindsight.`;
}
