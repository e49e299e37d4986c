/**
 * One epoch of training as a generator: not pulling pauses it, the signal stops it, and evaluation, checkpoints and
 * charts are its consumers. Steps 2 to 11 of the data's path.
 */
import type { PhotoLoader, ViewSpec } from '../photo/view';
import { StudioError } from '../base/errors';
import { fork, permutation } from '../base/rng';
import { balancedOrder, inverseFrequency } from '../dataset/balance';
import type { Sample } from '../dataset/types';
import type { StudioBackend } from '../gpu/backend';
import { readFloats } from '../gpu/readback';
import type { GpuTensor } from '../gpu/recorder';
import type { Precision } from '../kernels/storage';
import type { NormMode } from '../nn/layers';
import type { WeightAverage } from '../optim/average';
import type { FeatureStore } from '../memory/featureCache';
import { prefetched, type PrefetchedBatches, featureInputs, type InputBatch, photoInputs } from './inputs';
import type { Optimiser, Rates } from '../optim/optimiser';
import { memoryPolicy } from '../memory/policy';
import { drawMixing, type Mixing } from './mixing';
import { type Objective, PLAIN } from '../optim/objective';
import type { RunRecord, Score, StepRecord } from '../base/records';
import type { MemoryPlan } from '../memory/memoryPlan';
import { constant, type Schedule } from '../optim/schedule';
import type { SmoothedLoss } from './smoothedLoss';
import { accumulateGradients, type Network } from '../models/passes';
import { type Targets, targetsOf } from './targets';

/** What every part of a run works with. */
export interface RunContext {
  backend: StudioBackend;
  loader: PhotoLoader;
  signal: AbortSignal;
  onUnreadable: (path: string, reason: string) => void;
  /** GPU memory that a run may take, bytes. */
  memoryBytes: number;
  /** Host memory that a frozen trunk's features may take, bytes. */
  featureBytes: number;
  /** Of training's activations. */
  precision: Precision;
  /** Seconds that choosing among kernels may take where it has not been done; 0 for the defaults. */
  tuneSeconds: number;
  now: () => number;
}

export interface EpochOptions {
  network: Network;
  mode: NormMode;
  room: Pick<MemoryPlan, 'microBatch' | 'level'>;
  /** Steps what is trained. */
  optimiser: Optimiser;
  /** Takes in the weights of every step. */
  average?: WeightAverage | null;
  samples: readonly Sample[];
  batchSize: number;
  size: number;
  /** How views of `size` px are made; RandomResizedCrop and a flip if not given. */
  spec?: ViewSpec;
  seed: number;
  /** Leaves a last batch of fewer photos out; kept if not given. */
  dropLast?: boolean;
  /** Is told every batch's loss. */
  smoothed?: SmoothedLoss;
  /** From 1. */
  epoch: number;
  /** Of the whole run, over which `schedule` goes. */
  epochs: number;
  /** What each of the optimiser's steps takes; its own rates throughout if not given. */
  schedule?: Schedule;
  /** The epoch's batches where they were begun before: `prefetchFirst` of the same options. */
  prefetched?: AsyncIterable<InputBatch>;
  /** The samples' features, for a network that begins with them. */
  features?: FeatureStore | null;
  /** Every photo once and as its label says if not given. */
  objective?: Objective;
}

type BatchesOptions = Omit<EpochOptions, 'network' | 'mode' | 'room' | 'optimiser' | 'epochs'>;
type Batching = Pick<EpochOptions, 'batchSize' | 'dropLast'>;

/** How many of `count` photos an epoch sees: all, or as many as fill batches; never none. */
export function photosOfEpoch(count: number, { batchSize, dropLast = false }: Batching): number {
  return dropLast && count >= batchSize ? count - (count % batchSize) : count;
}

export const stepsOfEpoch = (count: number, batching: Batching): number =>
  Math.ceil(photosOfEpoch(count, batching) / batching.batchSize);

/** How many photos `steps` steps see, over as many epochs as they take. */
export function photosOfSteps(count: number, batching: Batching, steps: number): number {
  const perEpoch = stepsOfEpoch(count, batching);
  return Math.floor(steps / perEpoch) * photosOfEpoch(count, batching) + (steps % perEpoch) * batching.batchSize;
}

/** Steps whose numbers are still on their way home; more would pile work up on a slow adapter. */
const STEPS_IN_FLIGHT = 2;
/** Keep shuffling's, mixing's and dropout's randomness apart from the initial weights' and the views'. */
const SHUFFLE_STREAM = 0x5f;
const MIXING_STREAM = 0x3149;
const DROPOUT_STREAM = 0xd0;

/**
 * An epoch's batches, in its order, whose first photos load from now on, before anyone asks for them; `firstRows` of them go
 * to the GPU then. The caller releases the batches.
 */
export function prefetchFirst(context: RunContext, o: BatchesOptions, firstRows = 0): PrefetchedBatches {
  return prefetched(batchesOf(context, o), context.backend, firstRows);
}

function batchesOf(
  { loader, signal, onUnreadable }: RunContext,
  {
    samples,
    batchSize,
    seed,
    epoch,
    size,
    spec = { kind: 'train', size },
    objective: { balance } = PLAIN,
    dropLast = false,
    features = null,
  }: BatchesOptions,
): AsyncGenerator<InputBatch, void, undefined> {
  const shuffling = fork(seed, SHUFFLE_STREAM, epoch);
  const all = balance === 'sampling' ? balancedOrder(samples, shuffling) : permutation(shuffling, samples.length);
  const order = all.subarray(0, photosOfEpoch(samples.length, { batchSize, dropLast }));
  const some = { samples, order, batchSize, signal };
  if (features) return featureInputs(features, some);
  return photoInputs({ ...some, seed, epoch, spec, loader, prefetch: 2 * batchSize, onUnreadable });
}

/**
 * Yields a record a step, some steps late; returns the epoch's sample means. Photos that cannot be read are stepped over.
 * @throws StudioError `not-finite` if the loss is; the signal's reason when stopped; the GPU's failure.
 */
export async function* trainEpoch(context: RunContext, o: EpochOptions): AsyncGenerator<RunRecord, Score, undefined> {
  const { backend } = context;
  const { schedule = constant, objective = PLAIN } = o;
  const { smoothing, balance } = objective;
  const classes = o.network.classes.length;
  const loss = { smoothing, classWeights: balance === 'weights' ? inverseFrequency(o.samples, classes) : null };
  const images = photosOfEpoch(o.samples.length, o);
  const perEpoch = stepsOfEpoch(o.samples.length, o);
  yield { kind: 'phase', phase: 'training', epoch: o.epoch, batches: perEpoch, images, size: o.size };
  const stream = o.prefetched ?? batchesOf(context, o);
  const tally = new Tally(o.smoothed);
  const pending: Promise<{ record: StepRecord; images: number }>[] = [];
  let globalStep = (o.epoch - 1) * perEpoch;
  for await (const batch of stream) {
    const rates = schedule(globalStep / (o.epochs * perEpoch));
    globalStep++;
    const dropped = fork(o.seed, DROPOUT_STREAM, globalStep).integer(0, 2 ** 32 - 1);
    const mixing = drawMixing(objective, o.size, fork(o.seed, MIXING_STREAM, o.epoch, globalStep));
    const targets = targetsOf(batch.labels, classes, loss, mixing);
    const score = takeStep(context, o, { batch, targets, mixing, rates, dropped });
    const step = readStep(backend, score, batch.indices.length, o.epoch, globalStep);
    // A failure counts when its turn comes; where an earlier one ends the epoch, it must not count as unhandled.
    step.catch(() => {});
    pending.push(step);
    backend.gpu.throwIfFailed();
    if (pending.length > STEPS_IN_FLIGHT) yield tally.count(await pending.shift()!);
  }
  for (const step of pending) yield tally.count(await step);
  backend.gpu.throwIfFailed();
  return tally.score();
}

/** What one step is taken with. */
interface StepInputs {
  batch: InputBatch;
  targets: Targets;
  mixing: Mixing | null;
  rates: Rates;
  /** Dropout's seed. */
  dropped: number;
}

/**
 * Forward, backward and the optimiser on one batch → [loss, right answers], the caller's. A batch above `microBatch` goes
 * in parts whose gradients are added up: exact but for the batch statistics, which are then a part's. Does not wait for
 * the GPU.
 */
function takeStep(
  { backend, precision }: RunContext,
  { network, mode, optimiser, average, room: { microBatch, level } }: EpochOptions,
  { batch: { indices, toGpu }, targets, mixing, rates, dropped }: StepInputs,
): GpuTensor {
  const score = backend.allocate([2]);
  backend.clear(score);
  optimiser.clearGradients();
  const { gradients, scaling } = optimiser;
  const keeps = memoryPolicy(network.arch, level);
  try {
    const rows = indices.length;
    for (let start = 0; start < rows; start += microBatch) {
      const end = Math.min(start + microBatch, rows);
      const part = {
        images: toGpu(backend, { start, end, mixing }),
        labels: backend.upload(targets.labels.slice(start, end)),
        targets: targets.values && uploadRows(backend, targets.values, { start, end, rows }),
      };
      try {
        const dropout = { seed: dropped, firstRow: start };
        const options = { mode, keeps, gradients, precision, scaling, score, rows: targets.divisor, dropout };
        accumulateGradients(backend, network, part, options);
      } finally {
        for (const tensor of Object.values(part)) if (tensor) backend.release(tensor);
      }
    }
  } catch (error) {
    backend.release(score);
    throw error;
  }
  optimiser.step(rates);
  average?.update();
  backend.flush();
  return score;
}

/** Rows `start` to `end` of `values`, [`rows`, K]. */
function uploadRows(
  backend: StudioBackend,
  values: Float32Array<ArrayBuffer>,
  { start, end, rows }: { start: number; end: number; rows: number },
): GpuTensor {
  const columns = values.length / rows;
  const tensor = backend.allocate([end - start, columns]);
  backend.writeWords(tensor, values.slice(start * columns, end * columns));
  return tensor;
}

async function readStep(backend: StudioBackend, score: GpuTensor, images: number, epoch: number, globalStep: number) {
  const values = readFloats(score);
  backend.release(score);
  const [lossValue = NaN, right = NaN] = await values;
  if (!Number.isFinite(lossValue)) {
    throw new StudioError(
      'not-finite',
      `The loss became ${lossValue} in step ${globalStep} of epoch ${epoch}`,
      'Lower the learning rate or use a larger batch, and start again.',
    );
  }
  return { record: { globalStep, epoch, loss: lossValue, accuracy: right / images }, images };
}

/** Exact sample means over batches of unequal size. */
class Tally {
  private loss = 0;
  private correct = 0;
  private images = 0;

  constructor(private readonly smoothed: SmoothedLoss | undefined) {}

  count({ record, images }: { record: StepRecord; images: number }): RunRecord {
    this.smoothed?.add(record.loss);
    this.loss += record.loss * images;
    this.correct += Math.round(record.accuracy * images);
    this.images += images;
    return { kind: 'step', record, images };
  }

  score(): Score {
    const { loss, correct, images } = this;
    return { loss: loss / images, accuracy: correct / images, correct, count: images };
  }
}
