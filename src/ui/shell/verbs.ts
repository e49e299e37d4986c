import { EXPERIMENT_META, type ExperimentId, isExperiment, type StepId } from '../../engine/experiments/meta';

interface Verbs {
  first: string;
  again: string;
}

const STEP_VERBS: Record<StepId, Verbs> = {
  baseline: { first: 'Train', again: 'Train again' },
  sweep: { first: 'Measure', again: 'Measure again' },
  finetune: { first: 'Fine-tune', again: 'Fine-tune again' },
};

/** What the start button says. */
export const verbsOf = (run: StepId | ExperimentId): Verbs =>
  isExperiment(run) ? EXPERIMENT_META[run].verbs : STEP_VERBS[run];
