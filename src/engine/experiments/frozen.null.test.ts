/** What frozen layers save: dispatches, phases and loads, counted on a GPU that computes nothing. */
import { expect, test, vi } from 'vitest';
import { nullBackend } from '../../hosts/node/nullGpu';
import { finish, newContext } from '../../testing/experimentRun';
import { PATTERN_CLASSES } from '../../testing/patterns';
import type { RunRecord } from '../base/records';
import { type TrainablePart, trainableOf } from '../models/parts';
import { parseStudioConfig, type StudioConfig } from './meta';
import { plannedPhases } from './plan';

const backend = await nullBackend();
const { baseline } = await import('./baseline/run');
const { finetune } = await import('./finetune/run');
const { dryRunOf } = await import('../memory/rehearsal');
const { stateSpecs } = await import('../models/registry');
const { initialHostState } = await import('../nn/state');

const config: StudioConfig = {
  ...parseStudioConfig({
    batchSize: 5,
    epochs: 3,
    trainSize: 32,
    evalResize: 36,
    evalCrop: 32,
    tuneSize: 48,
    tuneEpochs: 3,
    tuneAugmentation: 'test',
  }),
  arch: 'tiny10',
};
const initial = initialHostState(stateSpecs(config.arch, PATTERN_CLASSES.length), config.seed);
const weights = { arch: config.arch, state: initial };
const phasesOf = (records: readonly RunRecord[]) =>
  records.flatMap((one) => (one.kind === 'phase' ? [`${one.phase} ${one.size} ${one.images}`] : []));

test('the backward pass goes as deep as something is trained', () => {
  const batch = { arch: 'resnet18', classes: 5, rows: 4, size: 64 } as const;
  const dispatches = (part: TrainablePart) =>
    dryRunOf(backend, { ...batch, training: trainableOf('resnet18', part) }, 'fast').dispatchCount;
  const forward = dryRunOf(backend, { ...batch, training: null }, 'fast').dispatchCount;
  const parts = ['classifier', 'layer4', 'layer3', 'all'] as const;
  const counts = parts.map(dispatches);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  // The loss, the classifier's gradient and its step, in place of evaluation's counting of activations.
  expect(Math.abs(counts[0]! - forward)).toBeLessThan(8);
  expect(counts[3]).toBeGreaterThan(2 * counts[0]!);
});

test.each([
  { run: 'finetune', change: {} },
  { run: 'finetune', change: { tuneAugmentation: 'blog', tuneAffine: true } },
  { run: 'finetune', change: { tuneEpochs: 1 } },
  { run: 'baseline', change: { trainable: 'classifier' } },
  { run: 'baseline', change: { trainable: 'layer4' } },
] as const)('a run goes through the phases that it plans: $run, $change', async ({ run, change }) => {
  const changed = { ...config, ...change };
  const context = newContext(backend);
  const records = run === 'baseline' ? baseline(context, changed, initial) : finetune(context, changed, weights, 48);
  const phases = phasesOf((await finish(backend, records)).records);
  const shape = { run, config: changed, arch: config.arch, classes: 3, tuneSize: 48 };
  const planned = plannedPhases({ ...shape, trainCount: 12, validationCount: 7 });
  expect(phases).toEqual(planned.map(({ phase, size, images }) => `${phase} ${size} ${images}`));
});

test('features that would take more memory than they may are made anew', async () => {
  const context = { ...newContext(backend), featureBytes: 7 * 64 * 4 };
  const loads = vi.spyOn(context.loader, 'load');
  // Room for validation's pooled features alone.
  await finish(backend, baseline(context, { ...config, trainable: 'classifier' }, initial));
  expect(loads).toHaveBeenCalledTimes(3 * 12 + 7);
});
