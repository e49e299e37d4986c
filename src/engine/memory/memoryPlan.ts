/** What fits: how much of a batch goes through the network at once, and what is kept for the backward pass. */
import { StudioError } from '../base/errors';
import type { StudioBackend } from '../gpu/backend';
import { inMiB, type Platform } from '../gpu/recorder';
import type { NetworkTensors } from '../nn/state';
import { MEMORY_LEVELS, type MemoryLevel } from './policy';
import { compilingOnly, type StepSpec, dryRunOf, rehearseTraining, type TrainingParts } from './rehearsal';

export interface MemoryPlan {
  /** Photos that go through the network at once. */
  microBatch: number;
  level: MemoryLevel;
  /** The most that the network, its optimiser and the step will have allocated on the GPU. */
  memoryBytes: number;
  largestTensorBytes: number;
  /** Of one micro-batch and the optimiser. */
  dispatches: number;
}

/**
 * The quickest way that stays within `budgetBytes` and the adapter's limits: the whole batch at once if possible, keeping as
 * much as there is room for; else equal parts of it. Null if not even one photo fits.
 */
export function planMemory(platform: Platform, demand: StepSpec, budgetBytes: number): MemoryPlan | null {
  return memoryPlansWithin(platform, demand, budgetBytes).next().value ?? null;
}

/** Every way that fits, the quickest first. */
function* memoryPlansWithin(
  platform: Platform,
  demand: StepSpec,
  budgetBytes: number,
): Generator<MemoryPlan, undefined, undefined> {
  for (const microBatch of equalParts(demand.rows)) {
    for (const level of levelsOf(demand)) {
      const room = memoryPlanFor(platform, { ...demand, rows: microBatch }, level);
      if (room && room.memoryBytes <= budgetBytes) yield room;
    }
  }
  return undefined;
}

const levelsOf = ({ training }: StepSpec): readonly MemoryLevel[] => (training ? MEMORY_LEVELS : ['lean']);

/** What `demand.rows` photos at once take; null if a tensor is beyond the adapter's limits. */
export function memoryPlanFor(platform: Platform, demand: StepSpec, level: MemoryLevel): MemoryPlan | null {
  try {
    const { peakBytes: memoryBytes, largestTensorBytes, dispatchCount: dispatches } = dryRunOf(platform, demand, level);
    return { microBatch: demand.rows, level, memoryBytes, largestTensorBytes, dispatches };
  } catch (error) {
    if (error instanceof StudioError && error.code === 'exceeds-limits') return null;
    throw error;
  }
}

/** rows, a half of them, a third, … 1, rounded up. */
function equalParts(rows: number): number[] {
  return [...new Set(Array.from({ length: rows }, (_, i) => Math.ceil(rows / (i + 1))))];
}

/**
 * Takes the memory of a training step on the device, beforehand: where there is less than the budget says, with smaller parts
 * of the batch. What comes back is there: the way that is `wanted` if it is among those that fit, or else the quickest. Waits
 * for the GPU.
 * @throws StudioError `exceeds-limits` if not even one photo fits.
 */
export async function reserveMemory(
  backend: StudioBackend,
  demand: StepSpec & { training: object },
  state: NetworkTensors,
  parts: Omit<TrainingParts, 'level'>,
  budgetBytes: number,
  wanted: Pick<MemoryPlan, 'microBatch' | 'level'> | null = null,
): Promise<MemoryPlan> {
  let [tried, least] = [false, Infinity];
  for (const room of memoryPlansFrom(backend, demand, budgetBytes, wanted)) {
    if (room.memoryBytes >= least) continue;
    const { level, microBatch: rows } = room;
    const enough = await backend.succeedsWithinMemory(() =>
      rehearseTraining(compilingOnly(backend), { ...demand, rows }, state, { ...parts, level }),
    );
    if (enough) return room;
    backend.releasePool();
    [tried, least] = [true, room.memoryBytes];
  }
  if (!tried) throw outOfMemory(backend, demand, budgetBytes);
  throw new StudioError(
    'exceeds-limits',
    `One photo at ${demand.size} px takes ${inMiB(least)} through a ${demand.arch}, more than this GPU has left`,
    MAKE_ROOM,
  );
}

/** The way that is wanted, if it fits, then all others. */
function* memoryPlansFrom(
  platform: Platform,
  demand: StepSpec,
  budgetBytes: number,
  wanted: Pick<MemoryPlan, 'microBatch' | 'level'> | null,
): Generator<MemoryPlan, void, undefined> {
  const first = wanted && memoryPlanFor(platform, { ...demand, rows: wanted.microBatch }, wanted.level);
  if (first && first.memoryBytes <= budgetBytes) yield first;
  yield* memoryPlansWithin(platform, demand, budgetBytes);
}

const MAKE_ROOM =
  'Choose a smaller resolution or network, allow more GPU memory in the settings, or close other programs.';

/** Why not even one photo goes: a tensor that the adapter cannot bind, by its name or shape; or else the budget. */
export function outOfMemory(platform: Platform, demand: StepSpec, budgetBytes: number): StudioError {
  const { size, arch } = demand;
  try {
    const needs = levelsOf(demand).map((level) => dryRunOf(platform, { ...demand, rows: 1 }, level).peakBytes);
    return new StudioError(
      'exceeds-limits',
      `One photo at ${size} px does not fit in ${inMiB(budgetBytes)} of GPU memory: a ${arch} takes ${inMiB(Math.min(...needs))}`,
      MAKE_ROOM,
    );
  } catch (error) {
    if (!(error instanceof StudioError) || error.code !== 'exceeds-limits') throw error;
    return new StudioError(
      'exceeds-limits',
      `One photo at ${size} px does not go through a ${arch} on this GPU: ${error.message}`,
      'Choose a smaller resolution or network; no setting raises what a GPU binds.',
    );
  }
}
