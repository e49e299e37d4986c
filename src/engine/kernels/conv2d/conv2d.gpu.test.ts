import { beforeAll, describe, expect, test } from 'vitest';
import type { StudioBackend } from '../../gpu/backend';
import { expectClose } from '../../../testing/closeness';
import { values } from '../../../testing/golden/values';
import { drained, releaseAll, uploaded, withoutLeaks } from '../../../testing/gpuTensors';
import { nodeBackend } from '../../../hosts/node/gpu';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

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
  [3, 13, 11, 8, 12, 3, 1, 0],
  [2, 11, 12, 12, 8, 3, 1, 2],
  [2, 15, 16, 16, 20, 3, 1, 1],
  [3, 13, 13, 4, 132, 3, 2, 1],
];

/** All variants of this adapter; on one shape that suits them all also those for GPUs, which take long to compile here. */
async function variantsFor(index: number) {
  const { convVariants } = await import('./variants');
  const own = convVariants(backend.report);
  return index === 10 ? [...new Set([...own, ...convVariants({ subgroupSize: null })])] : own;
}

describe.each(CASES.map((dimensions, index) => ({ dimensions, index })))('conv2d $dimensions', (given) => {
  const [n = 0, h = 0, w = 0, ci = 0, co = 0, kernel = 0, stride = 0, pad = 0] = given.dimensions;
  const attrs = { stride, pad };

  test('every variant agrees with plain loops, forward and both gradients, added up or not', async () => {
    const { filterGradient, forward, inputGradient } = await import('./conv2d');
    const { convReference } = await import('./conv2d.reference');
    const { convShape } = await import('./shape');
    const { suits } = await import('./variants');
    const shape = convShape([n, h, w, ci], [kernel, kernel, ci, co], attrs);
    const xs = values('x', n * h * w * ci);
    const ws = values('w', kernel * kernel * ci * co);
    const dys = values('dy', n * shape.outHeight * shape.outWidth * co);
    const expected = convReference(shape, xs, ws, dys);
    const variants = await variantsFor(given.index);
    await withoutLeaks(backend, async () => {
      const x = uploaded(backend, xs, [n, h, w, ci]);
      const filter = uploaded(backend, ws, [kernel, kernel, ci, co]);
      const dy = uploaded(backend, dys, [n, shape.outHeight, shape.outWidth, co]);
      for (const variant of variants) {
        if (suits(variant, 'forward', shape)) {
          expectClose(await drained(backend, forward(backend, x, filter, attrs, { variant })), expected.y, 2e-6);
        }
        if (suits(variant, 'inputGradient', shape)) {
          const dx = inputGradient(backend, dy, filter, x.shape, attrs, { variant });
          expectClose(await backend.download(dx), expected.dx, 2e-6);
          expect(inputGradient(backend, dy, filter, x.shape, attrs, { variant, into: dx })).toBe(dx);
          expectClose(await drained(backend, dx), expected.dx.map(twice), 2e-6);
        }
        if (!suits(variant, 'filterGradient', shape)) continue;
        const dw = filterGradient(backend, x, dy, filter.shape, attrs, { variant });
        expectClose(await backend.download(dw), expected.dw, 2e-6);
        expect(filterGradient(backend, x, dy, filter.shape, attrs, { variant, into: dw })).toBe(dw);
        expectClose(await drained(backend, dw), expected.dw.map(twice), 2e-6);
      }
      releaseAll(backend, [x, filter, dy]);
    });
  }, 600_000);
});

const twice = (value: number) => 2 * value;

test('names tell variants apart, and tiles stay within what every WebGPU device has', async () => {
  const { convVariants } = await import('./variants');
  for (const subgroupSize of [null, 4, 8]) {
    const variants = convVariants({ subgroupSize });
    expect(new Set(variants.map(({ name }) => name)).size).toBe(variants.length);
    for (const { core, tileRows, tileColumns4, constants } of variants) {
      if (core !== 'tiled') continue;
      const { DEPTH4 = NaN, LANES = NaN } = constants;
      expect((tileRows + 4 * tileColumns4) * DEPTH4 * 16).toBeLessThanOrEqual(16384);
      expect(LANES).toBeLessThanOrEqual(256);
    }
  }
});
