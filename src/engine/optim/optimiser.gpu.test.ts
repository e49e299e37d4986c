/** What is stepped, with whose rates, in how many dispatches; that a step is PyTorch's stands beside the kernels. */
import { expect, test } from 'vitest';
import { expectClose } from '../../testing/closeness';
import { values } from '../../testing/golden/values';
import { withoutLeaks } from '../../testing/gpuTensors';
import { nodeBackend } from '../../hosts/node/gpu';
import { StudioBackend } from '../gpu/backend';
import type { Gpu } from '../gpu/device';
import { DryRun } from '../gpu/dryRun';
import { adamWReference } from '../kernels/adamW/adamW.reference';
import { clipNormReference } from '../kernels/clipNorm/clipNorm.reference';
import { stateSpecs } from '../models/registry';
import { allocateState, releaseState, type TensorSpec } from '../nn/state';
import type { Architecture } from '../models/meta';
import { newAverage } from './average';
import { type Grouping, newOptimiser, type OptimiserChoice } from './optimiser';
import { oneCycle } from './schedule';

const backend = await nodeBackend();

const SPECS: TensorSpec[] = [
  { key: 'conv1.weight', shape: [3, 3, 2, 5], role: 'conv' },
  { key: 'bn1.weight', shape: [5], role: 'gamma' },
  { key: 'bn1.bias', shape: [5], role: 'beta' },
  { key: 'fc.weight', shape: [4, 5], role: 'linear' },
  { key: 'fc.bias', shape: [4], role: 'linearBias' },
];
const KEYS = SPECS.map(({ key }) => key);
const RATES = { lr: 0.05, weightDecay: 0.1 };

/** The classifier at ten times the rate; only matrices and filters decay. */
const grouping: Grouping = (key) => ({
  lr: key.startsWith('fc.') ? 1 : 0.1,
  weightDecay: key === 'conv1.weight' || key === 'fc.weight' ? 1 : 0,
});

const countOf = (key: string) => SPECS.find((spec) => spec.key === key)!.shape.reduce((a, b) => a * b, 1);
const gradientOf = (key: string, step: number) => values(`${key} ${step}`, countOf(key));

/** Every tensor after five steps of fastai's Adam through one cycle, `trained` having been given gradients. */
async function run(trained: readonly string[]): Promise<Map<string, Float32Array>> {
  const after = new Map<string, Float32Array>();
  const schedule = oneCycle({ rising: 0.3, div: 5 });
  await withoutLeaks(backend, async () => {
    const state = allocateState(backend, SPECS);
    for (const [key, tensor] of state.parameters) backend.writeWords(tensor, values(key, countOf(key)));
    const parameters = new Map([...state.parameters].filter(([key]) => trained.includes(key)));
    const optimiser = newOptimiser(backend, parameters, { kind: 'fastai' }, { ...RATES, grouping });
    expect([...optimiser.gradients.keys()].sort()).toEqual([...trained].sort());
    for (let step = 0; step < 5; step++) {
      for (const [key, tensor] of optimiser.gradients) backend.writeWords(tensor, gradientOf(key, step));
      optimiser.step(schedule(step / 5));
    }
    for (const [key, tensor] of state.parameters) after.set(key, await backend.download(tensor));
    optimiser.release();
    releaseState(backend, state);
  });
  return after;
}

test('each group is stepped at its own rates through the schedule, as fastai does', async () => {
  const after = await run(KEYS);
  const schedule = oneCycle({ rising: 0.3, div: 5 });
  for (const key of KEYS) {
    const group = grouping(key);
    const steps = [0, 1, 2, 3, 4].map((step) => {
      const { lr, momentum } = schedule(step / 5);
      const rates = { lr: RATES.lr * lr * group.lr, weightDecay: RATES.weightDecay * group.weightDecay };
      return { ...rates, beta1: momentum!, beta2: 0.99, epsilon: 1e-5 };
    });
    const gradients = steps.map((_, step) => gradientOf(key, step));
    const [expected] = adamWReference(values(key, countOf(key)), gradients, steps).at(-1)!;
    expectClose(after.get(key)!, expected!, 1e-6);
  }
});

test('what is not trained is neither stepped nor decayed', async () => {
  const after = await run(['fc.weight', 'fc.bias', 'bn1.bias']);
  const moved = KEYS.filter((key) => after.get(key)!.some((value, i) => value !== values(key, countOf(key))[i]));
  expect(moved).toEqual(['bn1.bias', 'fc.weight', 'fc.bias']);
});

test.each(['float32', 'float16'] as const)(
  '%s: gradients are clipped by their norm, of all groups together',
  async (precision) => {
    const maxNorm = 0.25;
    const scale = precision === 'float16' ? 2 ** 16 : 1;
    const gradients = KEYS.map((key) => gradientOf(key, 0));
    const clipped = clipNormReference(gradients, maxNorm);
    await withoutLeaks(backend, async () => {
      const state = allocateState(backend, SPECS);
      for (const [key, tensor] of state.parameters) backend.writeWords(tensor, values(key, countOf(key)));
      const choice = { kind: 'sgd', momentum: 0, maxNorm } as const;
      const optimiser = newOptimiser(backend, state.parameters, choice, {
        ...RATES,
        weightDecay: 0,
        grouping,
        precision,
      });
      optimiser.clearGradients();
      for (const [i, key] of KEYS.entries())
        backend.writeWords(
          optimiser.gradients.get(key)!,
          gradients[i]!.map((value) => value * scale),
        );
      optimiser.step();
      for (const [i, key] of KEYS.entries()) {
        const start = values(key, countOf(key));
        const lr = RATES.lr * grouping(key).lr;
        const expected = clipped[i]!.map((gradient, at) => start[at]! - lr * gradient);
        expectClose(await backend.download(state.parameters.get(key)!), expected, 1e-6);
      }
      optimiser.release();
      releaseState(backend, state);
    });
  },
);

/** Bytes of weights and of their average after three steps, where a binding holds no more than `maxBindingBytes`. */
async function bytesAfterSteps(choice: OptimiserChoice, maxBindingBytes: number) {
  const gpu = Object.create(backend.gpu, { report: { value: { ...backend.report, maxBindingBytes } } }) as Gpu;
  const own = new StudioBackend(gpu);
  const after = new Map<string, string>();
  let arenas = 0;
  await withoutLeaks(own, async () => {
    const state = allocateState(own, SPECS);
    arenas = state.arenas.length;
    for (const [key, tensor] of state.parameters) own.writeWords(tensor, values(key, countOf(key)));
    const optimiser = newOptimiser(own, state.parameters, choice, { ...RATES, grouping, precision: 'float16' });
    const average = newAverage(own, state, 0.9);
    for (let step = 0; step < 3; step++) {
      optimiser.clearGradients();
      // Scaled as half precision's are.
      for (const [key, tensor] of optimiser.gradients) {
        own.writeWords(
          tensor,
          gradientOf(key, step).map((value) => value * 2 ** 16),
        );
      }
      optimiser.step();
      average.update();
    }
    for (const [name, tensors] of Object.entries({ weights: state.parameters, average: average.state.parameters })) {
      for (const [key, tensor] of tensors) {
        after.set(`${name} ${key}`, Buffer.from((await own.download(tensor)).buffer).toString('hex'));
      }
    }
    average.release();
    optimiser.release();
    releaseState(own, state);
  });
  own.releasePool();
  return { after, arenas };
}

test.each([{ kind: 'adamw' }, { kind: 'fastai' }, { kind: 'lion' }, { kind: 'sgd', momentum: 0.9 }] as const)(
  '$kind: weights in several buffers end as they do in one, to the bit',
  async (choice) => {
    const one = await bytesAfterSteps(choice, 2 ** 27);
    const several = await bytesAfterSteps(choice, 512);
    expect([one.arenas, several.arenas]).toEqual([1, 3]);
    expect(several.after).toEqual(one.after);
    for (const key of KEYS) {
      const initial = Buffer.from(values(key, countOf(key)).buffer).toString('hex');
      expect([one.after.get(`weights ${key}`) === initial, one.after.get(`average ${key}`) === initial]).toEqual([
        false,
        false,
      ]);
    }
  },
);

test('a whole ResNet-50 is one dispatch, and two for each group whose norms and biases do not decay', () => {
  const dispatches = (
    given: Grouping | undefined,
    isTrainable: (key: string) => boolean = () => true,
    arch: Architecture = 'resnet50',
  ) => {
    const dry = new DryRun({ report: { ...backend.report, maxBindingBytes: 2 ** 27, maxBufferBytes: 2 ** 28 } });
    const { parameters } = allocateState(dry, stateSpecs(arch, 5));
    const trained = new Map([...parameters].filter(([key]) => isTrainable(key)));
    newOptimiser(dry, trained, { kind: 'adamw' }, { ...RATES, ...(given && { grouping: given }) }).step();
    return dry.dispatchCount;
  };
  const isNorm = (key: string) => /(bn\d|downsample\.1)\./.test(key);
  const stageOf = (key: string) => (key.startsWith('fc.') ? 2 : /layer[34]/.test(key) ? 1 : 0);
  expect(dispatches(undefined)).toBe(1);
  // 170 MB, more than such an adapter binds at once.
  expect(dispatches(undefined, undefined, 'resnet101')).toBe(2);
  expect(dispatches(undefined, (key) => key.startsWith('fc.') || isNorm(key))).toBe(1);
  expect(dispatches(undefined, (key) => key.startsWith('fc.') || key.startsWith('layer4.2.'))).toBe(1);
  expect(
    dispatches((key) => ({ lr: 10 ** stageOf(key), weightDecay: isNorm(key) || key.endsWith('.bias') ? 0 : 1 })),
  ).toBe(6);
});
