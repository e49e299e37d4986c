import { expect, test } from 'vitest';
import { resampleReference } from '../../testing/resampleReference';
import { resizeTaps } from './resample';
import type { Filter, View } from './view';

/** Resizes grey rows as Pillow would; with `from` and `length`, the crop of them. */
function resized(rows: number[][], outWidth: number, outHeight: number, filter: Filter = 'bilinear'): number[][] {
  const [width, height] = [rows[0]!.length, rows.length];
  const size = Math.max(outWidth, outHeight);
  const view: View = {
    size,
    region: { left: 0, top: 0, width, height },
    horizontal: resizeTaps(width, outWidth, { count: size, filter }).taps,
    vertical: resizeTaps(height, outHeight, { count: size, filter }).taps,
    flip: false,
  };
  const out = resampleReference(view, Uint8ClampedArray.from(rows.flat().flatMap((v) => [v, v, v, 255])));
  return Array.from({ length: outHeight }, (_, y) =>
    Array.from({ length: outWidth }, (_, x) => out[(y * size + x) * 3]!),
  );
}

const ROW = [0, 10, 20, 255, 0, 128, 64, 200];

test.each([
  [ROW, [29, 105, 113]],
  [ROW, [7, 104, 88, 131]],
  [ROW, [4, 61, 123, 88, 144]],
  [
    [0, 255, 100],
    [0, 36, 146, 255, 189, 122, 100],
  ],
  [ROW, ROW],
])('the row %j resized gives %j, as in Pillow 9.4', (row, expected) => {
  expect(resized([row], expected.length, 1)).toEqual([expected]);
});

test.each([
  [ROW, [22, 108, 117]],
  [ROW, [0, 114, 83, 135]],
  [ROW, [0, 63, 131, 77, 147]],
  [
    [0, 255, 100],
    [0, 25, 153, 255, 204, 117, 85],
  ],
])('the row %j resized with the cubic gives %j, as in Pillow 9.4', (row, expected) => {
  expect(resized([row], expected.length, 1, 'bicubic')).toEqual([expected]);
});

test('8 to 3 has the taps of Pillow', () => {
  const { from, length, taps } = resizeTaps(8, 3);
  expect([from, length, taps.taps]).toEqual([0, 8, 6]);
  expect([...taps.starts]).toEqual([0, 1, 4]);
  expect([...taps.weights.subarray(0, 6)]).toEqual([1214141, 1655646, 993388, 331129, 0, 0]);
  expect([...taps.weights.subarray(6, 12)]).toEqual([99864, 699051, 1298237, 1298237, 699051, 99864]);
  expect([...taps.weights.subarray(12)]).toEqual([331129, 993388, 1655646, 1214141, 0, 0]);
});

test('a small image in both directions, as in Pillow 9.4', () => {
  const image = Array.from({ length: 5 }, (_, i) => Array.from({ length: 6 }, (_, j) => (37 * (6 * i + j)) % 256));
  expect(resized(image, 4, 3)).toEqual([
    [68, 51, 104, 156],
    [181, 96, 57, 103],
    [149, 188, 108, 50],
  ]);
  expect(resized(image, 4, 3, 'bicubic')).toEqual([
    [66, 39, 110, 162],
    [194, 93, 44, 106],
    [147, 204, 103, 42],
  ]);
  const larger = resized(image, 9, 7);
  expect(larger[0]).toEqual([0, 19, 43, 68, 93, 117, 142, 167, 185]);
  expect(larger.at(-1)).toEqual([120, 139, 163, 188, 213, 194, 49, 31, 49]);
});

test('an axis that keeps its size has one tap of weight 1', () => {
  const { taps } = resizeTaps(5, 5);
  expect(taps.taps).toBe(1);
  expect([...taps.starts]).toEqual([0, 1, 2, 3, 4]);
  expect([...taps.weights]).toEqual(Array(5).fill(1 << 22));
});

test('outputs outside the axis have no weights, and only what is read is asked for', () => {
  const padded = resizeTaps(2, 2, { offset: -1, count: 5 });
  expect(padded).toMatchObject({ from: 0, length: 2 });
  expect([...padded.taps.weights]).toEqual([0, 1 << 22, 1 << 22, 0, 0]);
  const middle = resizeTaps(100, 50, { offset: 20, count: 10 });
  expect(middle.from).toBe(39);
  expect(middle.length).toBe(22);
});
