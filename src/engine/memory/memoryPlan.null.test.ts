/** What a run is said to take, against the reference's figures and against what a device that computes nothing allocates. */
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { values } from '../../testing/golden/values';
import { nullBackend } from '../../hosts/node/nullGpu';
import type { StudioBackend } from '../gpu/backend';
import type { AdapterReport } from '../gpu/report';
import type { Precision } from '../kernels/storage';
import type { Architecture } from '../models/meta';
import { MEMORY_LEVELS } from './policy';
import { hasTargets, mixes, type Objective, PLAIN } from '../optim/objective';
import type { OptimiserChoice } from '../optim/optimiser';
import type { StepSpec } from './rehearsal';
import type { MemoryPlan } from './memoryPlan';

let backend: StudioBackend;
let StudioBackendClass: typeof StudioBackend;
beforeAll(async () => {
  backend = await nullBackend();
  ({ StudioBackend: StudioBackendClass } = await import('../gpu/backend'));
});

const DISCRETE: AdapterReport = {
  vendor: 'a vendor',
  architecture: '',
  description: '',
  software: false,
  features: [],
  maxBufferBytes: 4 * 2 ** 30,
  maxBindingBytes: 2 ** 31 - 4,
  subgroupSize: null,
};
const ALL = { isTrainable: () => true, mode: { trainsNorm: () => true } };
const BLOG: StepSpec = { arch: 'resnet50', classes: 5, rows: 64, size: 224, training: ALL };

test('no dispatch of 64 photos at 384 px takes a second of Windows’ two on a GPU of 0.3 TFLOP/s', async () => {
  const { dryRunOf } = await import('./rehearsal');
  const { largestFlops } = dryRunOf({ report: DISCRETE }, { ...BLOG, size: 384 }, 'lean');
  expect(largestFlops).toBeGreaterThan(1e10);
  expect(largestFlops / 0.3e12).toBeLessThan(0.5);
});

describe('the blog’s run, 64 photos of 224 px through ResNet-50', () => {
  test('takes less than 4.8 GB when activations are made again, and 6 when they are kept', async () => {
    const { memoryPlanFor } = await import('./memoryPlan');
    const [fast, lean, leanest] = MEMORY_LEVELS.map((level) => memoryPlanFor({ report: DISCRETE }, BLOG, level)!);
    expect(lean!.memoryBytes).toBeLessThan(3.8e9);
    expect(leanest!.memoryBytes).toBeLessThan(lean!.memoryBytes);
    expect(fast!.memoryBytes).toBeLessThan(6.3e9);
    expect(fast!.memoryBytes).toBeGreaterThan(5e9);
    // The stem's output.
    expect(lean!.largestTensorBytes).toBe(64 * 112 * 112 * 64 * 4);
    for (const { dispatches } of [fast!, lean!, leanest!]) expect(dispatches).toBeLessThan(700);
  });

  test('keeps more where there is more room, and goes in equal parts where there is less', async () => {
    const { planMemory } = await import('./memoryPlan');
    const found = (budget: number, report = DISCRETE) => planMemory({ report }, BLOG, budget);
    expect(found(8e9)).toMatchObject({ microBatch: 64, level: 'fast' });
    expect(found(4e9)).toMatchObject({ microBatch: 64, level: 'lean' });
    expect(found(2.5e9)).toMatchObject({ microBatch: 32 });
    const small = found(1e9)!;
    expect(small.microBatch).toBeLessThan(16);
    expect(small.memoryBytes).toBeLessThanOrEqual(1e9);
    expect(found(3e8)).toBeNull();
    // WebGPU's default limit: the stem's output of 41 photos is the largest that can be bound.
    const narrow = { ...DISCRETE, maxBindingBytes: 128 * 2 ** 20, maxBufferBytes: 256 * 2 ** 20 };
    expect(found(8e9, narrow)).toMatchObject({ microBatch: 32 });
  });

  test('takes little more than half the memory in half precision', async () => {
    const { memoryPlanFor } = await import('./memoryPlan');
    const training = (precision: Precision) => ({ ...BLOG, training: { ...ALL, precision } });
    const [single, half] = (['float32', 'float16'] as const).map(
      (precision) => memoryPlanFor({ report: DISCRETE }, training(precision), 'lean')!.memoryBytes,
    );
    expect(half).toBeLessThan(2.3e9);
    expect(half! / single!).toBeLessThan(0.6);
  });

  test('evaluates whole batches in a few layers’ room', async () => {
    const { planMemory } = await import('./memoryPlan');
    const room = planMemory({ report: DISCRETE }, { ...BLOG, training: null }, 4e9)!;
    expect(room.microBatch).toBe(64);
    expect(room.memoryBytes).toBeLessThan(1.2e9);
  });
});

/** Two steps on a device of its own: what they were said to take, and what it has allocated. */
async function allocatedBySteps(
  arch: Architecture,
  rows: number,
  size: number,
  level: MemoryPlan['level'],
  training: { precision: Precision; optimiser: OptimiserChoice; objective?: Objective; averaging?: number },
) {
  const { precision, optimiser: choice, objective = PLAIN, averaging = 0 } = training;
  const { openGpu } = await import('../gpu/device');
  const { memoryPlanFor } = await import('./memoryPlan');
  const { accumulateGradients } = await import('../models/passes');
  const { mix } = await import('../kernels/mix/mix');
  const { newAverage } = await import('../optim/average');
  const { newOptimiser } = await import('../optim/optimiser');
  const { memoryPolicy } = await import('./policy');
  const { stateSpecs } = await import('../models/registry');
  const { allocateState } = await import('../nn/state');
  const gpu = await openGpu(navigator.gpu);
  const own = new StudioBackendClass(gpu);
  const planned = memoryPlanFor(own, { arch, classes: 5, rows, size, training: { ...ALL, ...training } }, level)!;
  const state = allocateState(own, stateSpecs(arch, 5));
  const optimiser = newOptimiser(own, state.parameters, choice, { lr: 1e-3, weightDecay: 0.1, precision });
  const average = averaging > 0 ? newAverage(own, state, averaging) : null;
  const score = own.allocate([2]);
  const allocated: number[] = [];
  for (let step = 0; step < 3; step++) {
    const extra = Number(mixes(objective));
    const photos = own.allocate([rows + extra, size, size, 3]);
    own.writeWords(photos, values('x', (rows + extra) * size * size * 3));
    const images = extra ? mix(own, photos, { left: 0, top: 0, right: size, bottom: size, share: 0.6 }) : photos;
    if (extra) own.release(photos);
    const labels = own.upload(Int32Array.from({ length: rows }, (_, i) => i % 5));
    const targets = hasTargets(objective) ? own.allocate([rows, 5]) : null;
    if (targets) own.clear(targets);
    const network = { arch, classes: ['a', 'b', 'c', 'd', 'e'], state };
    const { gradients, scaling } = optimiser;
    const options = { mode: ALL.mode, keeps: memoryPolicy(arch, level), gradients, precision, scaling, score, rows };
    accumulateGradients(own, network, { images, labels, targets }, options);
    optimiser.step();
    average?.update();
    for (const tensor of [images, labels, targets]) if (tensor) own.release(tensor);
    allocated.push(own.allocatedBytes());
  }
  await own.download(score);
  gpu.throwIfFailed();
  gpu.device.destroy();
  return { planned: planned.memoryBytes, allocated };
}

test.each([
  ['resnet18', 4, 64, 'fast', 'float32', { kind: 'adamw' }],
  ['resnet18', 3, 97, 'lean', 'float32', { kind: 'sgd' }],
  ['resnet50', 2, 64, 'leanest', 'float32', { kind: 'adamw' }],
  ['tiny26', 3, 48, 'leanest', 'float32', { kind: 'adamw' }],
  ['resnet50', 2, 64, 'lean', 'float16', { kind: 'adamw' }],
  ['resnet18', 3, 64, 'lean', 'float16', { kind: 'sgd', maxNorm: 1 }],
  ['resnet18', 3, 64, 'lean', 'float32', { kind: 'adamw' }, { smoothing: 0.1, balance: 'none', mixup: 0.2, cutmix: 1 }],
] as const)(
  '%s, %i photos of %i px, %s, %s: planned and allocated to the byte, step after step',
  async (arch, rows, size, level, precision, optimiser, objective: Objective = PLAIN) => {
    const training = { precision, optimiser, objective };
    const { planned, allocated } = await allocatedBySteps(arch, rows, size, level, training);
    expect(allocated).toEqual([planned, planned, planned]);
  },
);

test('the average of the weights is planned to the byte, too', async () => {
  const training = { precision: 'float32', optimiser: { kind: 'adamw' }, averaging: 0.99 } as const;
  const { planned, allocated } = await allocatedBySteps('resnet18', 2, 48, 'lean', training);
  expect(allocated).toEqual([planned, planned, planned]);
});

test('what a step and an evaluation dispatch has been compiled before, and none of it while something waits', async () => {
  const { reserveMemory } = await import('./memoryPlan');
  const { accumulateGradients, predict } = await import('../models/passes');
  const { ActivationMeter } = await import('../models/activationMeter');
  const { compilingOnly, rehearseEvaluation } = await import('./rehearsal');
  const { stateSpecs } = await import('../models/registry');
  const { allocateState } = await import('../nn/state');
  const { adamWOptimiser } = await import('../optim/optimiser');
  const { memoryPolicy } = await import('./policy');
  const { openGpu } = await import('../gpu/device');
  // Another's has programs that were compiled before.
  const own = new StudioBackendClass(await openGpu(navigator.gpu));
  const network = { arch: 'tiny18', classes: ['a', 'b'], state: allocateState(own, stateSpecs('tiny18', 2)) } as const;
  const optimiser = adamWOptimiser(own, network.state.parameters, { lr: 0, weightDecay: 0 });
  const { gradients } = optimiser;
  const score = own.allocate([2]);
  const demand = { arch: 'tiny18', classes: 2, rows: 4, size: 64, training: ALL } as const;
  const parts = { mode: ALL.mode, gradients, score };
  const { device } = own.gpu;
  const [atOnce, beside] = [vi.spyOn(device, 'createComputePipeline'), vi.spyOn(device, 'createComputePipelineAsync')];
  const { level } = await reserveMemory(own, demand, network.state, parts, 2e9);
  optimiser.rehearse(compilingOnly(own));
  rehearseEvaluation(compilingOnly(own), network, { rows: 4, size: 64 });
  await own.compiled();
  expect(beside.mock.calls.length).toBeGreaterThan(20);
  const images = own.allocate([4, 64, 64, 3]);
  const labels = own.upload(new Int32Array(4));
  accumulateGradients(own, network, { images, labels }, { ...parts, keeps: memoryPolicy('tiny18', level), rows: 4 });
  optimiser.step();
  const { pooled } = predict(own, network, images);
  const meter = new ActivationMeter(own);
  meter.add(pooled);
  expect(atOnce).not.toHaveBeenCalled();
  own.gpu.device.destroy();
});

test('where the device has less memory than the budget says, smaller parts are tried', async () => {
  const { planMemory, reserveMemory } = await import('./memoryPlan');
  const { stateSpecs } = await import('../models/registry');
  const { allocateState, releaseState } = await import('../nn/state');
  const demand = { arch: 'resnet18', classes: 5, rows: 16, size: 224, training: ALL } as const;
  const state = allocateState(backend, stateSpecs('resnet18', 5));
  const score = backend.allocate([2]);
  const parts = { mode: ALL.mode, gradients: new Map(), score };
  const before = backend.usedBytes();
  const enough = vi.spyOn(backend, 'succeedsWithinMemory');
  enough.mockResolvedValueOnce(false).mockResolvedValueOnce(false);
  const room = await reserveMemory(backend, demand, state, parts, 2e9);
  expect(enough).toHaveBeenCalledTimes(3);
  expect(room.memoryBytes).toBeLessThan(planMemory(backend, demand, 2e9)!.memoryBytes);
  // As an earlier session went on with smaller parts.
  const wanted = { microBatch: 4, level: 'leanest' } as const;
  expect(await reserveMemory(backend, demand, state, parts, 2e9, wanted)).toMatchObject(wanted);
  const tooLarge = { microBatch: 16, level: 'fast' } as const;
  expect(await reserveMemory(backend, demand, state, parts, room.memoryBytes, tooLarge)).toEqual(room);
  enough.mockResolvedValue(false);
  await expect(reserveMemory(backend, demand, state, parts, 2e9)).rejects.toMatchObject({ code: 'exceeds-limits' });
  enough.mockRestore();
  expect(backend.usedBytes()).toBe(before);
  expect([...state.batchesTracked.values()]).toEqual([]);
  backend.release(score);
  releaseState(backend, state);
});
