/**
 * What a step has come to: one pure judgement each, which path, sentence, colour, button, terminal and files share. Nothing is
 * called learned, best or better that chance explains as well.
 */
import type { Score } from '../engine/base/records';
import type { StepId } from '../engine/experiments/meta';
import { bestEpoch, type RunResult } from '../protocol/results';
import { sweepVerdict } from './sizeVerdict';
import { baselineVerdict, finetuneVerdict } from './trainingVerdict';
import type { Photos, Verdict } from './verdictParts';

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
      return sweepVerdict(steps.sweep, photos);
    case 'finetune':
      return finetuneVerdict(steps.finetune, baselineScoreOf(steps), photos, steps.baseline ?? null);
    default:
      return step satisfies never;
  }
}
