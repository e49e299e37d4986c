/** Trains for real, on photos of three colours: what a run promises, whatever its network learns. */
import { expect, test, vi } from 'vitest';
import { nodeBackend } from '../../hosts/node/gpu';
import { PATTERN_CLASSES, patternLoader, patternSamples } from '../../testing/patterns';
import { StudioError } from '../base/errors';
import { fork } from '../base/rng';
import type { NetworkState } from '../nn/state';
import type { Sample } from '../dataset/types';
import type { NormMode } from '../nn/layers';
import type { PrefetchedBatches } from './inputs';
import { type Objective, PLAIN } from '../optim/objective';
import type { RunRecord, Score } from '../base/records';
import type { Schedule } from '../optim/schedule';
import type { RunContext } from './trainEpoch';

const backend = await nodeBackend();
const { evaluate } = await import('./evaluate');
const { adamWOptimiser } = await import('../optim/optimiser');
const { constant } = await import('../optim/schedule');
const { prefetchFirst, trainEpoch } = await import('./trainEpoch');
const { stateSpecs } = await import('../models/resnet');
const { downloadState } = await import('../nn/download');
const { EVAL, TRAIN } = await import('../nn/layers');
const { initialHostState, releaseState, uploadState } = await import('../nn/state');

const SIZE = 32;
const BATCH = 8;
const specs = stateSpecs('resnet18', PATTERN_CLASSES.length);
const samples = patternSamples('train', 20);

/** Every weight's bytes; comparing eleven million numbers one by one takes a minute. */
async function weightsOf(state: NetworkState): Promise<Buffer> {
  const { tensors } = await downloadState(state);
  return Buffer.concat([...tensors.values()].map(({ values }) => Buffer.from(values.buffer)));
}

/** A fresh network in training; `dispose` leaves nothing of it. */
function newRun({
  seed = 1,
  lr = 1e-3,
  batchSize = BATCH,
  microBatch = batchSize,
  schedule = constant,
  objective = PLAIN,
  mode = TRAIN,
  photos = samples,
  ...changed
}: {
  seed?: number;
  lr?: number;
  batchSize?: number;
  microBatch?: number;
  schedule?: Schedule;
  objective?: Objective;
  mode?: NormMode;
  photos?: Sample[];
} & Partial<RunContext> = {}) {
  const context: RunContext = {
    backend,
    loader: patternLoader(),
    signal: new AbortController().signal,
    precision: 'float32',
    memoryBytes: 2e9,
    featureBytes: 0,
    tuneSeconds: 0,
    now: () => performance.now(),
    onUnreadable: (path) => expect.fail(path),
    ...changed,
  };
  const state = uploadState(backend, specs, initialHostState(specs, seed));
  const network = { arch: 'resnet18', classes: PATTERN_CLASSES, state } as const;
  const optimiser = adamWOptimiser(backend, state.parameters, { lr, weightDecay: 0.1 });
  const inputs = { samples: photos, batchSize, size: SIZE, seed, objective };
  return {
    context,
    network,
    begin: (epoch: number, firstRows: number) => prefetchFirst(context, { ...inputs, epoch }, firstRows),
    epoch: (epoch: number, prefetched?: PrefetchedBatches) =>
      trainEpoch(context, {
        ...inputs,
        network,
        mode,
        room: { microBatch, level: 'lean' },
        optimiser,
        epoch,
        epochs: 8,
        schedule,
        ...(prefetched && { prefetched }),
      }),
    dispose() {
      optimiser.release();
      releaseState(backend, state);
    },
  };
}

/** A generator to its end: what it yielded and what it returned. */
async function drain<T>(
  generator: AsyncGenerator<RunRecord, T, undefined>,
): Promise<{ records: RunRecord[]; result: T }> {
  const records: RunRecord[] = [];
  for (;;) {
    const next = await generator.next();
    if (next.done) return { records, result: next.value };
    records.push(next.value);
  }
}

const stepsOf = (records: RunRecord[]) => records.flatMap((one) => (one.kind === 'step' ? [one] : []));

/** Every step, and how matters stood after each epoch. */
async function train(run: ReturnType<typeof newRun>, epochs: number) {
  const steps: ReturnType<typeof stepsOf> = [];
  const scores: Score[] = [];
  const tensors: number[] = [];
  const bytes: number[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const { records, result } = await drain(run.epoch(epoch));
    expect(records[0]).toEqual({ kind: 'phase', phase: 'training', epoch, batches: 3, images: 20, size: SIZE });
    steps.push(...stepsOf(records));
    scores.push(result);
    tensors.push(backend.usedBytes());
    bytes.push(backend.allocatedBytes());
  }
  return { steps, scores, tensors, bytes };
}

test('the loss falls, step by step, while tensors and bytes stay as they were', async () => {
  const run = newRun({ lr: 3e-4, loader: patternLoader(fork(5)) });
  const { steps, scores, tensors, bytes } = await train(run, 8);
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
    const run = newRun({ seed, loader: patternLoader(fork(timing)) });
    const { steps } = await train(run, 1);
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
    const run = newRun({ microBatch, photos: samples.slice(0, BATCH) });
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
  const run = newRun({
    schedule: (progress) => {
      asked.push(24 * progress);
      return { lr: 0 };
    },
  });
  const parameters = async () => {
    const { tensors } = await downloadState(run.network.state);
    return Buffer.concat(
      [...run.network.state.parameters.keys()].map((key) => Buffer.from(tensors.get(key)!.values.buffer)),
    );
  };
  const before = await parameters();
  await train(run, 2);
  expect(asked.map(Math.round)).toEqual([0, 1, 2, 3, 4, 5]);
  expect((await parameters()).equals(before)).toBe(true);
  run.dispose();
});

test('rare classes are drawn as often as the others where that is asked for', async () => {
  const run = newRun();
  const rare = [...samples.filter(({ label }) => label === 0), ...samples.slice(1, 3)];
  const drawn = async (balance: Objective['balance']) => {
    const options = { samples: rare, batchSize: 4, size: SIZE, seed: 1, epoch: 1, objective: { ...PLAIN, balance } };
    const counts = [0, 0, 0];
    for await (const { labels } of prefetchFirst(run.context, options)) for (const label of labels) counts[label]!++;
    return counts;
  };
  expect(await drawn('none')).toEqual([7, 1, 1]);
  expect(await drawn('weights')).toEqual([7, 1, 1]);
  expect(await drawn('sampling')).toEqual([3, 3, 3]);
  run.dispose();
});

test('a batch that is smoothed, weighted and mixed is the same in parts', async () => {
  const objective = { smoothing: 0.1, balance: 'weights', mixup: 0.2, cutmix: 1 } as const;
  const losses: number[] = [];
  for (const given of [{ objective }, { objective, microBatch: 4 }, {}]) {
    // With running statistics throughout, photos touch one another in mixing alone.
    const run = newRun({ batchSize: 5, photos: samples.slice(0, 5), mode: EVAL, ...given });
    losses.push((await drain(run.epoch(1))).result.loss);
    run.dispose();
  }
  const [whole, inParts, plain] = losses;
  expect(inParts).toBeCloseTo(whole!, 5);
  expect(Math.abs(plain! - whole!)).toBeGreaterThan(1e-3);
});

test('stopping ends the epoch with its reason and lets everything go', async () => {
  const before = backend.usedBytes();
  const stop = new AbortController();
  const run = newRun({ signal: stop.signal });
  const generator = run.epoch(1);
  await generator.next();
  stop.abort(new StudioError('stopped', 'stopped by hand'));
  await expect(drain(generator)).rejects.toMatchObject({ code: 'stopped' });
  expect(await generator.next()).toEqual({ done: true, value: undefined });
  run.dispose();
  await vi.waitFor(() => expect(backend.usedBytes()).toBe(before));
  backend.gpu.throwIfFailed();
});

test('a consumer may leave between two steps', async () => {
  const before = backend.usedBytes();
  const run = newRun();
  for await (const record of run.epoch(1)) if (record.kind === 'step') break;
  run.dispose();
  await vi.waitFor(() => expect(backend.usedBytes()).toBe(before));
});

test('a loss that is not a number ends the run and says where, though later steps fail as well', async () => {
  const before = backend.usedBytes();
  const run = newRun({ lr: 1e12, batchSize: 2 });
  const error = await drain(run.epoch(1)).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'not-finite' });
  expect((error as Error).message).toMatch(/in step \d+ of epoch 1/);
  run.dispose();
  await vi.waitFor(() => expect(backend.usedBytes()).toBe(before));
});

test('a step that the GPU has no room for leaves no tensor behind', async () => {
  const before = backend.usedBytes();
  const run = newRun();
  const original = backend.allocate.bind(backend);
  const allocate = vi.spyOn(backend, 'allocate');
  allocate.mockImplementation((...given) => {
    if (allocate.mock.calls.length > 60) throw new StudioError('exceeds-limits', 'too large');
    return original(...given);
  });
  try {
    await expect(drain(run.epoch(1))).rejects.toMatchObject({ code: 'exceeds-limits' });
  } finally {
    allocate.mockRestore();
  }
  run.dispose();
  expect(backend.usedBytes()).toBe(before);
});

test('evaluation agrees with itself and leaves every weight as it was', async () => {
  const run = newRun();
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
  expect(first.result.activations).toMatchObject({ count: 20 * 512, size: SIZE });
  const alone = await drain(evaluate(run.context, { ...options, batchSize: 3 }));
  expect(alone.result.score.loss).toBeCloseTo(first.result.score.loss, 4);
  expect((await weightsOf(run.network.state)).equals(weights)).toBe(true);
  expect(backend.usedBytes()).toBe(tensors);
  run.dispose();
});

test('an unreadable photo is told and left out; none at all is an error', async () => {
  const loader = patternLoader();
  const broken = (isBroken: (path: string) => boolean): Partial<RunContext> => ({
    loader: {
      load: (path, ...rest) =>
        isBroken(path) ? Promise.reject(new StudioError('bad-photo', `${path} is torn`)) : loader.load(path, ...rest),
    },
  });
  const told: string[] = [];
  const onUnreadable = (path: string) => void told.push(path);
  const run = newRun();
  const options = {
    network: run.network,
    samples: samples.slice(0, 4),
    batchSize: 3,
    epoch: 0,
    view: { kind: 'eval', resize: 0, crop: SIZE },
  } as const;
  const one = broken((path) => path === samples[1]!.path);
  const { result } = await drain(evaluate({ ...run.context, onUnreadable, ...one }, options));
  expect([...result.indices]).toEqual([0, 2, 3]);
  expect(told).toEqual([samples[1]!.path]);
  const all = broken(() => true);
  await expect(drain(evaluate({ ...run.context, onUnreadable, ...all }, options))).rejects.toMatchObject({
    code: 'bad-dataset',
  });
  run.dispose();
});
