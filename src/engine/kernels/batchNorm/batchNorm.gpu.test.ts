import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose } from '../../../testing/closeness';
import { values } from '../../../testing/golden/values';
import { drained, releaseAll, uploaded, withoutLeaks } from '../../../testing/gpuTensors';
import { nodeBackend } from '../../../hosts/node/gpu';
import type { StudioBackend } from '../../gpu/backend';
import { batchStatistics, MOMENTUM, normalize, normGradient } from './batchNorm';
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

const vector = (numbers: ArrayLike<number>) => uploaded(backend, numbers, [numbers.length]);

/** The problem's tensors, the running statistics being `values`. */
function upload({ x, gamma, beta, residual, channels }: BatchNormCase, shape: Shape) {
  return {
    affine: { gamma: vector(gamma), beta: vector(beta) },
    running: {
      mean: vector(values('runningMean', channels)),
      variance: vector(values('runningVariance', channels).map((value) => value + 1)),
    },
    x: uploaded(backend, x, shape),
    residual: residual ? uploaded(backend, residual, shape) : null,
  };
}

type Uploaded = ReturnType<typeof upload>;

function release({ affine, running, x, residual }: Uploaded) {
  releaseAll(backend, [x, ...Object.values(affine), ...Object.values(running), ...(residual ? [residual] : [])]);
}

/** Training's forward pass; the caller releases y and the statistics. */
function train({ affine, running, x, residual }: Uploaded, relu: boolean, inPlace = false) {
  const statistics = batchStatistics(backend, x, running);
  return { statistics, y: normalize(backend, x, statistics, affine, { relu, residual, inPlace }) };
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

  test.each([false, true])(
    'training normalises with the batch and moves the running ones, in place %s',
    async (inPlace) => {
      const { mean, variance } = channelStatistics(given);
      const expected = moved(given);
      await withoutLeaks(backend, async () => {
        const tensors = upload(given, shape);
        const { y, statistics } = train(tensors, given.relu, inPlace);
        expect(y === tensors.x).toBe(inPlace);
        expectClose(await backend.download(y), normalised(given, mean, variance), 3e-6);
        expectClose(await backend.download(tensors.running.mean), expected.mean, 1e-6);
        expectClose(await backend.download(tensors.running.variance), expected.variance, 1e-6);
        releaseAll(backend, [statistics.mean, statistics.variance, ...(inPlace ? [] : [y])]);
        release(tensors);
      });
    },
  );

  test('evaluation normalises with the running statistics and moves nothing', async () => {
    const mean = values('runningMean', given.channels);
    const variance = values('runningVariance', given.channels).map((value) => value + 1);
    await withoutLeaks(backend, async () => {
      const tensors = upload(given, shape);
      const { x, running, affine, residual } = tensors;
      const y = normalize(backend, x, running, affine, { relu: given.relu, residual, inPlace: false });
      expectClose(await drained(backend, y), normalised(given, mean, variance), 1e-6);
      expect(await backend.download(running.mean)).toEqual(mean);
      expect(await backend.download(running.variance)).toEqual(variance);
      release(tensors);
    });
  });

  test('every gradient is the formula’s, and those of gamma and beta are added', async () => {
    const dys = values('dy', given.rows * given.channels);
    const expected = batchNormGradients(given, dys);
    await withoutLeaks(backend, async () => {
      const tensors = upload(given, shape);
      const { x, residual, affine } = tensors;
      const { y, statistics } = train(tensors, given.relu);
      const dy = uploaded(backend, dys, shape);
      const into = { gamma: vector(values('gamma', given.channels)), beta: vector(values('beta', given.channels)) };
      normGradient(
        backend,
        { x, y, dy, statistics, affine },
        { relu: given.relu, residual: residual !== null, batchStatistics: true, inputGradient: true, into },
      );
      const added = (name: string, sums: ArrayLike<number>) => values(name, given.channels).map((v, i) => v + sums[i]!);
      // A single row is its own mean: its dx and dgamma are nothing but rounding.
      if (given.rows > 1) {
        expectClose(await backend.download(x), expected.dx, 1e-5);
        expectClose(await backend.download(into.gamma), added('gamma', expected.dgamma), 1e-5);
      }
      expectClose(await backend.download(into.beta), added('beta', expected.dbeta), 1e-5);
      if (residual) expectClose(await backend.download(dy), expected.dresidual, 1e-6);
      else expect(await backend.download(dy)).toEqual(dys);
      releaseAll(backend, [y, dy, ...Object.values(statistics), ...Object.values(into)]);
      release(tensors);
    });
  });

  test('with running statistics the gradient is the affine map’s', async () => {
    const dys = values('dy', given.rows * given.channels);
    const mean = values('runningMean', given.channels);
    const variance = values('runningVariance', given.channels).map((value) => value + 1);
    const output = normalised(given, mean, variance);
    const masked = dys.map((value, i) => (given.relu && output[i]! <= 0 ? 0 : value));
    const root = variance.map((value) => Math.sqrt(value + 1e-5));
    const sum = (term: (i: number) => number) => {
      const sums = new Float64Array(given.channels);
      masked.forEach((_, i) => (sums[i % given.channels]! += term(i)));
      return sums;
    };
    await withoutLeaks(backend, async () => {
      const tensors = upload(given, shape);
      const { x, residual, affine, running } = tensors;
      const y = normalize(backend, x, running, affine, { relu: given.relu, residual, inPlace: false });
      const dy = uploaded(backend, dys, shape);
      const zero = new Float32Array(given.channels);
      const into = { gamma: vector(zero), beta: vector(zero) };
      normGradient(
        backend,
        { x, y, dy, statistics: running, affine },
        { relu: given.relu, residual: residual !== null, batchStatistics: false, inputGradient: true, into },
      );
      const at = (i: number) => i % given.channels;
      const dx = masked.map((value, i) => (value * given.gamma[at(i)]!) / root[at(i)]!);
      expectClose(await backend.download(x), dx, 1e-5);
      const dgamma = sum((i) => (masked[i]! * (given.x[i]! - mean[at(i)]!)) / root[at(i)]!);
      expectClose(await backend.download(into.gamma), dgamma, 1e-5);
      expectClose(
        await backend.download(into.beta),
        sum((i) => masked[i]!),
        1e-5,
      );
      releaseAll(backend, [y, dy, ...Object.values(into)]);
      release(tensors);
    });
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

test('x and dy stay as they are where nothing below is trained', async () => {
  const shape: Shape = [2, 3, 3, 8];
  const given = problem(shape, { relu: true, residual: true });
  const dys = values('dy', 18 * 8);
  const expected = batchNormGradients(given, dys);
  await withoutLeaks(backend, async () => {
    const tensors = upload(given, shape);
    const { x, affine } = tensors;
    const { y, statistics } = train(tensors, true);
    const dy = uploaded(backend, dys, shape);
    const into = { gamma: vector(new Float32Array(8)), beta: vector(new Float32Array(8)) };
    normGradient(
      backend,
      { x, y, dy, statistics, affine },
      { relu: true, residual: true, batchStatistics: true, inputGradient: false, into },
    );
    expectClose(await backend.download(into.gamma), expected.dgamma, 1e-5);
    expectClose(await backend.download(into.beta), expected.dbeta, 1e-5);
    expect(await backend.download(x)).toEqual(Float32Array.from(given.x));
    expect(await backend.download(dy)).toEqual(dys);
    releaseAll(backend, [y, dy, ...Object.values(statistics), ...Object.values(into)]);
    release(tensors);
  });
});

test.each([10, 1e3, 3e4])('statistics keep their digits at %d times the spread', async (offset) => {
  const shape: Shape = [4, 30, 31, 4];
  const given = problem(shape, { relu: false, residual: false, offset });
  const { mean, variance } = channelStatistics(given);
  const expected = moved(given);
  await withoutLeaks(backend, async () => {
    const tensors = upload(given, shape);
    const { y, statistics } = train(tensors, false);
    expectClose(await backend.download(tensors.running.mean), expected.mean, 1e-6);
    // E[x²] - E[x]² in f32 would be off by some offset² · 1e-7, more than the variance itself at the end.
    expectClose(await backend.download(tensors.running.variance), expected.variance, 1e-5);
    // The mean's own rounding, offset · 6e-8, is all that is left.
    expectClose(await backend.download(y), normalised(given, mean, variance), 1e-6 + offset * 6e-7);
    releaseAll(backend, [y, ...Object.values(statistics)]);
    release(tensors);
  });
});

test('PyTorch’s numbers for x = i^1.5', async () => {
  // 2 x 2 x 1 x 3 in torch is N, C, H, W: two channels, here with two more that repeat them.
  const source = Array.from({ length: 12 }, (_, i) => i ** 1.5);
  const x = uploaded(
    backend,
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
  const affine = { gamma: vector(ones), beta: vector(zeros) };
  const running = { mean: vector(zeros), variance: vector(ones) };
  const { y, statistics } = train({ affine, running, x, residual: null }, false);
  expectClose(await backend.download(running.mean), [0.9945507, 1.99136913, 0.9945507, 1.99136913], 2e-7);
  expectClose(await backend.download(running.variance), [10.6304274, 18.8333931, 10.6304274, 18.8333931], 2e-7);
  const out = await backend.download(y);
  expectClose([out[0]!, out[4]!, out[8]!], [-1.10446405, -0.99341249, -0.79036283], 5e-7);
  releaseAll(backend, [x, y, ...[affine, running, statistics].flatMap((pair) => Object.values(pair))]);
});
