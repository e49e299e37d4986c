/** fastai's recipe on a GPU that computes nothing: its epochs, what is kept of them, and what the preset plans. */
import { expect, test } from 'vitest';
import { nullBackend } from '../../hosts/node/nullGpu';
import { finish, newContext } from '../../testing/experimentRun';
import { PATTERN_CLASSES } from '../../testing/patterns';
import { parseStudioConfig, PRESET_CONFIGS, type StudioConfig } from './meta';
import { plannedPhases, stepSpecOf } from './plan';
import type { RunSpec } from './planning';
import { ownView, testViewAt } from './views';

const backend = await nullBackend();
const { baseline } = await import('./baseline/run');
const { lowResolution } = await import('./lowResolution/run');
const { stateSpecs } = await import('../models/registry');
const { initialHostState } = await import('../nn/state');

const config: StudioConfig = {
  ...parseStudioConfig(
    { batchSize: 8, epochs: 1, trainSize: 32, evalResize: 36, evalCrop: 32, tuneEpochs: 1 },
    'fastai',
  ),
  arch: 'tiny10-fastai',
};
const initial = initialHostState(stateSpecs(config.arch, PATTERN_CLASSES.length), config.seed);

test('every epoch takes the place of the one before, better or not', async () => {
  const context = newContext(backend);
  const { records } = await finish(backend, baseline(context, { ...config, epochs: 2 }, initial));
  const epochs = records.flatMap((one) => (one.kind === 'epoch' ? [one.record] : []));
  expect(epochs.map(({ kept }) => kept)).toEqual([true, true, true]);
  expect(context.kept.map(({ origin }) => origin)).toEqual([
    'baseline, epoch 1',
    'baseline, epoch 2',
    'baseline, epoch 3',
  ]);
});

test('training smaller follows the recipe', async () => {
  const context = newContext(backend);
  const { records } = await finish(
    backend,
    lowResolution(context, { ...config, lowSize: 32 }, { state: initial, opened: true }),
  );
  const epochs = records.flatMap((one) => (one.kind === 'epoch' ? [one.record] : []));
  // An epoch for head and norms, then one for all, of 8 photos: the last batch is left out.
  expect(epochs.map(({ epoch, train, kept }) => [epoch, train.count, kept])).toEqual([
    [1, 8, true],
    [2, 8, true],
  ]);
  expect(records.flatMap((one) => (one.kind === 'row' ? [one.row.epochs] : []))).toEqual([2, 2, 2]);
});

test('the preset is the blog’s second half: its sizes, its epochs, its normalisation', () => {
  const preset = PRESET_CONFIGS.fastai;
  expect(ownView(preset)).toEqual({ kind: 'eval', resize: 256, crop: 224, normalize: true, squish: true });
  expect(testViewAt(preset, 280)).toMatchObject({ resize: 320, crop: 280 });
  const { arch } = preset;
  const shape: RunSpec = {
    run: 'baseline',
    config: preset,
    arch,
    classes: 5,
    tuneSize: 280,
    trainCount: 17118,
    validationCount: 4279,
  };
  const phases = plannedPhases(shape).filter(({ phase }) => phase === 'training');
  expect(phases).toHaveLength(6);
  // 267 steps an epoch.
  expect(phases.map(({ images }) => images)).toEqual(Array.from({ length: 6 }, () => 267 * 64));
  expect(stepSpecOf({ ...shape, run: 'finetune' })).toMatchObject({ size: 280, rows: 64 });
});
