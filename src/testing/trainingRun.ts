/** What tests of training need: a fresh network of eight channels in training, on photos of three colours. */
import { expect } from 'vitest';
import type { RunRecord, Score } from '../engine/base/records';
import type { Sample } from '../engine/dataset/types';
import type { StudioBackend } from '../engine/gpu/backend';
import { stateSpecs } from '../engine/models/registry';
import type { NormMode } from '../engine/nn/layers';
import { TRAIN } from '../engine/nn/layers';
import { initialHostState, releaseState, uploadState } from '../engine/nn/state';
import { type Objective, PLAIN } from '../engine/optim/objective';
import { adamWOptimiser } from '../engine/optim/optimiser';
import { constant, type Schedule } from '../engine/optim/schedule';
import type { PrefetchedBatches } from '../engine/train/inputs';
import type { RunContext } from '../engine/train/context';
import { prefetchFirst, trainEpoch } from '../engine/train/trainEpoch';
import { PATTERN_CLASSES, patternLoader, patternSamples } from './patterns';

export const SIZE = 32;
export const BATCH = 8;
const ARCH = 'tiny10';
const specs = stateSpecs(ARCH, PATTERN_CLASSES.length);
export const samples = patternSamples('train', 20);

/** A fresh network in training; `dispose` leaves nothing of it. */
export function newRun(
  backend: StudioBackend,
  {
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
  } & Partial<RunContext> = {},
) {
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
  const network = { arch: ARCH, classes: PATTERN_CLASSES, state } as const;
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
export async function drain<T>(
  generator: AsyncGenerator<RunRecord, T, undefined>,
): Promise<{ records: RunRecord[]; result: T }> {
  const records: RunRecord[] = [];
  for (;;) {
    const next = await generator.next();
    if (next.done) return { records, result: next.value };
    records.push(next.value);
  }
}

export const stepsOf = (records: RunRecord[]) => records.flatMap((one) => (one.kind === 'step' ? [one] : []));

/** Every step, and how matters stood after each epoch. */
export async function train(backend: StudioBackend, run: ReturnType<typeof newRun>, epochs: number) {
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
