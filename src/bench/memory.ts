/**
 * `bench -- memory`: what a training step takes on the GPU at every memory level in both precisions, as planned, and as then allocated on a
 * fresh device of this adapter by the step's own calls without their arithmetic, so that it takes seconds at any size.
 */
import { StudioBackend } from '../engine/gpu/backend';
import { openGpu } from '../engine/gpu/device';
import { type Precision, PRECISIONS } from '../engine/kernels/storage';
import { stateSpecs } from '../engine/models/registry';
import { TRAIN } from '../engine/nn/layers';
import { allocateState } from '../engine/nn/state';
import { MEMORY_LEVELS, type MemoryLevel } from '../engine/memory/policy';
import { adamWOptimiser } from '../engine/optim/optimiser';
import { allocatingOnly, rehearseTraining } from '../engine/memory/rehearsal';
import { planMemory, memoryPlanFor } from '../engine/memory/memoryPlan';
import type { MemoryOptions } from './arguments';

const CLASSES = 5;

export async function benchMemory(
  backend: StudioBackend,
  { arch, batch, size }: MemoryOptions,
): Promise<{ ok: boolean; result: object }> {
  const demand = { arch, classes: CLASSES, rows: batch, size };
  const levels = [];
  for (const [precision, level] of PRECISIONS.flatMap((each) => MEMORY_LEVELS.map((level) => [each, level] as const))) {
    const training = { isTrainable: () => true, mode: TRAIN, precision };
    const room = memoryPlanFor(backend, { ...demand, training }, level);
    const allocatedBytes = room && (await allocatedAt(demand, level, precision));
    levels.push({
      precision,
      level,
      plannedBytes: room?.memoryBytes ?? null,
      allocatedBytes,
      dispatches: room?.dispatches ?? null,
    });
  }
  const ok = levels.every(({ plannedBytes, allocatedBytes }) => plannedBytes === allocatedBytes);
  const evaluation = planMemory(backend, { ...demand, training: null }, Infinity);
  return { ok, result: { levels, evaluationBytes: evaluation?.memoryBytes ?? null } };
}

type StepSpec = Parameters<typeof rehearseTraining>[1];

/** Null if the device had no memory for it. */
async function allocatedAt(demand: StepSpec, level: MemoryLevel, precision: Precision): Promise<number | null> {
  const gpu = await openGpu(navigator.gpu);
  const own = new StudioBackend(gpu);
  const enough = await own.succeedsWithinMemory(() => {
    const state = allocateState(own, stateSpecs(demand.arch, demand.classes));
    const config = { lr: 0, weightDecay: 0, precision };
    const { gradients, scaling } = adamWOptimiser(allocatingOnly(own), state.parameters, config);
    const score = own.allocate([2]);
    rehearseTraining(allocatingOnly(own), demand, state, { mode: TRAIN, level, gradients, precision, scaling, score });
  });
  const bytes = own.allocatedBytes();
  gpu.device.destroy();
  return enough ? bytes : null;
}
