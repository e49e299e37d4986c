/** The networks against PyTorch: every value of golden.json that concerns forward passes, training and fine-tuning. */
import { dispose, memory, tensor1d, tensor4d, type Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { goldenState, excess, type Fingerprint } from '../../testing/golden/network';
import { images } from '../../testing/golden/values';
import golden from '../../testing/golden/golden.json';
import { nodeBackend } from '../../testing/nodeGpu';
import type { StudioBackend } from '../gpu/backend';
import type { Architecture } from './meta';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const CLASSES = ['a', 'b', 'c', 'd', 'e'];

async function network(arch: string) {
  const { stateSpecs } = await import('./resnet');
  const { uploadState } = await import('../nn/state');
  const specs = stateSpecs(arch as Architecture, CLASSES.length);
  return { arch: arch as Architecture, classes: CLASSES, state: uploadState(specs, goldenState(specs)) };
}

/** JSON's type is a union over the architectures, with every key optional. */
const fingerprints = (group: object) => group as Record<string, Fingerprint>;

async function expectFingerprints(actual: ReadonlyMap<string, Tensor>, expected: Record<string, Fingerprint>) {
  const worst: [string, number][] = [];
  for (const [key, print] of Object.entries(expected)) {
    const tensor = actual.get(key);
    const distance = tensor ? excess(key, (await tensor.data()) as Float32Array, tensor.shape, print) : Infinity;
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

const labelsOf = (n: number) =>
  tensor1d(
    Array.from({ length: n }, (_, i) => i % 5),
    'int32',
  );

test.each(golden.evaluation)('$arch evaluates $batch photos at $size px as PyTorch does', async (g) => {
  const { predict } = await import('../train/step');
  const { EVAL } = await import('../nn/layers');
  const { disposeState } = await import('../nn/state');
  const net = await network(g.arch);
  const before = memory().numTensors;
  const x = tensor4d(images(g.input, g.batch, g.size), [g.batch, g.size, g.size, 3]);
  const { logits, pooled } = predict(net, EVAL, x);
  expectLogits(await logits.data(), g.logits, g.logitsNoise);
  const features = (await pooled.data()) as Float32Array;
  expect(excess('pooled', features, pooled.shape, g.pooled)).toBeLessThan(1);
  const zeros = features.filter((value) => value === 0).length / features.length;
  expect(zeros).toBeCloseTo(g.pooledZeroFraction, 6);
  dispose([x, logits, pooled]);
  expect(memory().numTensors).toBe(before);
  disposeState(net.state);
  backend.gpu.throwIfFailed();
});

test.each(golden.training)('$arch takes three training steps as PyTorch does', async (g) => {
  const { batchGradients } = await import('../train/step');
  const { adamWOptimiser } = await import('../train/optimiser');
  const { TRAIN } = await import('../nn/layers');
  const { disposeState } = await import('../nn/state');
  const net = await network(g.arch);
  const optimiser = adamWOptimiser(backend, net.state.parameters, g);
  const labels = labelsOf(g.batch);
  const before = memory().numTensors;
  for (const [index, step] of g.steps.entries()) {
    const x = tensor4d(images(step.input, g.batch, g.size), [g.batch, g.size, g.size, 3]);
    const { loss, correct, gradients } = batchGradients(net, net.state.parameters, TRAIN, x, labels);
    const [value = NaN] = await loss.data();
    expect(Math.abs(value - step.loss)).toBeLessThan(lossTolerance(step));
    if (index === 0) await expectFingerprints(gradients, fingerprints(g.gradientsOfStep0));
    optimiser.step(gradients);
    dispose([x, loss, correct, ...gradients.values()]);
    if (index === 0) {
      await expectFingerprints(
        new Map([...net.state.parameters, ...net.state.buffers]),
        fingerprints(g.stateAfterStep0),
      );
    }
  }
  expect(memory().numTensors).toBe(before);
  optimiser.dispose();
  disposeState(net.state);
  backend.gpu.throwIfFailed();
});

test.each(golden.fineTuning)('$arch fine-tunes (affine: $affine) as PyTorch does', async (g) => {
  const { batchGradients } = await import('../train/step');
  const { adamWOptimiser } = await import('../train/optimiser');
  const { disposeState } = await import('../nn/state');
  const { tuned } = await import('../train/frozen');
  const net = await network(g.arch);
  const host = goldenState((await import('./resnet')).stateSpecs(net.arch, CLASSES.length));
  const { trained, mode } = tuned(net, { affine: g.affine });
  const optimiser = adamWOptimiser(backend, trained, { lr: 1e-3, weightDecay: 0.1 });
  const labels = labelsOf(g.batch);
  for (const [step, expected] of g.losses.entries()) {
    const x = tensor4d(images(`tune/${g.arch}/${g.size}/${step}`, g.batch, g.size), [g.batch, g.size, g.size, 3]);
    const { loss, correct, gradients } = batchGradients(net, trained, mode, x, labels);
    const [value = NaN] = await loss.data();
    expect(Math.abs(value - expected)).toBeLessThan(Math.max(10 * g.lossNoise[step]!, 1e-4 * expected));
    optimiser.step(gradients);
    dispose([x, loss, correct, ...gradients.values()]);
  }
  const after = new Map([...net.state.parameters, ...net.state.buffers]);
  await expectFingerprints(after, fingerprints(g.changed));
  for (const [key, tensor] of after) {
    if (key in g.changed) continue;
    const bytes = Buffer.from((await tensor.data()).buffer);
    expect(bytes.equals(Buffer.from(host.tensors.get(key)!.values.buffer)), `${key} is frozen`).toBe(true);
  }
  optimiser.dispose();
  disposeState(net.state);
});
