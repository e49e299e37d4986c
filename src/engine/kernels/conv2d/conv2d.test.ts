import { tensor4d } from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import type { StudioBackend } from '../../gpu/backend';
import type { GpuTensor } from '../../gpu/recorder';
import { fork } from '../../base/rng';
import { expectClose } from '../../../testing/closeness';
import { drained } from '../../../testing/gpuTensors';
import { nodeBackend } from '../../../testing/nodeGpu';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

function random(seed: number, count: number): Float32Array {
  const rng = fork(seed);
  return Float32Array.from({ length: count }, () => rng.uniform() - 0.5);
}

//                    N  H   W   CI  CO  K  S  P
const CASES: number[][] = [
  [1, 1, 1, 4, 4, 1, 1, 0],
  [2, 8, 8, 64, 64, 1, 1, 0],
  [2, 7, 9, 16, 20, 3, 1, 1],
  [2, 9, 7, 12, 64, 3, 2, 1],
  [1, 8, 8, 64, 128, 1, 2, 0],
  [1, 9, 9, 8, 4, 1, 2, 0],
  [1, 17, 16, 3, 64, 7, 2, 3],
  [5, 2, 2, 64, 68, 3, 1, 1],
  [3, 13, 13, 4, 132, 3, 2, 1],
];

describe.each(CASES)('conv2d N%i %ix%i %i→%i, kernel %i, stride %i, pad %i', (...dimensions) => {
  const [n = 0, h = 0, w = 0, ci = 0, co = 0, kernel = 0, stride = 0, pad = 0] = dimensions;

  test('every variant agrees with plain loops, forward and both gradients', async () => {
    const { filterGradient, forward, inputGradient } = await import('./conv2d');
    const { convReference } = await import('./conv2d.reference');
    const { convShape } = await import('./shape');
    const { convVariants } = await import('./variants');
    const shape = convShape([n, h, w, ci], [kernel, kernel, ci, co], { stride, pad });
    const xs = random(1, n * h * w * ci);
    const ws = random(2, kernel * kernel * ci * co);
    const dys = random(3, n * shape.outHeight * shape.outWidth * co);
    const expected = convReference(shape, xs, ws, dys);
    const x = tensor4d(xs, [n, h, w, ci]);
    const filter = tensor4d(ws, [kernel, kernel, ci, co]);
    const dy = tensor4d(dys, [n, shape.outHeight, shape.outWidth, co]);
    const read = (tensor: GpuTensor) => drained(backend, tensor);
    const variants = convVariants(backend.gpu.report);
    expect(variants.length).toBeGreaterThan(0);
    for (const variant of variants) {
      expectClose(await read(forward(backend, x, filter, { stride, pad }, variant)), expected.y, 2e-6);
      expectClose(
        await read(filterGradient(backend, x, dy, filter.shape, { stride, pad }, { variant })),
        expected.dw,
        2e-6,
      );
      if (ci % 4 === 0) {
        expectClose(
          await read(inputGradient(backend, dy, filter, x.shape, { stride, pad }, { variant })),
          expected.dx,
          2e-6,
        );
      }
    }
    backend.gpu.throwIfFailed();
  });
});
