/** Every kernel that touches activations, in half precision: what it gives must be what it gives in single, but rounded. */
import { beforeAll, describe, expect, test } from 'vitest';
import { expectClose } from '../../testing/closeness';
import { values } from '../../testing/golden/values';
import { releaseAll, uploaded, withoutLeaks } from '../../testing/gpuTensors';
import { downloadedHalves, roundToHalf, uploadedHalves } from '../../testing/half';
import { nodeBackend } from '../../hosts/node/gpu';
import type { StudioBackend } from '../gpu/backend';
import type { GpuTensor, Recorder } from '../gpu/recorder';
import { globalAveragePool, globalAveragePoolGradient } from './averagePool/averagePool';
import { batchStatistics, normalize, normGradient } from './batchNorm/batchNorm';
import { filterGradient, forward, inputGradient } from './conv2d/conv2d';
import { convShape, type Pass } from './conv2d/shape';
import { convVariants, suits } from './conv2d/variants';
import { maxPool, maxPoolGradient } from './maxPool/maxPool';
import { type Precision, storageOf } from './storage';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

/** Half a unit in the last place is 4.9e-4 at most. */
const ROUNDED = 5e-4;

/** The backend as the adapter is, or as if it could only convert. */
function recorderOf(how: 'native' | 'packed'): Recorder {
  const features = how === 'native' ? backend.report.features : [];
  return {
    report: { ...backend.report, features },
    choices: undefined,
    allocate: (...given) => backend.allocate(...given),
    release: (tensor) => backend.release(tensor),
    clear: (tensor) => backend.clear(tensor),
    dispatch: (dispatch) => backend.dispatch(dispatch),
  };
}

const volume = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** Runs `compute` on tensors of random halves, stored either way, and compares what comes out. */
async function expectAlike(
  shapes: Record<string, readonly number[]>,
  compute: (tensors: Record<string, GpuTensor>, precision: Precision) => GpuTensor[],
  tolerance = ROUNDED,
) {
  const run = async (precision: Precision) => {
    const numbers = (name: string) => values(name, volume(shapes[name]!)).map(roundToHalf);
    const upload = precision === 'float16' ? uploadedHalves : uploaded;
    const tensors = Object.fromEntries(
      Object.entries(shapes).map(([name, shape]) => [name, upload(backend, numbers(name), shape)]),
    );
    const results = compute(tensors, precision);
    const out = await Promise.all(
      results.map((tensor) =>
        tensor.dtype === 'float16' ? downloadedHalves(backend, tensor) : backend.download(tensor),
      ),
    );
    releaseAll(backend, new Set([...Object.values(tensors), ...results]));
    return out;
  };
  await withoutLeaks(backend, async () => {
    const single = await run('float32');
    const half = await run('float16');
    for (const [i, expected] of single.entries()) expectClose(half[i]!, expected, tolerance);
  });
}

const HOW = ['native', 'packed'] as const;

test('half precision is native where the adapter has it', () => {
  const native = backend.report.features.includes('shader-f16');
  expect(storageOf(recorderOf('native'), { dtype: 'float16' }).name).toBe(native ? 'f16' : 'packed');
  expect(storageOf(recorderOf('packed'), { dtype: 'float16' }).name).toBe('packed');
  expect(storageOf(recorderOf('native'), { dtype: 'float32' }).name).toBe('f32');
});

describe.each(HOW)('%s halves', (how) => {
  test.each([
    { x: [2, 7, 9, 16], out: 20, kernel: 3, stride: 2, pad: 1 },
    { x: [2, 14, 16, 16], out: 20, kernel: 3, stride: 1, pad: 1 },
    { x: [1, 6, 5, 64], out: 64, kernel: 1, stride: 1, pad: 0 },
    { x: [2, 17, 16, 3], out: 64, kernel: 7, stride: 2, pad: 3 },
  ])(
    'convolution of $x by $kernel x $kernel, every variant',
    async ({ x: xShape, out, kernel, stride, pad }) => {
      const recorder = recorderOf(how);
      const photos = xShape[3]! < 4;
      const outputs = xShape.slice(1, 3).map((length) => Math.floor((length + 2 * pad - kernel) / stride) + 1);
      const shapes = { x: xShape, dy: [xShape[0]!, ...outputs, out] };
      const wShape = [kernel, kernel, xShape[3]!, out];
      const shape = convShape(xShape, wShape, { stride, pad });
      for (const variant of convVariants(backend.report)) {
        const can = (pass: Pass) => suits(variant, pass, shape);
        if (!can('forward')) continue;
        await expectAlike(shapes, ({ x, dy }, precision) => {
          // Weights, and photos, are f32 always.
          const w = uploaded(backend, values('w', volume(wShape)).map(roundToHalf), wShape);
          const input = photos ? uploaded(backend, values('x', volume(xShape)).map(roundToHalf), xShape) : x!;
          const attrs = { stride, pad };
          const y = forward(recorder, input, w, attrs, { precision, variant });
          expect(y.dtype).toBe(precision);
          const results = [y];
          if (can('filterGradient')) {
            const dw = filterGradient(recorder, input, dy!, wShape, attrs, { variant });
            expect(dw.dtype).toBe('float32');
            results.push(dw);
          }
          if (can('inputGradient')) {
            const dx = inputGradient(recorder, dy!, w, xShape, attrs, { variant });
            inputGradient(recorder, dy!, w, xShape, attrs, { variant, into: dx });
            results.push(dx);
          }
          releaseAll(backend, photos ? [w, input] : [w]);
          return results;
        });
      }
    },
    300_000,
  );

  test.each([
    { relu: true, residual: true },
    { relu: true, residual: false },
    { relu: false, residual: false },
  ])('batch norm, relu $relu, residual $residual', async ({ relu, residual }) => {
    const recorder = recorderOf(how);
    const shape = [2, 7, 5, 12];
    const shapes = { x: shape, dy: shape, residual: shape };
    const vector = (name: string, offset = 0) =>
      uploaded(
        backend,
        values(name, 12).map((value) => value + offset),
        [12],
      );
    const compute = (gradients: boolean) => (tensors: Record<string, GpuTensor>) => {
      const { x, dy } = tensors as { x: GpuTensor; dy: GpuTensor };
      const affine = { gamma: vector('gamma', 1), beta: vector('beta') };
      const running = { mean: vector('mean'), variance: vector('variance', 1) };
      const into = { gamma: vector('dgamma'), beta: vector('dbeta') };
      const statistics = batchStatistics(recorder, x, running);
      const options = { relu, residual: residual ? tensors['residual']! : null };
      const y = normalize(recorder, x, statistics, affine, { ...options, inPlace: false });
      if (gradients) {
        normGradient(
          recorder,
          { x, y, dy, statistics, affine },
          { relu, residual, batchStatistics: true, inputGradient: true, into },
        );
      } else {
        normalize(recorder, x, statistics, affine, { ...options, inPlace: true });
      }
      releaseAll(backend, [...Object.values(affine), ...Object.values(running), ...Object.values(statistics)]);
      return [y, x, dy, ...Object.values(into)];
    };
    await expectAlike(shapes, compute(false));
    await expectAlike(shapes, compute(true), 2 * ROUNDED);
  });

  test('max pooling picks the same winners', async () => {
    const recorder = recorderOf(how);
    const window = { kernel: 3, stride: 2, pad: 1 };
    await expectAlike(
      { x: [2, 7, 9, 8], dy: [2, 4, 5, 8] },
      ({ x, dy }) => {
        const { y, which } = maxPool(recorder, x!, window);
        const dx = maxPoolGradient(recorder, { dy: dy!, which }, x!.shape, window);
        return [y, which, dx];
      },
      ROUNDED,
    );
  });

  test('average pooling goes to single precision, and back', async () => {
    const recorder = recorderOf(how);
    await expectAlike({ x: [3, 5, 7, 12] }, ({ x }, precision) => {
      const y = globalAveragePool(recorder, x!);
      expect(y.dtype).toBe('float32');
      const dx = globalAveragePoolGradient(recorder, y, x!.shape, precision);
      expect(dx.dtype).toBe(precision);
      return [y, dx];
    });
  });

  test('conversions round as IEEE says, and what is too large is infinite', async () => {
    const recorder = recorderOf(how);
    const numbers = [
      1,
      -2.5,
      65504,
      7e4,
      -7e4,
      1e-7,
      6e-8,
      2 ** -14,
      0.7,
      -0.2,
      1 + 2 ** -11,
      1 + 3 * 2 ** -11,
      3e38,
      0,
      0,
      0,
    ];
    const count = numbers.length;
    await withoutLeaks(backend, async () => {
      // A mean over one pixel is the number itself.
      const dy = uploaded(backend, numbers, [1, count]);
      const dx = globalAveragePoolGradient(recorder, dy, [1, 1, 1, count], 'float16');
      const halves = await downloadedHalves(backend, dx);
      for (const [i, value] of numbers.entries()) {
        const expected = roundToHalf(value);
        if (Number.isFinite(expected)) expect(halves[i]).toBeCloseTo(expected, 7);
        else expect(Math.abs(halves[i]!), String(value)).toBe(Infinity);
      }
      releaseAll(backend, [dy, dx]);
    });
  });
});
