import { expect, test } from 'vitest';
import { parseStudioConfig } from '../experiments/meta';
import { limitRefusal, memoryPlan, plannedPhases, type RunShape } from './plan';

const BLOG: RunShape = {
  run: 'baseline',
  config: parseStudioConfig({}),
  arch: 'resnet50',
  classes: 5,
  trainCount: 17118,
  validationCount: 4279,
  tuneSize: 384,
};
const MIB = 2 ** 20;

test('the blog’s run takes the work that the reference counts', () => {
  const phases = plannedPhases(BLOG);
  expect(phases).toHaveLength(20);
  // 0.420 PFLOP to train an epoch at 224 px, 0.035 to validate.
  expect(phases[0]!.flops / 1e15).toBeCloseTo(0.42, 3);
  expect(phases[1]!.flops / 1e15).toBeCloseTo(0.035, 3);
  // Fine-tuning at 384 px goes forward only: 0.411 and 0.103.
  const [tune, evaluation] = plannedPhases({ ...BLOG, run: 'finetune' });
  expect(tune!.flops / 1e15).toBeCloseTo(0.411, 3);
  expect(evaluation!.flops / 1e15).toBeCloseTo(0.103, 3);
  expect(plannedPhases({ ...BLOG, run: 'sweep' }).map(({ size }) => size)).toEqual([224, 64, 128, 224, 384, 480]);
});

test('the largest buffer is the stem’s output', () => {
  expect(memoryPlan(BLOG).largestBufferBytes).toBe(196 * MIB);
  expect(memoryPlan({ ...BLOG, run: 'finetune' }).largestBufferBytes).toBe(576 * MIB);
});

test('a batch that no buffer can hold is refused with one that fits', () => {
  expect(limitRefusal(BLOG, { maxBufferBytes: 256 * MIB, maxBindingBytes: 256 * MIB })).toBeNull();
  const refusal = limitRefusal(BLOG, { maxBufferBytes: 256 * MIB, maxBindingBytes: 128 * MIB });
  expect(refusal).toMatchObject({ code: 'exceeds-limits', hint: 'A batch of 41 would fit.' });
  expect(refusal!.message).toBe('A batch of 64 needs a buffer of 196 MiB; this GPU binds at most 128 MiB');
  const fitting = { ...BLOG, config: parseStudioConfig({ batchSize: 41 }) };
  expect(limitRefusal(fitting, { maxBufferBytes: 256 * MIB, maxBindingBytes: 128 * MIB })).toBeNull();
});
