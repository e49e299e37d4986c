/** What a training has before its first step: photos on their way, an optimiser, kernels, and memory that is there. */
import type { RunRecord } from '../base/records';
import { PASSES } from '../kernels/conv2d/shape';
import { tune } from '../memory/kernelTuning';
import { type MemoryPlan, planMemory, reserveMemory } from '../memory/memoryPlan';
import { compilingOnly, type StepSpec } from '../memory/rehearsal';
import { keysOf } from '../models/model';
import type { TrainedTensors } from '../models/parts';
import type { Network } from '../models/passes';
import { modelOf } from '../models/registry';
import { type HostState, type NetworkState, writeState } from '../nn/state';
import { mixes } from '../optim/objective';
import { newOptimiser, type Optimiser } from '../optim/optimiser';
import type { RunContext } from './context';
import type { PrefetchedBatches } from './inputs';
import type { Method } from './method';
import { type BatchesOptions, prefetchFirst } from './trainEpoch';

/** What is stepped and how, and on how many photos of which size. */
export interface SetUpOptions {
  network: Network<NetworkState>;
  training: TrainedTensors;
  method: Method;
  lr: number;
  weightDecay: number;
  batchSize: number;
  size: number;
  /** What the network starts from, where nothing has been written to it yet. */
  initial?: HostState | Promise<HostState> | null;
}

/** A micro-batch and what is kept of its activations: what a step's numbers depend on besides its photos. */
export type StepPlan = Pick<MemoryPlan, 'microBatch' | 'level'>;

/** The caller releases `first` and `optimiser`. */
export interface SetUp {
  /** The first photos. */
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
export async function setUp(context: RunContext, o: SetUpOptions, photos: BatchesOptions | null): Promise<SetUp> {
  const { backend, precision, memoryBytes } = context;
  const { network, training, method, lr, weightDecay, initial } = o;
  const { optimiser: choice, grouping, objective } = method;
  const planned = planMemory(backend, stepSpecOf(context, o), memoryBytes);
  const first = photos && prefetchFirst(context, photos, mixes(objective) ? 0 : planned?.microBatch);
  await first?.uploaded;
  // Of what the photos went through nothing is needed until the next ones come.
  backend.releasePool();
  const rates = { lr, weightDecay, precision, ...(grouping && { grouping }) };
  const optimiser = newOptimiser(backend, training.trained, choice, rates);
  try {
    backend.flush();
    if (initial) writeState(backend, network.state, await initial);
    return { first, optimiser, planned };
  } catch (error) {
    first?.release();
    optimiser.release();
    throw error;
  }
}

/** Chooses the kernels of a training's steps, and takes their memory: as much as `wanted` if that is there. */
export async function* prepare(
  context: RunContext,
  o: SetUpOptions,
  { first, optimiser, planned }: SetUp,
  wanted: StepPlan | null = null,
): AsyncGenerator<RunRecord, MemoryPlan, undefined> {
  if (planned) yield* tuned(context, o, planned.microBatch);
  const room = await reservedFor(context, o, { first, optimiser }, wanted);
  const { microBatch } = room;
  if (microBatch < o.batchSize) yield { kind: 'microBatch', microBatch, batchSize: o.batchSize };
  return room;
}

/** Chooses kernels for `rows` photos at once, the parts that the batch will go in. */
async function* tuned(
  { backend, precision, tuneSeconds, signal, now }: RunContext,
  { network: { arch }, training: { trained }, size }: SetUpOptions,
  rows: number,
): AsyncGenerator<RunRecord, void, undefined> {
  if (tuneSeconds <= 0) return;
  const filters = keysOf(modelOf(arch), ['conv']);
  const trainsFilters = [...trained.keys()].some((key) => filters.has(key));
  const passes = trainsFilters ? PASSES : (['forward'] as const);
  const options = { arch, rows, size, precision, passes, budgetSeconds: tuneSeconds, now, signal };
  for await (const progress of tune(backend, options)) yield { kind: 'tuning', ...progress, size };
}

function stepSpecOf({ precision }: RunContext, o: SetUpOptions): StepSpec & { training: object } {
  const { network, training, batchSize: rows, size, method } = o;
  const { trained, mode } = training;
  const how = { isTrainable: (key: string) => trained.has(key), mode, precision, ...method, photosFirst: true };
  return { arch: network.arch, classes: network.classes.length, rows, size, training: how };
}

async function reservedFor(
  context: RunContext,
  o: SetUpOptions,
  { first, optimiser }: Pick<SetUp, 'first' | 'optimiser'>,
  wanted: StepPlan | null,
): Promise<MemoryPlan> {
  const { backend, memoryBytes, precision } = context;
  const { gradients, scaling } = optimiser;
  const score = backend.allocate([2]);
  optimiser.rehearse(compilingOnly(backend));
  try {
    const images = first?.waiting ?? null;
    const { mode } = o.training;
    const parts = { mode, gradients, precision, scaling, objective: o.method.objective, score, images };
    return await reserveMemory(backend, stepSpecOf(context, o), o.network.state, parts, memoryBytes, wanted);
  } finally {
    backend.release(score);
  }
}
