import { expect, test } from 'vitest';
import { predictionsOf } from './predictions';
import type { SweepPoint } from '../engine/base/records';
import type { Dataset } from '../engine/dataset/types';
import { EvaluationCache } from '../engine/experiments/evaluationCache';
import { PRESETS, PRESET_CONFIGS, type StepId, type StudioConfig } from '../engine/experiments/meta';
import { ownView, testViewAt, tunedViewAt } from '../engine/experiments/views';
import type { EvalView } from '../engine/photo/view';
import type { Evaluation } from '../engine/train/evaluate';
import { newRun } from '../protocol/results';

const dataset = { classes: ['rust', 'blight'], train: [], validation: [{ label: 1 }] } as unknown as Dataset;
const evaluated = (view: EvalView) =>
  ({ view, indices: Int32Array.of(0), logits: Float32Array.of(0, 1) }) as unknown as Evaluation;
const weights = (evaluation: Evaluation | null = null) => ({
  state: { tensors: new Map(), batchesTracked: new Map() },
  evaluation,
});
const resultsOf = (config: StudioConfig, size: number) => {
  const result = (run: StepId) => newRun({ run, config, size, startedAt: '2026-11-28' });
  return {
    baseline: result('baseline'),
    sweep: { ...result('sweep'), points: [{ size, accuracy: 1 } as SweepPoint] },
    finetune: result('finetune'),
  };
};

// fastai's fine-tuning is tested without the normalisation that its sweep had.
test.each(PRESETS)('all three steps of the preset %s have their predictions', (preset) => {
  const config = PRESET_CONFIGS[preset];
  const size = config.tuneSize || config.sweepSizes[1]!;
  const cache = new EvaluationCache();
  const [trunk, tuned] = [weights(), weights()];
  for (const view of [ownView(config), testViewAt(config, size)]) cache.set(trunk.state, dataset, evaluated(view));
  cache.set(tuned.state, dataset, evaluated(tunedViewAt(config, size)));
  const { steps } = predictionsOf({ dataset, cache, results: resultsOf(config, size), trunk, tuned });
  expect(steps.map(({ step }) => step)).toEqual(['baseline', 'sweep', 'finetune']);
});

test('a fine-tuning keeps its predictions when sizes are measured on photos that are made ready otherwise', () => {
  const [config, size] = [PRESET_CONFIGS.quick, 96];
  const cache = new EvaluationCache();
  const trunk = weights();
  const own = evaluated(tunedViewAt(config, size));
  const tuned = weights(own);
  cache.set(trunk.state, dataset, evaluated(testViewAt(config, size)));
  const { steps } = predictionsOf({ dataset, cache, results: resultsOf(config, size), trunk, tuned });
  expect(steps.map(({ step }) => step)).toEqual(['sweep', 'finetune']);
});
