import { beforeAll, expect, test } from 'vitest';
import { expectClose } from '../../../testing/closeness';
import { values } from '../../../testing/golden/values';
import { drained, releaseAll, uploaded, withoutLeaks } from '../../../testing/gpuTensors';
import { downloadedHalves, roundToHalf, uploadedHalves } from '../../../testing/half';
import { nodeBackend } from '../../../hosts/node/gpu';
import type { StudioBackend } from '../../gpu/backend';
import { filterGradient, forward, inputGradient } from './conv2d';
import { convReference } from './conv2d.reference';
import { convFlops, convShape } from './shape';
import { convVariants, suits } from './variants';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

//                    N  H   W   CI  CO  G   K  S  P
const CASES: number[][] = [
  [1, 1, 1, 8, 8, 2, 1, 1, 0],
  [2, 7, 9, 16, 16, 4, 3, 1, 1],
  [2, 9, 7, 16, 16, 2, 3, 2, 1],
  [1, 8, 10, 128, 128, 32, 3, 1, 1],
  [3, 5, 6, 24, 12, 3, 3, 2, 1],
  [2, 6, 5, 8, 24, 2, 3, 1, 0],
  [1, 11, 13, 8, 8, 2, 5, 3, 2],
  [1, 10, 9, 12, 24, 3, 1, 2, 0],
  // More pixels than one invocation of the filter gradient sums.
  [2, 23, 25, 8, 8, 2, 3, 1, 1],
];

const twice = (value: number) => 2 * value;

test.each(CASES)(
  '%i photos of %i x %i, %i to %i channels in %i groups by %i x, stride %i, padding %i: as plain loops have it',
  async (...given) => {
    const [n = 0, h = 0, w = 0, ci = 0, co = 0, groups = 0, kernel = 0, stride = 0, pad = 0] = given;
    const attrs = { stride, pad };
    const wShape = [kernel, kernel, ci / groups, co];
    const shape = convShape([n, h, w, ci], wShape, attrs);
    expect(shape.groups).toBe(groups);
    const dyShape = [n, shape.outHeight, shape.outWidth, co];
    const xs = values('x', n * h * w * ci);
    const ws = values('w', kernel * kernel * (ci / groups) * co);
    const dys = values('dy', n * shape.outHeight * shape.outWidth * co);
    const expected = convReference(shape, xs, ws, dys);
    await withoutLeaks(backend, async () => {
      const x = uploaded(backend, xs, [n, h, w, ci]);
      const filter = uploaded(backend, ws, wShape);
      const dy = uploaded(backend, dys, dyShape);
      const y = forward(backend, x, filter, attrs);
      expect(y.shape).toEqual(dyShape);
      expectClose(await drained(backend, y), expected.y, 1e-6);
      const dx = inputGradient(backend, dy, filter, x.shape, attrs);
      expectClose(await backend.download(dx), expected.dx, 1e-6);
      expect(inputGradient(backend, dy, filter, x.shape, attrs, { into: dx })).toBe(dx);
      expectClose(await drained(backend, dx), expected.dx.map(twice), 1e-6);
      const dw = filterGradient(backend, x, dy, wShape, attrs);
      expect(dw.shape).toEqual(wShape);
      expectClose(await backend.download(dw), expected.dw, 1e-6);
      expect(filterGradient(backend, x, dy, wShape, attrs, { into: dw })).toBe(dw);
      expectClose(await drained(backend, dw), expected.dw.map(twice), 1e-6);
      releaseAll(backend, [x, filter, dy]);
    });
  },
);

test('activations in half precision are computed with as f32', async () => {
  const attrs = { stride: 2, pad: 1 };
  const [xShape, wShape] = [
    [2, 9, 7, 16],
    [3, 3, 8, 16],
  ];
  const shape = convShape(xShape, wShape, attrs);
  const dyShape = [2, shape.outHeight, shape.outWidth, 16];
  const halves = (name: string, of: readonly number[]) =>
    values(
      name,
      of.reduce((a, b) => a * b, 1),
    ).map(roundToHalf);
  const [xs, ws, dys] = [halves('x', xShape), halves('w', wShape), halves('dy', dyShape)];
  const expected = convReference(shape, xs, ws, dys);
  await withoutLeaks(backend, async () => {
    const x = uploadedHalves(backend, xs, xShape);
    const filter = uploaded(backend, ws, wShape);
    const dy = uploadedHalves(backend, dys, dyShape);
    const y = forward(backend, x, filter, attrs);
    const dx = inputGradient(backend, dy, filter, xShape, attrs);
    const dw = filterGradient(backend, x, dy, wShape, attrs);
    expect([y.dtype, dx.dtype, dw.dtype]).toEqual(['float16', 'float16', 'float32']);
    expectClose(await downloadedHalves(backend, y), expected.y, 5e-4);
    expectClose(await downloadedHalves(backend, dx), expected.dx, 5e-4);
    expectClose(await backend.download(dw), expected.dw, 1e-6);
    inputGradient(backend, dy, filter, xShape, attrs, { into: dx });
    expectClose(await downloadedHalves(backend, dx), expected.dx.map(twice), 1e-3);
    releaseAll(backend, [x, filter, dy, y, dx, dw]);
  });
});

test('groups divide the work, and no variant of the matrix product is tuned for them', () => {
  const attrs = { stride: 1, pad: 1 };
  const whole = convShape([2, 8, 8, 64], [3, 3, 64, 64], attrs);
  const grouped = convShape([2, 8, 8, 64], [3, 3, 4, 64], attrs);
  expect(convFlops(grouped)).toBe(convFlops(whole) / 16);
  for (const variant of convVariants(backend.report)) expect(suits(variant, 'forward', grouped)).toBe(false);
});

test.each([
  [
    [1, 4, 4, 64],
    [3, 3, 3, 64],
  ],
  [
    [1, 4, 4, 64],
    [3, 3, 2, 64],
  ],
  [
    [1, 4, 4, 16],
    [3, 3, 4, 20],
  ],
  [
    [1, 4, 4, 16],
    [3, 3, 32, 16],
  ],
  [
    [1, 4, 4, 2],
    [3, 3, 1, 8],
  ],
])('%j by %j does not fit', (x, w) => {
  expect(() => convShape(x, w, { stride: 1, pad: 1 })).toThrow('do not fit');
});
