/** What a run's last epochs, on test views, have changed. */
import { selectedValue } from '../engine/analysis/score';
import type { Score } from '../engine/base/records';
import { bestEpoch, type RunResult } from '../protocol/results';
import { formatAccuracy, formatPoints } from './format';

interface CoolDown {
  epochs: number;
  /** Whether the weights that were kept have been through one of them. */
  isKept: boolean;
  /** The best epoch before, and the best of them. */
  before: Score;
  after: Score;
}

/** Null where there were none, or nothing before them. */
export function coolDownOf(run: RunResult | null): CoolDown | null {
  if (!run || run.run !== 'baseline') return null;
  const { coolDownEpochs, epochs: planned, recipe, selectBy } = run.config;
  if (coolDownEpochs === 0 || recipe === 'fastai') return null;
  const from = planned - coolDownEpochs;
  const best = (cool: boolean) =>
    run.epochs
      .map(({ record }) => record)
      .filter(({ epoch }) => epoch > from === cool)
      .map(({ validation }) => validation)
      .reduce<Score | null>(
        (most, one) => (most && selectedValue(most, selectBy) >= selectedValue(one, selectBy) ? most : one),
        null,
      );
  const [before, after] = [best(false), best(true)];
  const epochs = run.epochs.filter(({ record }) => record.epoch > from).length;
  return before && after && { epochs, isKept: bestEpoch(run)!.epoch > from, before, after };
}

/** "The last 2 epochs, on test views: 71.2 % → 73.0 %, +1.8 points." */
export function coolDownFact(run: RunResult): string[] {
  const cool = coolDownOf(run);
  if (!cool) return [];
  const which = cool.epochs === 1 ? 'The last epoch' : `The last ${cool.epochs} epochs`;
  return [`${which}, on test views: ${changeWords(cool)}.`];
}

/** Beside a fine-tuning of what the baseline has come to by them. `after`: what that has come to. */
export function coolDownBeside(baseline: RunResult | null, before: Score | null, after: Score): string[] {
  const cool = coolDownOf(baseline);
  if (!cool?.isKept || !before) return [];
  const tuned = formatPoints(after.accuracy - before.accuracy, after.count);
  return [
    `Before it, the baseline’s epochs on test views had changed it: ${changeWords(cool)}. Fine-tuning: ${tuned}.`,
  ];
}

const changeWords = ({ before, after }: CoolDown): string =>
  `${formatAccuracy(before.accuracy, before.count)} → ${formatAccuracy(after.accuracy, after.count)}, ${formatPoints(after.accuracy - before.accuracy, after.count)}`;
