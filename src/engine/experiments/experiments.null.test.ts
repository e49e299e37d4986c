/** What a run takes, whatever its numbers, on a GPU that computes nothing. */
import { expect, test } from 'vitest';
import { nullBackend } from '../../hosts/node/nullGpu';
import { newContext } from '../../testing/experimentRun';
import { PATTERN_CLASSES, patternSamples } from '../../testing/patterns';
import { parseStudioConfig } from './meta';
import { stepSpecOf } from './plan';

const backend = await nullBackend();
const { baseline } = await import('./baseline/run');
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
