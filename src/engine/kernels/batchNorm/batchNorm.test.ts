import {
  dispose,
  grads,
  memory,
  type Tensor,
  tensor1d,
  type Tensor1D,
  tensor4d,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose } from '../../../testing/closeness';
import { values } from '../../../testing/golden/values';
import { nodeBackend } from '../../../testing/nodeGpu';
import type { StudioBackend } from '../../gpu/backend';
import { batchNormEval, batchNormTrain, MOMENTUM } from './batchNorm';
import { type BatchNormCase, batchNormGradients, channelStatistics, normalised } from './batchNorm.reference';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

type Shape = [number, number, number, number];

/** Random numbers of unit spread around `offset`. */
function problem(shape: Shape, options: { relu: boolean; residual: boolean; offset?: number }): BatchNormCase {
  const channels = shape[3];
  const rows = shape[0] * shape[1] * shape[2];
  const count = rows * channels;
  return {
    rows,
    channels,
    relu: options.relu,
    x: values('x', count).map((value) => value + (options.offset ?? 0)),
    gamma: values('gamma', channels).map((value) => value + 1),
    beta: values('beta', channels),
    residual: options.residual ? values('residual', count) : null,
  };
}

const vector = (numbers: ArrayLike<number>) => tensor1d(Float32Array.from(numbers));

/** The problem's tensors, the running statistics being `values`. */
function upload({ x, gamma, beta, residual, channels }: BatchNormCase, shape: Shape) {
  const bn = {
    gamma: vector(gamma),
    beta: vector(beta),
    runningMean: vector(values('runningMean', channels)),
    runningVariance: vector(values('runningVariance', channels).map((value) => value + 1)),
  };
  const full = (numbers: ArrayLike<number>) => tensor4d(Float32Array.from(numbers), shape);
  return { bn, x: full(x), residual: residual ? full(residual) : undefined };
}

function disposeAll({ bn, x, residual }: ReturnType<typeof upload>) {
  dispose([x, ...Object.values(bn), ...(residual ? [residual] : [])]);
}

/** Running statistics after one step: unbiased variance, momentum 0.1. */
function moved(given: BatchNormCase) {
  const { mean, variance } = channelStatistics(given);
  const unbiased = variance.map((value) => (value * given.rows) / Math.max(given.rows - 1, 1));
  const blend = (name: string, offset: number, batch: Float64Array) =>
    Float64Array.from(values(name, given.channels), (old, c) => (1 - MOMENTUM) * (old + offset) + MOMENTUM * batch[c]!);
  return { mean: blend('runningMean', 0, mean), variance: blend('runningVariance', 1, unbiased) };
}

const SHAPES: Shape[] = [
  [1, 1, 1, 4],
  [1, 3, 3, 8],
  [2, 7, 5, 12],
  [3, 1, 11, 260],
  // More chunks of rows than the reduction takes at once.
  [3, 37, 41, 4],
];
const VARIANTS = [false, true].flatMap((relu) => [false, true].map((residual) => ({ relu, residual })));
const CASES = SHAPES.flatMap((shape) => VARIANTS.map((variant) => ({ shape, ...variant })));

describe.each(CASES)('batch norm of $shape, relu $relu, residual $residual', ({ shape, ...variant }) => {
  const given = problem(shape, variant);

  test('training normalises with the batch and moves the running statistics', async () => {
    const before = memory().numTensors;
    const tensors = upload(given, shape);
    const { mean, variance } = channelStatistics(given);
    const y = tidy(() => batchNormTrain(tensors.x, tensors.bn, { relu: given.relu, residual: tensors.residual }));
    expectClose(await y.data(), normalised(given, mean, variance), 3e-6);
    const expected = moved(given);
    expectClose(await tensors.bn.runningMean.data(), expected.mean, 1e-6);
    expectClose(await tensors.bn.runningVariance.data(), expected.variance, 1e-6);
    y.dispose();
    disposeAll(tensors);
    expect(memory().numTensors).toBe(before);
    backend.gpu.throwIfFailed();
  });

  test('evaluation normalises with the running statistics and moves nothing', async () => {
    const tensors = upload(given, shape);
    const mean = values('runningMean', given.channels);
    const variance = values('runningVariance', given.channels).map((value) => value + 1);
    const y = batchNormEval(tensors.x, tensors.bn, { relu: given.relu, residual: tensors.residual });
    expectClose(await y.data(), normalised(given, mean, variance), 1e-6);
    expect(await tensors.bn.runningMean.data()).toEqual(mean);
    expect(await tensors.bn.runningVariance.data()).toEqual(variance);
    y.dispose();
    disposeAll(tensors);
    backend.gpu.throwIfFailed();
  });

  test('every gradient is the formula’s, and nothing leaks', async () => {
    const before = memory().numTensors;
    const tensors = upload(given, shape);
    const { bn, x, residual } = tensors;
    const dys = values('dy', given.rows * given.channels);
    const dy = tensor4d(dys, shape);
    const run = (...[xs, gamma, beta, added]: Tensor[]) =>
      batchNormTrain(
        xs as Tensor4D,
        { ...bn, gamma: gamma as Tensor1D, beta: beta as Tensor1D },
        { relu: given.relu, residual: added },
      );
    const actual = grads(run)([x, bn.gamma, bn.beta, ...(residual ? [residual] : [])], dy);
    const expected = batchNormGradients(given, dys);
    const [dx, dgamma, dbeta, dresidual] = await Promise.all(actual.map((gradient) => gradient.data()));
    // A single row is its own mean: its dx and dgamma are nothing but rounding.
    if (given.rows > 1) {
      expectClose(dx!, expected.dx, 1e-5);
      expectClose(dgamma!, expected.dgamma, 1e-5);
    }
    expectClose(dbeta!, expected.dbeta, 1e-5);
    if (residual) expectClose(dresidual!, expected.dresidual, 1e-6);
    dispose([dy, ...actual]);
    disposeAll(tensors);
    expect(memory().numTensors).toBe(before);
    backend.gpu.throwIfFailed();
  });
});

test('the reference’s gradients are central differences', () => {
  const given = problem([2, 2, 1, 4], { relu: true, residual: true });
  const dy = values('dy', 16);
  const loss = (changed: BatchNormCase) => {
    const { mean, variance } = channelStatistics(changed);
    return normalised(changed, mean, variance).reduce((sum, y, i) => sum + y * dy[i]!, 0);
  };
  const gradients = batchNormGradients(given, dy);
  const step = 1e-5;
  for (const [name, gradient] of [
    ['x', gradients.dx],
    ['gamma', gradients.dgamma],
    ['beta', gradients.dbeta],
    ['residual', gradients.dresidual],
  ] as const) {
    const at = (i: number, by: number) => Float64Array.from(given[name]!, (value, k) => (k === i ? value + by : value));
    const differences = gradient.map(
      (_, i) => (loss({ ...given, [name]: at(i, step) }) - loss({ ...given, [name]: at(i, -step) })) / (2 * step),
    );
    expectClose(gradient, differences, 1e-7);
  }
});

test('gradients are as asked for: none for x where nothing below is trained', async () => {
  const shape: Shape = [2, 3, 3, 8];
  const given = problem(shape, { relu: true, residual: true });
  const tensors = upload(given, shape);
  const dys = values('dy', 18 * 8);
  const dy = tensor4d(dys, shape);
  const before = memory().numTensors;
  const affine = (gamma: Tensor, beta: Tensor) =>
    batchNormTrain(
      tensors.x,
      { ...tensors.bn, gamma: gamma as Tensor1D, beta: beta as Tensor1D },
      { relu: true, residual: tensors.residual, inputGradient: false },
    );
  // A node lets go of the gradient that comes in.
  const actual = grads(affine)([tensors.bn.gamma, tensors.bn.beta], dy.clone());
  const expected = batchNormGradients(given, dys);
  expectClose(await actual[0]!.data(), expected.dgamma, 1e-5);
  expectClose(await actual[1]!.data(), expected.dbeta, 1e-5);
  dispose(actual);
  expect(memory().numTensors).toBe(before);
  dy.dispose();
  disposeAll(tensors);
});

test.each([10, 1e3, 3e4])('statistics keep their digits at %d times the spread', async (offset) => {
  const shape: Shape = [4, 30, 31, 4];
  const given = problem(shape, { relu: false, residual: false, offset });
  const tensors = upload(given, shape);
  const y = tidy(() => batchNormTrain(tensors.x, tensors.bn, { relu: false }));
  const { mean, variance } = channelStatistics(given);
  const expected = moved(given);
  expectClose(await tensors.bn.runningMean.data(), expected.mean, 1e-6);
  // E[x²] - E[x]² in f32 would be off by some offset² · 1e-7, more than the variance itself at the end.
  expectClose(await tensors.bn.runningVariance.data(), expected.variance, 1e-5);
  // The mean's own rounding, offset · 6e-8, is all that is left.
  expectClose(await y.data(), normalised(given, mean, variance), 1e-6 + offset * 6e-7);
  y.dispose();
  disposeAll(tensors);
});

test('PyTorch’s numbers for x = i^1.5', async () => {
  // 2 x 2 x 1 x 3 in torch is N, C, H, W: two channels, here with two more that repeat them.
  const source = Array.from({ length: 12 }, (_, i) => i ** 1.5);
  const x = tensor4d(
    Array.from({ length: 6 * 4 }, (_, i) => {
      const [row, c] = [Math.floor(i / 4), i % 2];
      return source[Math.floor(row / 3) * 6 + c * 3 + (row % 3)]!;
    }),
    [2, 1, 3, 4],
  );
  const [ones, zeros] = [
    [1, 1, 1, 1],
    [0, 0, 0, 0],
  ] as const;
  const bn = { gamma: vector(ones), beta: vector(zeros), runningMean: vector(zeros), runningVariance: vector(ones) };
  const y = tidy(() => batchNormTrain(x, bn, { relu: false }));
  expectClose(await bn.runningMean.data(), [0.9945507, 1.99136913, 0.9945507, 1.99136913], 2e-7);
  expectClose(await bn.runningVariance.data(), [10.6304274, 18.8333931, 10.6304274, 18.8333931], 2e-7);
  const out = await y.data();
  expectClose([out[0]!, out[4]!, out[8]!], [-1.10446405, -0.99341249, -0.79036283], 5e-7);
  dispose([x, y, ...Object.values(bn)]);
});
