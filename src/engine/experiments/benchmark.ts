/** How fast this machine trains the reference network, in about a minute, and how long the blog's run would take on it. */
import type { StudioBackend } from '../gpu/backend';
import { blogPhases, CASSAVA, timeOf } from './blogRun';
import { forwardMacs } from '../models/cost';
import { stateSpecs } from '../models/registry';
import { TRAIN } from '../nn/layers';
import { allocateState, releaseState } from '../nn/state';
import { memoryPolicy } from '../memory/policy';
import { adamWOptimiser } from '../optim/optimiser';
import type { MachineBenchmark } from '../base/records';
import { planMemory } from '../memory/memoryPlan';
import { accumulateGradients } from '../models/passes';

const BLOG = { rows: 64, size: 224 };
/** From small to the blog's own. */
const PROBES = [{ rows: 4, size: 64 }, { rows: 16, size: 128 }, { rows: 32, size: 224 }, BLOG] as const;
/** A larger probe is tried if a step of it would take no longer than this. */
const LONGEST_STEP_SECONDS = 8;
const TIMED_STEPS = 2;

const flopsOf = ({ rows, size }: { rows: number; size: number }) =>
  6 * forwardMacs('resnet50', size, CASSAVA.classes) * rows;

interface BenchmarkOptions {
  now: () => number;
  signal: AbortSignal;
  memoryBytes: number;
  /** Measured beforehand, while the GPU had nothing to do; null if no photo could be read. */
  loading: MachineBenchmark['loading'];
  /** Seconds after which no larger step is tried. */
  within: number;
}

/**
 * Yields the share that is done. The network's weights are whatever lies in memory: only the time matters.
 * @throws the signal's reason when stopped; the GPU's failure.
 */
export async function* benchmarkMachine(
  backend: StudioBackend,
  { now, signal, memoryBytes, loading, within }: BenchmarkOptions,
): AsyncGenerator<number, MachineBenchmark, undefined> {
  let best: { probe: { rows: number; size: number }; flopsPerSecond: number } | null = null;
  const started = now();
  for (const [i, probe] of PROBES.entries()) {
    signal.throwIfAborted();
    yield i / PROBES.length;
    if (best && now() - started > 1000 * within) break;
    if (best && flopsOf(probe) / best.flopsPerSecond > LONGEST_STEP_SECONDS) break;
    const demand = { arch: 'resnet50', classes: CASSAVA.classes, ...probe, training: ALL } as const;
    const room = planMemory(backend, demand, memoryBytes);
    if (!room) break;
    const rows = room.microBatch;
    const seconds = await secondsOfStep(backend, { rows, size: probe.size }, room.level, { now, signal });
    best = { probe: { rows, size: probe.size }, flopsPerSecond: flopsOf({ ...probe, rows }) / seconds };
    backend.releasePool();
  }
  const { flopsPerSecond, probe: measured } = best!;
  const blog = timeOf(blogPhases(), { flopsPerSecond, photosPerSecond: loading?.photosPerSecond ?? null });
  return {
    imagesPerSecond: (BLOG.rows * flopsPerSecond) / flopsOf(BLOG),
    flopsPerSecond,
    measured,
    loading,
    blogSeconds: blog.seconds,
    loadingBound: blog.loadingBound,
  };
}

const ALL = { isTrainable: () => true, mode: TRAIN };

/** The quickest of a few whole steps, the optimiser's included, after one that compiles. */
async function secondsOfStep(
  backend: StudioBackend,
  { rows, size }: { rows: number; size: number },
  level: Parameters<typeof memoryPolicy>[1],
  { now, signal }: Pick<BenchmarkOptions, 'now' | 'signal'>,
): Promise<number> {
  const state = allocateState(backend, stateSpecs('resnet50', CASSAVA.classes));
  const optimiser = adamWOptimiser(backend, state.parameters, { lr: 0, weightDecay: 0 });
  const score = backend.allocate([2]);
  const images = backend.allocate([rows, size, size, 3]);
  const labels = backend.upload(new Int32Array(rows));
  // Numbers of no consequence, but none that processors are slow with.
  for (const tensor of [...state.arenas.map(({ whole }) => whole), images, score]) backend.clear(tensor);
  const network = { arch: 'resnet50', classes: ['', '', '', '', ''], state } as const;
  const options = { mode: TRAIN, keeps: memoryPolicy('resnet50', level), gradients: optimiser.gradients, score, rows };
  let quickest = Infinity;
  try {
    for (let step = 0; step <= TIMED_STEPS; step++) {
      const started = now();
      optimiser.clearGradients();
      accumulateGradients(backend, network, { images, labels }, options);
      optimiser.step();
      await backend.download(score);
      signal.throwIfAborted();
      if (step > 0) quickest = Math.min(quickest, (now() - started) / 1000);
    }
    backend.gpu.throwIfFailed();
    return quickest;
  } finally {
    for (const tensor of [score, images, labels]) backend.release(tensor);
    optimiser.release();
    releaseState(backend, state);
  }
}
