/**
 * One epoch of training as a generator: not pulling pauses it, the signal stops it, and evaluation, checkpoints and
 * charts are its consumers.
 */
import type { ViewSpec } from '../photo/view';
import { fork, permutation } from '../base/rng';
import { balancedOrder, inverseFrequency } from '../dataset/balance';
import type { Sample } from '../dataset/types';
import type { FeatureStore } from '../memory/featureCache';
import type { RunRecord, Score } from '../base/records';
import { type Objective, PLAIN } from '../optim/objective';
import { constant, type Schedule } from '../optim/schedule';
import type { RunContext } from './context';
import { EpochProgress } from './epochProgress';
import { prefetched, type PrefetchedBatches, featureInputs, type InputBatch, photoInputs } from './inputs';
import { drawMixing } from './mixing';
import type { SmoothedLoss } from './smoothedLoss';
import { readStep, type SteppedNetwork, takeStep } from './step';
import { targetsOf } from './targets';

export interface EpochOptions extends SteppedNetwork {
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
  /** Where the epoch stands, from its beginning if not given; moves as it goes on. */
  progress?: EpochProgress;
  /** The epoch's batches where they were begun before: `prefetchFirst` of the same options. */
  prefetched?: AsyncIterable<InputBatch>;
  /** The samples' features, for a network that begins with them. */
  features?: FeatureStore | null;
  /** Every photo once and as its label says if not given. */
  objective?: Objective;
}

export type BatchesOptions = Omit<EpochOptions, keyof SteppedNetwork | 'epochs'>;
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
    progress,
  }: BatchesOptions,
): AsyncGenerator<InputBatch, void, undefined> {
  const shuffling = fork(seed, SHUFFLE_STREAM, epoch);
  const all = balance === 'sampling' ? balancedOrder(samples, shuffling) : permutation(shuffling, samples.length);
  const order = all.subarray(0, photosOfEpoch(samples.length, { batchSize, dropLast }));
  const some = { samples, order, start: progress?.place ?? 0, batchSize, signal };
  if (features) return featureInputs(features, some);
  return photoInputs({ ...some, seed, epoch, spec, loader, prefetch: 2 * batchSize, onUnreadable });
}

/**
 * Yields a record a step, some steps late; returns the epoch's sample means. Photos that cannot be read are stepped over.
 * @throws StudioError `not-finite` if the loss is; the signal's reason when stopped; the GPU's failure.
 */
export async function* trainEpoch(context: RunContext, o: EpochOptions): AsyncGenerator<RunRecord, Score, undefined> {
  const { backend, viewer } = context;
  const { schedule = constant, objective = PLAIN, progress = new EpochProgress() } = o;
  const { smoothing, balance } = objective;
  const classes = o.network.classes.length;
  const loss = { smoothing, classWeights: balance === 'weights' ? inverseFrequency(o.samples, classes) : null };
  const perEpoch = stepsOfEpoch(o.samples.length, o);
  yield {
    kind: 'phase',
    phase: 'training',
    epoch: o.epoch,
    batches: perEpoch,
    images: photosOfEpoch(o.samples.length, o),
    size: o.size,
  };
  await backend.compiled();
  const stream = o.prefetched ?? batchesOf(context, o);
  const before = (o.epoch - 1) * perEpoch;
  for await (const batch of stream) {
    const rates = schedule((before + progress.steps) / (o.epochs * perEpoch));
    const globalStep = before + progress.steps + 1;
    const dropped = fork(o.seed, DROPOUT_STREAM, globalStep).integer(0, 2 ** 32 - 1);
    const mixing = drawMixing(objective, o.size, fork(o.seed, MIXING_STREAM, o.epoch, globalStep));
    const targets = targetsOf(batch.labels, classes, loss, mixing);
    const shown = viewer && !o.features ? viewer.watched(batch, o.spec?.normalize ?? false) : batch;
    const score = takeStep(context, o, { batch: shown, targets, mixing, rates, dropped });
    const images = batch.indices.length;
    progress.stepped(batch, readStep(backend, score, { images, epoch: o.epoch, globalStep }));
    backend.gpu.throwIfFailed();
    yield* progress.told(STEPS_IN_FLIGHT, o.smoothed);
  }
  yield* progress.told(0, o.smoothed);
  backend.gpu.throwIfFailed();
  return progress.score();
}
