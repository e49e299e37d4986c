/** Trains for real, on photos of three colours: what a run promises, whatever its network learns. */
import { expect, test, vi } from 'vitest';
import { nodeBackend } from '../../hosts/node/gpu';
import { PATTERN_CLASSES, patternLoader } from '../../testing/patterns';
import { fork } from '../base/rng';
import type { NetworkState } from '../nn/state';

const backend = await nodeBackend();
const { BATCH, drain, newRun, samples, SIZE, stepsOf, train } = await import('../../testing/trainingRun');
const { evaluate } = await import('./evaluate');
const { downloadState } = await import('../nn/download');
const { EVAL } = await import('../nn/layers');

/** Every weight's bytes. */
async function weightsOf(state: NetworkState): Promise<Buffer> {
  const { tensors } = await downloadState(backend, state);
  return Buffer.concat([...tensors.values()].map(({ values }) => Buffer.from(values.buffer)));
}

test('the loss falls, step by step, while tensors and bytes stay as they were', async () => {
  const run = newRun(backend, { lr: 3e-4, loader: patternLoader(fork(5)) });
  const { steps, scores, tensors, bytes } = await train(backend, run, 8);
  expect(steps.map(({ record }) => record.globalStep)).toEqual(steps.map((_, i) => i + 1));
  // An epoch's score is the mean over its photos, the small last batch included.
  expect(steps.slice(0, 3).map(({ images }) => images)).toEqual([8, 8, 4]);
  const [first] = scores;
  const sum = steps.slice(0, 3).reduce((total, { record, images }) => total + record.loss * images, 0);
  expect(first!.loss).toBeCloseTo(sum / 20, 12);
  expect(first!.accuracy).toBe(first!.correct / 20);
  expect(scores.at(-1)!.loss).toBeLessThan(0.8 * first!.loss);
  expect(new Set(tensors).size).toBe(1);
  expect(new Set(bytes.slice(1)).size).toBe(1);
  run.dispose();
});

test('a seed gives the same losses whatever the loader’s timing, another seed gives others', async () => {
  const losses: number[][] = [];
  for (const [seed, timing] of [
    [3, 1],
    [3, 2],
    [4, 1],
  ] as const) {
    const run = newRun(backend, { seed, loader: patternLoader(fork(timing)) });
    const { steps } = await train(backend, run, 1);
    losses.push(steps.map(({ record }) => record.loss));
    run.dispose();
  }
  expect(losses[1]).toEqual(losses[0]);
  expect(losses[2]).not.toEqual(losses[0]);
});

test('photos that went to the GPU beforehand are those that training asks for, or are let go', async () => {
  const losses: number[][] = [];
  // Asked for as they wait there, in other parts, and not uploaded beforehand.
  for (const [microBatch, firstRows] of [
    [BATCH, BATCH],
    [4, BATCH],
    [4, 4],
    [BATCH, 0],
    [4, 0],
  ] as const) {
    const run = newRun(backend, { microBatch, photos: samples.slice(0, BATCH) });
    const before = backend.usedBytes();
    const prefetched = run.begin(1, firstRows);
    await prefetched.uploaded;
    expect(backend.usedBytes() - before).toBe(firstRows * SIZE * SIZE * 3 * 4);
    const { records } = await drain(run.epoch(1, prefetched));
    losses.push(stepsOf(records).map(({ record }) => record.loss));
    prefetched.release();
    expect(backend.usedBytes()).toBe(before);
    run.dispose();
  }
  const [whole, otherParts, parts, wholeLate, partsLate] = losses;
  expect(whole).toEqual(wholeLate);
  expect(otherParts).toEqual(partsLate);
  expect(parts).toEqual(partsLate);
});

test('the schedule is asked at every step, and at rate zero nothing moves but running statistics', async () => {
  const asked: number[] = [];
  const run = newRun(backend, {
    schedule: (progress) => {
      asked.push(24 * progress);
      return { lr: 0 };
    },
  });
  const parameters = async () => {
    const { tensors } = await downloadState(backend, run.network.state);
    return Buffer.concat(
      [...run.network.state.parameters.keys()].map((key) => Buffer.from(tensors.get(key)!.values.buffer)),
    );
  };
  const before = await parameters();
  await train(backend, run, 2);
  expect(asked.map(Math.round)).toEqual([0, 1, 2, 3, 4, 5]);
  expect((await parameters()).equals(before)).toBe(true);
  run.dispose();
});

test('a batch that is smoothed, weighted and mixed is the same in parts', async () => {
  const objective = { smoothing: 0.1, balance: 'weights', mixup: 0.2, cutmix: 1 } as const;
  const losses: number[] = [];
  for (const given of [{ objective }, { objective, microBatch: 4 }, {}]) {
    // With running statistics throughout, photos touch one another in mixing alone.
    const run = newRun(backend, { batchSize: 5, photos: samples.slice(0, 5), mode: EVAL, ...given });
    losses.push((await drain(run.epoch(1))).result.loss);
    run.dispose();
  }
  const [whole, inParts, plain] = losses;
  expect(inParts).toBeCloseTo(whole!, 5);
  expect(Math.abs(plain! - whole!)).toBeGreaterThan(1e-3);
});

test('a loss that is not a number ends the run and says where, though later steps fail as well', async () => {
  const before = backend.usedBytes();
  const run = newRun(backend, { lr: 1e12, batchSize: 2 });
  const error = await drain(run.epoch(1)).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'not-finite' });
  expect((error as Error).message).toMatch(/in step \d+ of epoch 1/);
  run.dispose();
  await vi.waitFor(() => expect(backend.usedBytes()).toBe(before));
});

test('evaluation agrees with itself and leaves every weight as it was', async () => {
  const run = newRun(backend);
  await drain(run.epoch(1));
  const weights = await weightsOf(run.network.state);
  const tensors = backend.usedBytes();
  const options = { network: run.network, samples, epoch: 1, view: { kind: 'eval', resize: 36, crop: SIZE } } as const;
  const first = await drain(evaluate(run.context, { ...options, batchSize: BATCH }));
  const again = await drain(
    evaluate({ ...run.context, loader: patternLoader(fork(6)) }, { ...options, batchSize: BATCH }),
  );
  expect(again.result).toEqual({ ...first.result, seconds: again.result.seconds });
  expect(first.records.reduce((sum, one) => sum + (one.kind === 'evaluated' ? one.images : 0), 0)).toBe(20);
  expect(first.result.logits).toHaveLength(20 * PATTERN_CLASSES.length);
  expect([...first.result.indices]).toEqual(samples.map((_, i) => i));
  expect(first.result.activations).toMatchObject({ count: 20 * 64, size: SIZE });
  const alone = await drain(evaluate(run.context, { ...options, batchSize: 3 }));
  expect(alone.result.score.loss).toBeCloseTo(first.result.score.loss, 4);
  expect((await weightsOf(run.network.state)).equals(weights)).toBe(true);
  expect(backend.usedBytes()).toBe(tensors);
  run.dispose();
});
