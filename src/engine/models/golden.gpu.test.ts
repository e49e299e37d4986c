/** The networks against PyTorch: every value of golden.json and resnext.json on forward passes, training and fine-tuning. */
import { readFileSync } from 'node:fs';
import { tensor4d } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { relativeError, relativeErrorOfAll } from '../../testing/closeness';
import { goldenState, excess, type Fingerprint } from '../../testing/golden/network';
import { CLASSES, goldenNetwork, takeStep } from '../../testing/golden/step';
import { images } from '../../testing/golden/values';
import golden from '../../testing/golden/golden.json';
import resnext from '../../testing/golden/resnext.json';
import views from '../../testing/torchFiles/resnet50_views.json';
import { nodeBackend } from '../../hosts/node/gpu';
import type { GpuTensor } from '../gpu/recorder';
import type { Precision } from '../kernels/storage';
import type { Optimiser } from '../optim/optimiser';
import { memoryPolicy } from '../memory/policy';
import type { Architecture } from './meta';

const backend = await nodeBackend();
const { PASSES, choiceKey } = await import('../kernels/conv2d/shape');
const { convVariants } = await import('../kernels/conv2d/variants');
const { TRAIN } = await import('../nn/layers');
const { releaseState, uploadState } = await import('../nn/state');
const { adamWOptimiser } = await import('../optim/optimiser');
const { readWeights, weightsToSafetensors } = await import('../train/checkpoint');
const { convShapes } = await import('./cost');
const { trainableOf, trainedTensors } = await import('./parts');
const { predict } = await import('./passes');
const { stateSpecs } = await import('./registry');

const network = (arch: string) => goldenNetwork(backend, arch as Architecture);

/** JSON's type is a union over the architectures, with every key optional. */
const fingerprints = (group: object) => group as Record<string, Fingerprint>;

async function expectFingerprints(actual: ReadonlyMap<string, GpuTensor>, expected: Record<string, Fingerprint>) {
  const worst: [string, number][] = [];
  for (const [key, print] of Object.entries(expected)) {
    const tensor = actual.get(key);
    const distance = tensor ? excess(key, await backend.download(tensor), tensor.shape, print) : Infinity;
    if (!(distance < 1)) worst.push([key, distance]);
  }
  expect(worst).toEqual([]);
}

function expectLogits(actual: ArrayLike<number>, expected: number[][], noise: number) {
  expected.flat().forEach((value, i) => {
    expect(Math.abs(actual[i]! - value)).toBeLessThan(Math.max(10 * noise, 1e-4 * Math.abs(value), 1e-5));
  });
}

/**
 * The loss moves by no more than the logits do. In ResNet-50's third step PyTorch's float32 logits are off by 1.4e-4 while
 * its loss agrees to 4e-7 by cancellation, so a step's noise is the larger of the two.
 */
function lossTolerance({ loss, lossNoise, logitsNoise }: { loss: number; lossNoise: number; logitsNoise: number }) {
  return Math.max(10 * lossNoise, 1e-4 * loss, logitsNoise);
}

test.each([...golden.evaluation, ...resnext.evaluation])(
  '$arch evaluates $batch photos at $size px as PyTorch does',
  async (g) => {
    const net = network(g.arch);
    const before = backend.usedBytes();
    const x = tensor4d(images(g.input, g.batch, g.size), [g.batch, g.size, g.size, 3]);
    const { logits, pooled } = predict(backend, net, x);
    expectLogits(await backend.download(logits), g.logits, g.logitsNoise);
    const features = await backend.download(pooled);
    expect(excess('pooled', features, pooled.shape, g.pooled)).toBeLessThan(1);
    const zeros = features.filter((value) => value === 0).length / features.length;
    expect(zeros).toBeCloseTo(g.pooledZeroFraction, 6);
    for (const tensor of [logits, pooled]) backend.release(tensor);
    x.dispose();
    expect(backend.usedBytes()).toBe(before);
    releaseState(backend, net.state);
    backend.gpu.throwIfFailed();
  },
);

test('ResNet-50’s weights from a file give PyTorch’s logits', async () => {
  const g = golden.evaluation.find(({ arch }) => arch === 'resnet50')!;
  const specs = stateSpecs('resnet50', CLASSES.length);
  const file = weightsToSafetensors({ arch: 'resnet50', classes: CLASSES, state: goldenState(specs) }, {});
  const { state, ...read } = await readWeights(file);
  const net = { ...read, state: uploadState(backend, specs, state) };
  const x = tensor4d(images(g.input, g.batch, g.size), [g.batch, g.size, g.size, 3]);
  const { logits, pooled } = predict(backend, net, x);
  expectLogits(await backend.download(logits), g.logits, g.logitsNoise);
  for (const tensor of [logits, pooled]) backend.release(tensor);
  x.dispose();
  releaseState(backend, net.state);
});

test('ResNet-50’s weights from a .pth that PyTorch wrote give its logits', async () => {
  const file = readFileSync(new URL('../../testing/torchFiles/resnet50_views.pth', import.meta.url));
  const { arch, classes, state } = await readWeights(new Blob([new Uint8Array(file)]));
  expect([arch, classes.length, state.batchesTracked.get('bn1.num_batches_tracked')]).toEqual(['resnet50', 5, 7]);
  const net = { arch, classes, state: uploadState(backend, stateSpecs(arch, classes.length), state) };
  const { size } = views;
  const x = tensor4d(images('views', 2, size), [2, size, size, 3]);
  const { logits, pooled } = predict(backend, net, x);
  expect(relativeError(await backend.download(logits), views.logits.flat())).toBeLessThan(1e-4);
  for (const tensor of [logits, pooled]) backend.release(tensor);
  x.dispose();
  releaseState(backend, net.state);
});

interface Step {
  loss: number;
  gradients: Float32Array[];
}

const gradientsOf = async ({ gradients }: Optimiser) =>
  Promise.all([...gradients.values()].map((tensor) => backend.download(tensor)));

/** The first steps that were taken, by architecture. */
const firstSteps = new Map<string, Step>();

// What memory is kept changes no bit of a step (`steps.gpu.test.ts`).
describe.each([...golden.training, ...resnext.training])('$arch in training', (g) => {
  let net: ReturnType<typeof network>;
  let optimiser: Optimiser;
  let before: number;
  beforeAll(async () => {
    net = network(g.arch);
    optimiser = adamWOptimiser(backend, net.state.parameters, g);
    before = backend.usedBytes();
  });
  afterAll(async () => {
    expect(backend.usedBytes()).toBe(before);
    optimiser.release();
    releaseState(backend, net.state);
    backend.gpu.throwIfFailed();
  });

  // Each goes on from the one before.
  test.each(g.steps.map((step, index) => ({ ...step, number: index + 1 })))(
    'step $number is PyTorch’s',
    async ({ number, ...step }) => {
      const training = { mode: TRAIN, keeps: memoryPolicy(net.arch, 'lean') };
      const loss = await takeStep(backend, net, training, optimiser, {
        name: step.input,
        batch: g.batch,
        size: g.size,
      });
      expect(Math.abs(loss - step.loss)).toBeLessThan(lossTolerance(step));
      if (number === 1) {
        await expectFingerprints(optimiser.gradients, fingerprints(g.gradientsOfStep0));
        firstSteps.set(g.arch, { loss, gradients: await gradientsOf(optimiser) });
      }
      optimiser.step();
      if (number === 1) {
        const after = new Map([...net.state.parameters, ...net.state.buffers]);
        await expectFingerprints(after, fingerprints(g.stateAfterStep0));
      }
    },
  );
});

test('a step is PyTorch’s with whatever the tuner picks', async () => {
  const { arch, batch, size, steps, gradientsOfStep0 } = golden.training.find((g) => g.arch === 'resnet18')!;
  // Every pass by each of the variants, on some of the shapes.
  const others = convVariants(backend.report).slice(1);
  const picked = convShapes('resnet18', batch, size).flatMap((shape, i) =>
    PASSES.map((pass, k) => [choiceKey(pass, shape, 'float32'), others[(i + k) % others.length]!.name] as const),
  );
  backend.choices = new Map(picked);
  try {
    const net = network(arch);
    const optimiser = adamWOptimiser(backend, net.state.parameters, { lr: 0, weightDecay: 0 });
    const training = { mode: TRAIN, keeps: memoryPolicy(net.arch, 'lean') };
    const loss = await takeStep(backend, net, training, optimiser, { name: steps[0]!.input, batch, size });
    expect(Math.abs(loss - steps[0]!.loss)).toBeLessThan(lossTolerance(steps[0]!));
    await expectFingerprints(optimiser.gradients, fingerprints(gradientsOfStep0));
    optimiser.release();
    releaseState(backend, net.state);
  } finally {
    backend.choices = undefined;
  }
});

// Rounding to halves turns some ReLUs near zero, in PyTorch as here: it is off by 6.5 % when it rounds the same values
// (float32 arithmetic, outputs and their gradients rounded after every convolution, norm and ReLU).
test('in half precision ResNet-50 takes PyTorch’s step but for ReLUs that turn', async () => {
  const g = golden.training.find(({ arch }) => arch === 'resnet50')!;
  const stepIn = async (precision: Precision): Promise<Step> => {
    const net = network(g.arch);
    const optimiser = adamWOptimiser(backend, net.state.parameters, { ...g, precision });
    const training = { mode: TRAIN, keeps: memoryPolicy(net.arch, 'lean'), precision };
    const input = { name: g.steps[0]!.input, batch: g.batch, size: g.size };
    const loss = await takeStep(backend, net, training, optimiser, input);
    const gradients = await gradientsOf(optimiser);
    optimiser.release();
    releaseState(backend, net.state);
    return { loss, gradients };
  };
  const single = firstSteps.get(g.arch) ?? (await stepIn('float32'));
  const half = await stepIn('float16');
  expect(Math.abs(half.loss - single.loss) / single.loss).toBeLessThan(1e-3);
  // Scaled exactly, by a power of two.
  expect(relativeErrorOfAll(half.gradients, single.gradients, 2 ** 16)).toBeLessThan(0.13);
});

test.each([...golden.fineTuning, ...resnext.fineTuning])(
  '$arch fine-tunes (affine: $affine) as PyTorch does',
  async (g) => {
    const net = network(g.arch);
    const host = goldenState(stateSpecs(net.arch, CLASSES.length));
    const { trained, mode } = trainedTensors(net, trainableOf(net.arch, g.affine ? 'affine' : 'statistics'));
    const optimiser = adamWOptimiser(backend, trained, { lr: 1e-3, weightDecay: 0.1 });
    const training = { mode, keeps: memoryPolicy(net.arch, 'lean') };
    for (const [step, expected] of g.losses.entries()) {
      const name = `tune/${g.arch}/${g.size}/${step}`;
      const loss = await takeStep(backend, net, training, optimiser, { name, batch: g.batch, size: g.size });
      expect(Math.abs(loss - expected)).toBeLessThan(Math.max(10 * g.lossNoise[step]!, 1e-4 * expected));
      optimiser.step();
    }
    const after = new Map([...net.state.parameters, ...net.state.buffers]);
    await expectFingerprints(after, fingerprints(g.changed));
    for (const [key, tensor] of after) {
      if (key in g.changed) continue;
      const bytes = Buffer.from((await backend.download(tensor)).buffer);
      expect(bytes.equals(Buffer.from(host.tensors.get(key)!.values.buffer)), `${key} is frozen`).toBe(true);
    }
    optimiser.release();
    releaseState(backend, net.state);
  },
);
