/** Evaluation of one split at one view: logits, score and the pooled activations' distribution. */
import { concatenate } from '../base/concatenate';
import type { ActivationHistogram } from '../analysis/activations';
import { scoreLogits } from '../analysis/score';
import { type EvalView, sizeOfView } from '../photo/view';
import { StudioError } from '../base/errors';
import type { Sample } from '../dataset/types';
import { readFloats } from '../gpu/readback';
import type { GpuTensor, Recorder } from '../gpu/recorder';
import { ActivationMeter } from '../models/activationMeter';
import type { FeatureStore } from '../memory/featureCache';
import { featureInputs, photoInputs } from './inputs';
import type { ActivationStats, RunRecord, Score } from '../base/records';
import type { Adaptation } from '../models/model';
import { planMemory, outOfMemory } from '../memory/memoryPlan';
import { compilingOnly, rehearseEvaluation } from '../memory/rehearsal';
import { type Network, predict } from '../models/passes';
import type { RunContext } from './context';

export interface PassOptions {
  network: Network;
  samples: readonly Sample[];
  batchSize: number;
  view: EvalView;
  /** Of the run, for the progress; 0 outside of training. */
  epoch: number;
  /** The samples' features, for a network that begins with them. */
  features?: FeatureStore | null;
}

export interface EvaluationOptions extends PassOptions {
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

/** Whole photos are planned for as if they were squares of so many times the shorter side: two by one is less. */
const WHOLE = 1.5;

/** Of the square that takes as much memory, px. */
const plannedSide = (view: EvalView): number => Math.ceil(sizeOfView(view) * (view.whole ? WHOLE : 1));

/** What is done with each batch: at once, and when its results are home, in the batches' order. */
interface BatchHandler<T> {
  /** What a batch of `rows` photos dispatches, so that it can be compiled beforehand; left out, it is as it is met. */
  rehearse?: (recorder: Recorder, rows: number) => void;
  /** `input` is released afterwards. Does not wait for the GPU. */
  submit: (input: GpuTensor, progress: { batch: number; batches: number }) => Promise<T>;
  settle: (result: T, indices: Int32Array) => readonly RunRecord[];
}

/**
 * All samples once, in their order, in batches that fit the memory. Yields a record a batch.
 * @throws StudioError `bad-dataset` if no photo could be read; the signal's reason when stopped; the GPU's failure.
 */
export async function* throughNetwork<T>(
  { backend, loader, signal, onUnreadable, memoryBytes }: RunContext,
  { network: { arch, classes }, samples, batchSize: wanted, view, epoch, features = null }: PassOptions,
  { rehearse, submit, settle }: BatchHandler<T>,
): AsyncGenerator<RunRecord, void, undefined> {
  const size = sizeOfView(view);
  const demand = { arch, classes: classes.length, rows: wanted, size: plannedSide(view), training: null };
  const room = planMemory(backend, demand, memoryBytes);
  if (!room) throw outOfMemory(backend, demand, memoryBytes);
  // Photos do not touch one another here, so smaller batches change nothing.
  const batchSize = room.microBatch;
  const count = Math.ceil(samples.length / batchSize);
  yield { kind: 'phase', phase: 'evaluating', epoch, batches: count, images: samples.length, size };
  const some = { samples, order: null, batchSize, signal };
  const photos = { ...some, spec: view, seed: 0, epoch, loader, prefetch: 2 * batchSize, onUnreadable };
  const pending: { result: Promise<T>; indices: Int32Array }[] = [];
  const settled = async function* (inFlight: number): AsyncGenerator<RunRecord, void, undefined> {
    while (pending.length > inFlight) {
      const { result, indices } = pending.shift()!;
      const records = settle(await result, indices);
      yield { kind: 'evaluated', images: indices.length };
      yield* records;
    }
  };
  rehearse?.(compilingOnly(backend), batchSize);
  let batch = 0;
  for await (const { indices, stretches, toGpu } of features ? featureInputs(features, some) : photoInputs(photos)) {
    await backend.compiled();
    batch++;
    for (const rows of stretches ?? [{ start: 0, end: indices.length }]) {
      const input = toGpu(backend, rows);
      const result = submit(input, { batch, batches: count });
      backend.release(input);
      // A failure counts when its turn comes; where an earlier one ends the pass, it must not count as unhandled.
      result.catch(() => {});
      pending.push({ result, indices: indices.subarray(rows.start, rows.end) });
      backend.gpu.throwIfFailed();
      yield* settled(BATCHES_IN_FLIGHT);
    }
  }
  yield* settled(0);
  backend.gpu.throwIfFailed();
  if (batch === 0) {
    const message = `None of ${samples.length} photos could be read`;
    throw new StudioError('bad-dataset', message, 'Look at the warnings of the data set.');
  }
}

/** `throughNetwork` in evaluation mode, to its score and what it activates. Changes no weight. */
export async function* evaluate(
  context: RunContext,
  o: EvaluationOptions,
): AsyncGenerator<RunRecord, Evaluation, undefined> {
  const { backend, now } = context;
  const { network, samples, view, adaptation, live = false } = o;
  const started = now();
  const size = sizeOfView(view);
  const meter = new ActivationMeter(backend);
  const indices: number[] = [];
  const parts: Float32Array[] = [];
  let histogram: ActivationHistogram;
  try {
    yield* throughNetwork(context, o, {
      ...(!o.features && { rehearse: (on, rows) => rehearseEvaluation(on, network, { rows, size, adaptation }) }),
      submit: (input, { batch, batches }) => {
        const { logits, pooled } = predict(backend, network, input, adaptation);
        meter.add(pooled);
        const glimpsed = live && batch % Math.ceil(batches / GLIMPSES) === 0 && batch < batches;
        const outputs = Promise.all([readFloats(backend, logits), glimpsed ? meter.read(backend) : null]);
        for (const tensor of [logits, ...(pooled === input ? [] : [pooled])]) backend.release(tensor);
        return outputs;
      },
      settle: ([logits, partialActivations], those) => {
        parts.push(logits);
        indices.push(...those);
        return partialActivations
          ? [{ kind: 'partialActivations', activations: partialActivations.summarise(size) }]
          : [];
      },
    });
    histogram = await meter.read(backend);
  } finally {
    meter.release();
  }
  backend.gpu.throwIfFailed();
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
