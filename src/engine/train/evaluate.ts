/** Evaluation of one split at one view: logits, score and the pooled activations' distribution. */
import type { ActivationHistogram } from '../analysis/activations';
import { scoreLogits } from '../analysis/score';
import { sizeOfView, type ViewSpec } from '../augment/view';
import { StudioError } from '../base/errors';
import { batches } from '../dataset/batches';
import type { Sample } from '../dataset/types';
import { readFloats } from '../gpu/readback';
import { resample } from '../kernels/resample/resample';
import { ActivationMeter } from './activationMeter';
import type { ActivationStats, RunRecord, Score } from './records';
import type { Adaptation } from '../models/resnet';
import { findRoom, noRoom } from './room';
import { type Network, predict } from './step';
import type { RunContext } from './trainEpoch';

export type EvalView = Extract<ViewSpec, { kind: 'eval' }>;

export interface EvaluationOptions {
  network: Network;
  samples: readonly Sample[];
  batchSize: number;
  view: EvalView;
  /** Of the run, for the progress; 0 outside of training. */
  epoch: number;
  adaptation?: Adaptation;
  /** Tells of the activations while they are counted. */
  live?: boolean;
}

export interface Evaluation {
  score: Score;
  view: EvalView;
  /** Of the samples that could be read, in their order. */
  indices: Int32Array<ArrayBuffer>;
  /** [indices.length, K] */
  logits: Float32Array<ArrayBuffer>;
  activations: ActivationStats;
  /** What `activations` sums up. */
  histogram: ActivationHistogram;
  seconds: number;
}

const BATCHES_IN_FLIGHT = 2;
/** How often a live evaluation tells of its activations. */
const GLIMPSES = 8;

/**
 * Yields a record a batch and returns the result. Runs in evaluation mode; changes no weight.
 * @throws StudioError `bad-dataset` if no photo could be read; the signal's reason when stopped; the GPU's failure.
 */
export async function* evaluate(
  { backend, loader, signal, onUnreadable, memoryBytes, now }: RunContext,
  { network, samples, batchSize: wanted, view, epoch, adaptation, live = false }: EvaluationOptions,
): AsyncGenerator<RunRecord, Evaluation, undefined> {
  const started = now();
  const size = sizeOfView(view);
  const demand = { arch: network.arch, classes: network.classes.length, rows: wanted, size, training: null };
  const room = findRoom(backend, demand, memoryBytes);
  if (!room) throw noRoom(demand, memoryBytes);
  // Photos do not touch one another here, so smaller batches change nothing.
  const batchSize = room.microBatch;
  const count = Math.ceil(samples.length / batchSize);
  yield { kind: 'phase', phase: 'evaluating', epoch, batches: count, images: samples.length, size };
  const stream = batches({
    samples,
    order: null,
    batchSize,
    spec: view,
    seed: 0,
    epoch,
    loader,
    prefetch: 2 * batchSize,
    signal,
    onUnreadable,
  });
  const meter = new ActivationMeter(backend);
  const indices: number[] = [];
  const parts: Float32Array[] = [];
  const pending: Promise<[Float32Array, ActivationHistogram | null]>[] = [];
  const collected = async function* (inFlight: number): AsyncGenerator<RunRecord, void, undefined> {
    while (pending.length > inFlight) {
      const [logits, glimpse] = await pending.shift()!;
      parts.push(logits);
      yield { kind: 'evaluated', images: logits.length / network.classes.length };
      if (glimpse) yield { kind: 'glimpse', activations: glimpse.summarise(size) };
    }
  };
  let histogram: ActivationHistogram;
  try {
    let batchNumber = 0;
    for await (const batch of stream) {
      const images = resample(backend, batch.views);
      const { logits, pooled } = predict(backend, network, images, adaptation);
      meter.add(pooled);
      const glimpsed = live && ++batchNumber % Math.ceil(count / GLIMPSES) === 0 && batchNumber < count;
      const outputs = Promise.all([readFloats(logits), glimpsed ? meter.read() : null]);
      // A failure counts when its turn comes; where an earlier one ends the evaluation, it must not count as unhandled.
      outputs.catch(() => {});
      pending.push(outputs);
      for (const tensor of [images, logits, pooled]) backend.release(tensor);
      indices.push(...batch.indices);
      backend.gpu.throwIfFailed();
      yield* collected(BATCHES_IN_FLIGHT);
    }
    yield* collected(0);
    histogram = await meter.read();
  } finally {
    meter.release();
  }
  backend.gpu.throwIfFailed();
  if (indices.length === 0) {
    throw new StudioError('bad-dataset', 'No validation photo could be read', 'Look at the warnings of the data set.');
  }
  const all = concatenate(parts);
  const labels = indices.map((index) => samples[index]!.label);
  return {
    score: scoreLogits(all, labels, network.classes.length),
    view,
    indices: Int32Array.from(indices),
    logits: all,
    activations: histogram.summarise(size),
    histogram,
    seconds: (now() - started) / 1000,
  };
}

function concatenate(parts: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const all = new Float32Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
