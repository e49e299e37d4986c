import { dispose, grad, memory, tensor2d, tensor4d, type Tensor4D } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { expectClose } from '../../../testing/closeness';
import { values } from '../../../testing/golden/values';
import { nodeBackend } from '../../../testing/nodeGpu';
import type { StudioBackend } from '../../gpu/backend';
import { globalAveragePool } from './averagePool';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

test.each([
  [1, 1, 1, 4],
  [1, 7, 7, 2048],
  [3, 5, 8, 12],
  [70, 2, 2, 4],
])('%i x %i x %i x %i: forward and gradient', async (batch, height, width, channels) => {
  const pixels = height * width;
  const xs = values('x', batch * pixels * channels);
  const dys = values('dy', batch * channels);
  const pooledAt = (i: number) => Math.floor(i / channels / pixels) * channels + (i % channels);
  const expected = new Float64Array(batch * channels);
  xs.forEach((value, i) => (expected[pooledAt(i)]! += value / pixels));
  const before = memory().numTensors;
  const x = tensor4d(xs, [batch, height, width, channels]);
  const dy = tensor2d(dys, [batch, channels]);
  const y = globalAveragePool(x);
  const dx = grad((input) => globalAveragePool(input as Tensor4D))(x, dy);
  expect(y.shape).toEqual([batch, channels]);
  expectClose(await y.data(), expected, 1e-6);
  expectClose(
    await dx.data(),
    Float64Array.from(xs, (_, i) => dys[pooledAt(i)]! / pixels),
    1e-7,
  );
  dispose([x, dy, y, dx]);
  expect(memory().numTensors).toBe(before);
  backend.gpu.throwIfFailed();
});
