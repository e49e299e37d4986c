import { expect, test } from 'vitest';
import { fork } from '../base/rng';
import type { PlaneLayout, Region } from './view';
import { planesToRgba, windowOf } from './jpegColor';

const WIDTH = 23;
const HEIGHT = 17;

/** One chroma sample at luma pixel (x, y), in libjpeg's words: a pixel lies 3/4 towards the nearer sample, 1/4 towards the farther. */
function chromaAt(plane: (x: number, y: number) => number, x: number, y: number, { x: sx, y: sy }: Sub): number {
  if (sx === 1) return plane(x, y);
  const columns = Math.ceil(WIDTH / 2);
  const rows = Math.ceil(HEIGHT / sy);
  const other = (at: number, count: number) => Math.min(count - 1, Math.max(0, (at >> 1) + (at % 2 ? 1 : -1)));
  const [nearX, farX] = [x >> 1, other(x, columns)];
  if (sy === 1) return Math.floor((3 * plane(nearX, y) + plane(farX, y) + (x % 2 ? 2 : 1)) / 4);
  const column = (at: number) => 3 * plane(at, y >> 1) + plane(at, other(y, rows));
  return Math.floor((3 * column(nearX) + column(farX) + (x % 2 ? 7 : 8)) / 16);
}
type Sub = PlaneLayout['subsampling'];

const cut = (value: number) => Math.min(255, Math.max(0, value));

test.each([
  { x: 2, y: 2 },
  { x: 2, y: 1 },
  { x: 1, y: 1 },
] as const)('any region of planes with chroma every $x x $y pixels is the whole photo’s part', (subsampling) => {
  const rng = fork(5);
  const columns = Math.ceil(WIDTH / subsampling.x);
  const rows = Math.ceil(HEIGHT / subsampling.y);
  const random = (count: number) => Array.from({ length: count }, () => rng.integer(0, 255));
  const [luma, blue, red] = [random(WIDTH * HEIGHT), random(columns * rows), random(columns * rows)];

  /** The window's planes, as a decoder cuts them out. */
  const cutOut = ({ left, top, width, height }: Region) => {
    const part = (plane: number[], stride: number, x0: number, y0: number, w: number, h: number) =>
      Array.from({ length: w * h }, (_, i) => plane[(y0 + Math.floor(i / w)) * stride + x0 + (i % w)]!);
    const [cw, ch] = [Math.ceil(width / subsampling.x), Math.ceil(height / subsampling.y)];
    const [cx, cy] = [left / subsampling.x, top / subsampling.y];
    return Uint8ClampedArray.from([
      ...part(luma, WIDTH, left, top, width, height),
      ...part(blue, columns, cx, cy, cw, ch),
      ...part(red, columns, cx, cy, cw, ch),
    ]);
  };

  for (let i = 0; i < 60; i++) {
    const width = rng.integer(1, WIDTH);
    const height = rng.integer(1, HEIGHT);
    const region = { left: rng.integer(0, WIDTH - width), top: rng.integer(0, HEIGHT - height), width, height };
    const window = windowOf(region, WIDTH, HEIGHT, subsampling);
    const rgba = planesToRgba(cutOut(window), { window, subsampling }, region);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const [px, py] = [x + region.left, y + region.top];
        const at = (plane: number[]) => chromaAt((cx, cy) => plane[cy * columns + cx]!, px, py, subsampling) - 128;
        const [l, b, r] = [luma[py * WIDTH + px]!, at(blue), at(red)];
        const expected = [
          cut(l + Math.floor((91881 * r + 32768) / 65536)),
          cut(l + Math.floor((-22554 * b - 46802 * r + 32768) / 65536)),
          cut(l + Math.floor((116130 * b + 32768) / 65536)),
          255,
        ];
        expect([...rgba.subarray((y * width + x) * 4, (y * width + x) * 4 + 4)]).toEqual(expected);
      }
    }
  }
});
