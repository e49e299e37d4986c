import type { ExperimentId, StepId } from '../../engine/experiments/meta';

/** What the start button says. */
export const VERBS: Record<StepId | ExperimentId, { first: string; again: string }> = {
  baseline: { first: 'Train', again: 'Train again' },
  sweep: { first: 'Measure', again: 'Measure again' },
  finetune: { first: 'Fine-tune', again: 'Fine-tune again' },
  ablation: { first: 'Tune part by part', again: 'Tune again' },
  lowResolution: { first: 'Train both', again: 'Train again' },
  progressive: { first: 'Train on', again: 'Train on again' },
  adaptation: { first: 'Fit and map', again: 'Fit again' },
};
