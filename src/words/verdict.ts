/**
 * What a step has come to: one pure judgement each, which path, sentence, colour, button, terminal and files share. Nothing is
 * called learned, best or better that chance explains as well.
 */
import type { Score } from '../engine/base/records';
import type { StepId } from '../engine/experiments/meta';
import { bestEpoch, type RunResult } from '../protocol/results';
import { otherPhotosNote } from './otherPhotos';
import { sweepVerdict } from './sizeVerdict';
import { baselineVerdict, finetuneVerdict } from './trainingVerdict';
import { MOST_FACTS, type Photos, type Verdict } from './verdictParts';

export type Steps = Record<StepId, RunResult | null>;

/** The baseline's validation score, from its training, or measured again by the sweep. */
export const baselineScoreOf = ({ baseline, sweep }: Pick<Steps, 'baseline' | 'sweep'>): Score | null =>
  bestEpoch(baseline)?.validation ?? sweep?.reference ?? null;

/** What a step has come to. */
export function verdictOf(step: StepId, steps: Steps, photos: Photos): Verdict {
  switch (step) {
    case 'baseline':
      return baselineVerdict(steps.baseline, photos);
    case 'sweep':
      return onOtherPhotos(sweepVerdict(steps.sweep, photos), steps.sweep, steps.baseline);
    case 'finetune':
      return onOtherPhotos(
        finetuneVerdict(steps.finetune, baselineScoreOf(steps), photos, steps.baseline ?? null),
        steps.finetune,
        steps.baseline,
      );
    default:
      return step satisfies never;
  }
}

/** With the fact that photos were made ready otherwise than for the baseline, where it is so. */
function onOtherPhotos(verdict: Verdict, run: RunResult | null, baseline: RunResult | null): Verdict {
  const note = run && baseline && otherPhotosNote(run.config, baseline.config);
  return note ? { ...verdict, facts: [note, ...verdict.facts].slice(0, MOST_FACTS) } : verdict;
}
