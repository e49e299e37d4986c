/**
 * Epochs of training, each followed by an evaluation, keeping the best weights by strict `>` as the blog does, or the last
 * ones as fastai does. What baseline and fine-tuning have in common.
 */
import type { PhotoSize } from '../analysis/apparentSize';
import type { EvalView, ViewSpec } from '../photo/view';
import type { Dataset } from '../dataset/types';
import { type HostState, type NetworkState, writeState } from '../nn/state';
import { downloadState } from '../nn/download';
import { type Evaluation, evaluate } from '../train/evaluate';
import { newAverage } from '../optim/average';
import { extractFeatures } from '../train/extractFeatures';
import {
  type FeatureStore,
  type FeatureCachePlan,
  planFeatureCache,
  type FeatureCacheInput,
} from '../memory/featureCache';
import { SmoothedLoss } from '../train/smoothedLoss';
import { mixes } from '../optim/objective';
import { newOptimiser, type Optimiser, type OptimiserConfig } from '../optim/optimiser';
import type { Training } from '../models/parts';
import type { Method } from '../train/method';
import type { RunRecord } from '../base/records';
import { planMemory, type MemoryPlan, reserveMemory } from '../memory/memoryPlan';
import { tune } from '../memory/kernelTuning';
import type { Precision } from '../kernels/storage';
import { PASSES } from '../kernels/conv2d/shape';
import { keysOf } from '../models/model';
import type { Network } from '../models/passes';
import { modelOf } from '../models/registry';
import type { EvaluationCache } from './evaluationCache';
import { prefetchFirst, type RunContext, trainEpoch } from '../train/trainEpoch';
import type { PrefetchedBatches } from '../train/inputs';

/** Weights worth keeping and how they came about. */
export interface Kept {
  state: HostState;
  origin: string;
  /** The evaluation that chose them; null for weights that were saved because the run was stopped. */
  evaluation: Evaluation | null;
}

export interface ExperimentContext extends RunContext {
  dataset: Dataset;
  /** Of photos of the folder, as they are seen; none where no photo tells its size. */
  photoSizes: () => Promise<readonly PhotoSize[]>;
  /** Evaluations made before, in other runs too. */
  cache: EvaluationCache;
  /** Called whenever there are weights to take the place of those before, and once more if a run ends before its first evaluation. */
  keep: (kept: Kept) => void;
}

/** What an earlier part of the same run has come to. */
export interface Fitted {
  epochs: number;
  bestAccuracy: number | null;
}

export interface FitOptions extends OptimiserConfig {
  /** How it trains. */
  method: Method;
  name: string;
  epochs: number;
  batchSize: number;
  seed: number;
  size: number;
  /** Of training, `size` px. */
  spec: ViewSpec;
  view: EvalView;
  /** Which epoch's weights are kept; the best one's if not given. */
  keeps?: 'best' | 'last';
  /** Leaves a last batch of fewer photos out; kept if not given. */
  dropLast?: boolean;
  /** Goes on from there, in counting epochs and in keeping the best. */
  after?: Fitted;
  /** What the network starts from, where nothing has been written to it yet. */
  initial?: HostState | Promise<HostState>;
}

/** The network's state changes in place; its owner disposes of it. */
export async function* fit(
  context: ExperimentContext,
  network: Network<NetworkState>,
  { trained, mode }: Training,
  o: FitOptions,
): AsyncGenerator<RunRecord, Fitted, undefined> {
  const { dataset, backend, now, keep } = context;
  const { schedule, objective, averaging, patience } = o.method;
  const before = o.after?.epochs ?? 0;
  let bestAccuracy = o.after?.bestAccuracy ?? null;
  const smoothed = new SmoothedLoss();
  let sinceBest = 0;
  const keeping = planFeatureCache(featureCacheInputOf(context, network, { trained, mode }, o));
  const epochOf = (epoch: number) => ({
    samples: dataset.train,
    batchSize: o.batchSize,
    size: o.size,
    spec: o.spec,
    objective,
    seed: o.seed,
    epoch,
    ...(o.dropLast && { dropLast: true }),
  });
  const photos = keeping?.train ? null : epochOf(before + 1);
  const beginning = await begin(context, network, { trained, mode }, photos, o);
  const { first, optimiser } = beginning;
  const average = averaging > 0 ? newAverage(backend, network.state, averaging) : null;
  // What is tested and kept.
  const result = average ? { ...network, state: average.state } : network;
  try {
    const room = yield* prepare(context, network, { trained, mode }, beginning, o);
    const features = yield* keptFeatures(context, network, keeping, o);
    const last = before + o.epochs;
    for (let epoch = before + 1; epoch <= last; epoch++) {
      const started = now();
      const train = yield* trainEpoch(context, {
        network: beginningAt(network, features.train ? keeping : null),
        mode,
        room,
        optimiser,
        average,
        schedule: (progress) => schedule((progress * last - before) / o.epochs),
        epochs: last,
        smoothed,
        ...epochOf(epoch),
        features: features.train,
        ...(epoch === before + 1 && first && { prefetched: first }),
      });
      const evaluation = yield* evaluate(context, {
        network: beginningAt(result, features.validation ? keeping : null),
        features: features.validation,
        samples: dataset.validation,
        batchSize: o.batchSize,
        view: o.view,
        epoch,
      });
      const validation = evaluation.score;
      // The blog starts from 0.0, so weights that get nothing right are never best; the first epoch's are kept all the same.
      const best = bestAccuracy === null || validation.accuracy > bestAccuracy;
      const kept = o.keeps === 'last' || best;
      if (best) bestAccuracy = validation.accuracy;
      if (kept) {
        keep({ state: await downloadState(result.state), origin: `${o.name}, epoch ${epoch}`, evaluation });
      }
      const seconds = (now() - started) / 1000;
      const shown = o.method.optimiser.kind === 'fastai' && { smoothedLoss: smoothed.value };
      const imagesPerSecond = (train.count + validation.count) / seconds;
      yield {
        kind: 'epoch',
        record: {
          epoch,
          train,
          ...shown,
          validation,
          best,
          ...(o.keeps === 'last' && { kept }),
          seconds,
          imagesPerSecond,
        },
      };
      sinceBest = best ? 0 : sinceBest + 1;
      if (patience > 0 && sinceBest >= patience) return { epochs: epoch, bestAccuracy };
    }
    return { epochs: last, bestAccuracy };
  } catch (error) {
    if (bestAccuracy === null) await keepUnfinished(context, result, o.name);
    throw error;
  } finally {
    first?.release();
    average?.release();
    optimiser.release();
  }
}

type BeginningOptions = Pick<FitOptions, 'batchSize' | 'size' | 'method' | 'lr' | 'weightDecay' | 'initial'>;

/** What a training begins with. The caller releases `first` and `optimiser`. */
interface Beginning {
  first: PrefetchedBatches | null;
  optimiser: Optimiser;
  /** What the batch needs by the plan; null if not even one photo fits. */
  planned: MemoryPlan | null;
}

/**
 * Where training begins: its first photos, if any, on their way to the GPU, and an optimiser. Photos come first, for they
 * wait for disk and decoders and all else for the GPU alone, which takes the optimiser's memory while the network's weights
 * are being drawn.
 */
export async function begin(
  context: ExperimentContext,
  network: Network<NetworkState>,
  training: Training,
  photos: Parameters<typeof prefetchFirst>[1] | null,
  o: BeginningOptions,
): Promise<Beginning> {
  const { backend, precision, memoryBytes } = context;
  const { optimiser: choice, grouping, objective } = o.method;
  const planned = planMemory(backend, stepSpecOf(network, training, o, precision), memoryBytes);
  const first = photos && prefetchFirst(context, photos, mixes(objective) ? 0 : planned?.microBatch);
  await first?.uploaded;
  // Of what the photos went through nothing is needed until the next ones come.
  backend.releasePool();
  const optimiser = newOptimiser(backend, training.trained, choice, { ...o, ...(grouping && { grouping }), precision });
  try {
    backend.flush();
    if (o.initial) writeState(backend, network.state, await o.initial);
    return { first, optimiser, planned };
  } catch (error) {
    first?.release();
    optimiser.release();
    throw error;
  }
}

function featureCacheInputOf(
  { dataset, precision, featureBytes }: ExperimentContext,
  { arch }: Network,
  { trained, mode }: Training,
  { epochs, spec, size, view, method: { objective } }: FitOptions,
): FeatureCacheInput {
  const part = { trains: (key: string) => trained.has(key), mode };
  const counts = { trainCount: dataset.train.length, validationCount: dataset.validation.length };
  const fixed = spec.kind === 'eval' && !mixes(objective);
  return { arch, part, epochs, fixed, size, testSize: view.crop, ...counts, precision, featureBytes };
}

/** What the frozen trunk makes of the photos, where that is worth keeping. */
async function* keptFeatures(
  context: ExperimentContext,
  network: Network,
  keeping: FeatureCachePlan | null,
  { batchSize, spec, view, after }: FitOptions,
): AsyncGenerator<RunRecord, Record<'train' | 'validation', FeatureStore | null>, undefined> {
  const { train, validation } = context.dataset;
  const extract = (samples: Dataset['train'], of: EvalView) =>
    extractFeatures(context, { network, cut: keeping!.cut, samples, batchSize, view: of, epoch: after?.epochs ?? 0 });
  return {
    train: keeping?.train && spec.kind === 'eval' ? yield* extract(train, spec) : null,
    validation: keeping?.validation ? yield* extract(validation, view) : null,
  };
}

const beginningAt = <N extends Network>(network: N, keeping: FeatureCachePlan | null): N =>
  keeping ? { ...network, from: keeping.cut } : network;

type StepOptions = Pick<FitOptions, 'batchSize' | 'size' | 'method'>;

/** Chooses the kernels of a training's steps, and takes their memory. */
export async function* prepare(
  context: ExperimentContext,
  network: Network<NetworkState>,
  training: Training,
  beginning: Beginning,
  o: StepOptions,
): AsyncGenerator<RunRecord, MemoryPlan, undefined> {
  yield* tuned(context, network, training, beginning.planned, o);
  const room = await reservedFor(context, network, training, beginning, o);
  const { microBatch } = room;
  if (microBatch < o.batchSize) yield { kind: 'microBatch', microBatch, batchSize: o.batchSize };
  return room;
}

/** Chooses kernels for the parts that the batch will go in. */
async function* tuned(
  { backend, precision, tuneSeconds, signal, now }: ExperimentContext,
  network: Network,
  training: Training,
  planned: MemoryPlan | null,
  o: StepOptions,
): AsyncGenerator<RunRecord, void, undefined> {
  if (tuneSeconds <= 0 || !planned) return;
  const filters = keysOf(modelOf(network.arch), ['conv']);
  const trainsFilters = [...training.trained.keys()].some((key) => filters.has(key));
  const passes = trainsFilters ? PASSES : (['forward'] as const);
  const { size } = o;
  const options = {
    arch: network.arch,
    rows: planned.microBatch,
    size,
    precision,
    passes,
    budgetSeconds: tuneSeconds,
    now,
    signal,
  };
  for await (const progress of tune(backend, options)) yield { kind: 'tuning', ...progress, size };
}

function stepSpecOf(
  { arch, classes }: Network,
  { trained, mode }: Training,
  { batchSize: rows, size, method }: StepOptions,
  precision: Precision,
) {
  const training = { trains: (key: string) => trained.has(key), mode, precision, ...method, photosFirst: true };
  return { arch, classes: classes.length, rows, size, training };
}

async function reservedFor(
  { backend, memoryBytes, precision }: ExperimentContext,
  network: Network,
  training: Training,
  { first, optimiser: { gradients, scaling } }: Beginning,
  o: StepOptions,
): Promise<MemoryPlan> {
  const demand = stepSpecOf(network, training, o, precision);
  const score = backend.allocate([2]);
  try {
    const images = first?.waiting ?? null;
    const parts = { mode: training.mode, gradients, precision, scaling, objective: o.method.objective, score, images };
    return await reserveMemory(backend, demand, network.state, parts, memoryBytes);
  } finally {
    backend.release(score);
  }
}

/** A run that ends before its first evaluation still leaves its weights, unless the GPU has failed. */
async function keepUnfinished(
  { backend, keep }: ExperimentContext,
  network: Network<NetworkState>,
  name: string,
): Promise<void> {
  try {
    backend.gpu.throwIfFailed();
  } catch {
    return;
  }
  const state = await downloadState(network.state);
  const finite = [...state.tensors.values()].every(({ values }) => values.every(Number.isFinite));
  if (finite) keep({ state, origin: `${name}, ended in its first epoch`, evaluation: null });
}
