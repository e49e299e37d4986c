import { expect, test } from 'vitest';
import { predictionsOf } from './predictions';
import type { SweepPoint } from '../engine/base/records';
import type { Dataset } from '../engine/dataset/types';
import { EvaluationCache } from '../engine/experiments/evaluationCache';
import { PRESETS, PRESET_CONFIGS, type StepId } from '../engine/experiments/meta';
import { ownView, testViewAt, tunedViewAt } from '../engine/experiments/views';
import type { HostState } from '../engine/nn/state';
import type { EvalView } from '../engine/photo/view';
import type { Evaluation } from '../engine/train/evaluate';
import { newRun } from '../protocol/results';

const dataset = { classes: ['rust', 'blight'], train: [], validation: [{ label: 1 }] } as unknown as Dataset;
const evaluated = (view: EvalView) =>
  ({ view, indices: Int32Array.of(0), logits: Float32Array.of(0, 1) }) as unknown as Evaluation;
const weights = (): HostState => ({ tensors: new Map(), batchesTracked: new Map() });

// fastai's fine-tuning is tested without the normalisation that its sweep had.
test.each(PRESETS)('all three steps of the preset %s have their predictions', (preset) => {
  const config = PRESET_CONFIGS[preset];
  const size = config.tuneSize || config.sweepSizes[1]!;
  const cache = new EvaluationCache();
  const [trunk, tuned] = [weights(), weights()];
  for (const view of [ownView(config), testViewAt(config, size)]) cache.set(trunk, dataset, evaluated(view));
  cache.set(tuned, dataset, evaluated(tunedViewAt(config, size)));
  const result = (run: StepId) => newRun({ run, config, size, startedAt: '2026-11-28' });
  const results = {
    baseline: result('baseline'),
    sweep: { ...result('sweep'), points: [{ size, accuracy: 1 } as SweepPoint] },
    finetune: result('finetune'),
  };
  const { steps } = predictionsOf({ dataset, cache, results, trunk, tuned });
  expect(steps.map(({ step }) => step)).toEqual(['baseline', 'sweep', 'finetune']);
});
