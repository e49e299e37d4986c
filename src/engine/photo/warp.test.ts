import { expect, test } from 'vitest';
import { fork } from '../base/rng';
import { drawOperations } from './colors';
import { drawParameters, drawWarp, perspective, type WarpDraw, warpOf } from './warp';

const N = 20_000;
const NEUTRAL: WarpDraw = {
  flip: false,
  degrees: 0,
  zoom: 1,
  zoomX: 0.2,
  zoomY: 0.7,
  warpX: 0,
  warpY: 0,
  brightness: 0.5,
  contrast: 1,
};

test('parameters are drawn with fastai’s probabilities and ranges', () => {
  const draws = Array.from({ length: N }, (_, i) => drawParameters(fork(11, i)));
  const flips = draws.filter(({ flip }) => flip).length / N;
  expect(Math.abs(flips - 0.5)).toBeLessThan(0.015);
  const ranges = {
    degrees: { neutral: 0, min: -10, max: 10, of: (d: WarpDraw) => d.degrees },
    zoom: { neutral: 1, min: 1, max: 1.1, of: (d: WarpDraw) => d.zoom },
    warpX: { neutral: 0, min: -0.2, max: 0.2, of: (d: WarpDraw) => d.warpX },
    warpY: { neutral: 0, min: -0.2, max: 0.2, of: (d: WarpDraw) => d.warpY },
    brightness: { neutral: 0.5, min: 0.4, max: 0.6, of: (d: WarpDraw) => d.brightness },
    logContrast: { neutral: 0, min: -Math.log(1.25), max: Math.log(1.25), of: (d: WarpDraw) => Math.log(d.contrast) },
  };
  for (const [name, { neutral, min, max, of }] of Object.entries(ranges)) {
    const drawn = draws.map(of).filter((value) => value !== neutral);
    expect(Math.abs(drawn.length / N - 0.75), `${name}: how often`).toBeLessThan(0.012);
    const span = max - min;
    const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
    const variance = drawn.reduce((sum, value) => sum + (value - mean) ** 2, 0) / drawn.length;
    expect(Math.abs(mean - (min + max) / 2) / span, `${name}: mean`).toBeLessThan(0.01);
    expect(Math.abs(variance / span ** 2 - 1 / 12), `${name}: variance`).toBeLessThan(0.003);
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(min - 1e-12);
    expect(Math.max(...drawn)).toBeLessThanOrEqual(max + 1e-12);
  }
  // Warps along x and y are drawn apart.
  const both = draws.filter((d) => d.warpX !== 0 && d.warpY !== 0).length / N;
  expect(Math.abs(both - 0.75 ** 2)).toBeLessThan(0.012);
});

test('the same stream gives the same warp', () => {
  expect(drawWarp(fork(1, 2, 3))).toEqual(drawWarp(fork(1, 2, 3)));
  expect(drawWarp(fork(1, 2, 3))).not.toEqual(drawWarp(fork(1, 2, 4)));
});

test('the perspective takes the displaced corners to the square’s', () => {
  for (const [x, y] of [
    [0.2, -0.2],
    [-0.13, 0.07],
    [0, 0.2],
  ] as const) {
    const m = perspective(x, y);
    const moved = (px: number, py: number) => {
      const depth = m[6] * px + m[7] * py + m[8];
      return [(m[0] * px + m[1] * py + m[2]) / depth, (m[3] * px + m[4] * py + m[5]) / depth];
    };
    const corners = [
      [moved(-1 - y, -1 - x), [-1, -1]],
      [moved(-1 + y, 1 + x), [-1, 1]],
      [moved(1 + y, -1 + x), [1, -1]],
      [moved(1 - y, 1 - x), [1, 1]],
    ] as const;
    for (const [got, wanted] of corners)
      for (const axis of [0, 1] as const) expect(got[axis]).toBeCloseTo(wanted[axis], 10);
  }
});

test('flip, rotation and zoom are composed in this order', () => {
  const closeTo = (matrix: readonly number[]) => matrix.map((value) => expect.closeTo(value, 12) as number);
  expect(warpOf(NEUTRAL)).toEqual({ matrix: closeTo([1, 0, 0, 0, 1, 0, 0, 0, 1]), brightness: 0, contrast: 1 });
  const [cos, sin] = [Math.cos(Math.PI / 18), Math.sin(Math.PI / 18)];
  expect(warpOf({ ...NEUTRAL, flip: true, degrees: 10 }).matrix).toEqual(
    closeTo([-cos, -sin, 0, -sin, cos, 0, 0, 0, 1]),
  );
  const side = 1 / 1.1;
  const zoomed = warpOf({ ...NEUTRAL, degrees: 10, zoom: 1.1 }).matrix;
  const [x, y] = [(1 - side) * -0.6, (1 - side) * 0.4];
  expect(zoomed).toEqual(
    closeTo([cos * side, sin * side, cos * x + sin * y, -sin * side, cos * side, -sin * x + cos * y, 0, 0, 1]),
  );
  expect(warpOf({ ...NEUTRAL, brightness: 0.6 }).brightness).toBeCloseTo(Math.log(1.5), 12);
});

test('ColorJitter draws all three factors, each order as often', () => {
  const orders = new Map<string, number>();
  const factors: number[] = [];
  for (let i = 0; i < N; i++) {
    const operations = drawOperations(fork(12, i), 0.3);
    const order = operations.map(({ kind }) => kind[0]).join('');
    orders.set(order, (orders.get(order) ?? 0) + 1);
    factors.push(...operations.map(({ factor }) => factor));
  }
  expect(orders.size).toBe(6);
  for (const count of orders.values()) expect(Math.abs(count - N / 6)).toBeLessThan(250);
  const mean = factors.reduce((a, b) => a + b, 0) / factors.length;
  const variance = factors.reduce((sum, value) => sum + (value - mean) ** 2, 0) / factors.length;
  expect(Math.abs(mean - 1)).toBeLessThan(0.004);
  expect(Math.abs(variance - 0.03)).toBeLessThan(0.001);
  expect(Math.min(...factors)).toBeGreaterThanOrEqual(0.7 - 1e-6);
  expect(Math.max(...factors)).toBeLessThanOrEqual(1.3 + 1e-6);
});
