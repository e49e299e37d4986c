/** What a run takes, whatever its numbers, on a GPU that computes nothing. */
import { expect, test } from 'vitest';
import { nullBackend } from '../../hosts/node/nullGpu';
import { newContext } from '../../testing/experimentRun';
import { PATTERN_CLASSES, patternSamples } from '../../testing/patterns';
import { parseStudioConfig } from './meta';
import { stepSpecOf } from './plan';

const backend = await nullBackend();
const { baseline, photosOf } = await import('./baseline/run');
const { stateSpecs } = await import('../models/registry');
const { initialHostState } = await import('../nn/state');
const { planMemory } = await import('../memory/memoryPlan');

const config = parseStudioConfig({
  arch: 'resnet18',
  batchSize: 8,
  epochs: 2,
  trainSize: 32,
  evalResize: 36,
  evalCrop: 32,
});
const initial = initialHostState(stateSpecs(config.arch, PATTERN_CLASSES.length), config.seed);

test.each([{}, { trainSize: 64 }, { mixup: 0.2 }, { trainable: 'classifier' }] as const)(
  'a baseline takes the GPU memory that was planned for it, to the byte: %j',
  async (changes) => {
    const planned = { ...config, epochs: 1, ...changes };
    const context = newContext(backend);
    context.dataset = { ...context.dataset, train: patternSamples('train', config.batchSize) };
    const counts = { trainCount: config.batchSize, validationCount: context.dataset.validation.length };
    const shape = { arch: config.arch, classes: PATTERN_CLASSES.length, tuneSize: 0, ...counts };
    const room = planMemory(backend, stepSpecOf({ run: 'baseline', config: planned, ...shape }), context.memoryBytes);
    backend.releasePool();
    const before = backend.allocatedBytes();
    let taken = 0;
    for await (const { kind } of baseline(context, planned, initial)) {
      if (kind === 'step') taken = backend.allocatedBytes() - before;
    }
    expect(taken).toBe(room?.memoryBytes);
  },
);

test('the last epochs cool down on the validation crop at the train resolution, in one training', async () => {
  const cooling = { ...config, arch: 'tiny10', epochs: 3, coolDownEpochs: 2, trainSize: 40, mixup: 0.4 } as const;
  const context = newContext(backend);
  const { loader } = context;
  const trained: string[] = [];
  const paths = new Set(context.dataset.train.map(({ path }) => path));
  const load: typeof loader.load = (path, spec, seed, signal) => {
    if (paths.has(path)) trained.push(spec.kind === 'train' ? 'crop' : `${spec.resize} to ${spec.crop} px`);
    return loader.load(path, spec, seed, signal);
  };
  const drawn = initialHostState(stateSpecs('tiny10', PATTERN_CLASSES.length), 1);
  const epochs: number[] = [];
  for await (const record of baseline({ ...context, loader: { load } }, cooling, drawn)) {
    if (record.kind === 'epoch') epochs.push(record.record.epoch);
  }
  expect(epochs).toEqual([1, 2, 3]);
  // 36 px before a crop of 32 is 45 before one of 40.
  expect(trained).toEqual([...Array<string>(12).fill('crop'), ...Array<string>(24).fill('45 to 40 px')]);
});

test('fastai’s recipe does not cool down', () => {
  const { coolDown } = photosOf({ ...config, coolDownEpochs: 1, recipe: 'fastai' });
  expect(coolDown).toBeUndefined();
  expect(photosOf({ ...config, coolDownEpochs: 1 }).coolDown).toMatchObject({
    epochs: 1,
    spec: { kind: 'eval', crop: 32 },
  });
});
