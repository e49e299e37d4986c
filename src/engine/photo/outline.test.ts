import { expect, test } from 'vitest';
import { makeView } from './makeView';
import { outlineOf, scaleOf } from './outline';
import type { ViewSeed, ViewSpec } from './view';
import { warpOf } from './warp';

const outline = (spec: ViewSpec, seed: ViewSeed | null = null) =>
  outlineOf(spec, makeView(spec, 800, 600, seed), 800, 600);

test('evaluation views lie where torchvision crops', () => {
  const plain = outline({ kind: 'eval', resize: 0, crop: 224 });
  expect(plain).toEqual([
    [288, 188],
    [512, 188],
    [512, 412],
    [288, 412],
  ]);
  expect(scaleOf(plain, 224)).toBe(1);
  // RoC 480 x 480 whatever the size.
  const resized = outline({ kind: 'eval', resize: 80, crop: 64 });
  expect(resized[0][1]).toBeCloseTo(60, 9);
  expect(resized[2][1]).toBeCloseTo(540, 9);
  expect(scaleOf(resized, 64)).toBeCloseTo(0.1333, 3);
  const squished = outline({ kind: 'eval', resize: 256, crop: 224, squish: true });
  expect(squished[0]).toEqual([50, 37.5]);
  expect(squished[2]).toEqual([750, 562.5]);
});

test('training views are outlined by their box, mirrored with the flip', () => {
  const spec = { kind: 'train', size: 64 } as const;
  for (let index = 0; index < 20; index++) {
    const seed = { seed: 1, epoch: 1, index };
    const { region, flip } = makeView(spec, 800, 600, seed);
    const shape = outline(spec, seed);
    expect(shape[flip ? 1 : 0]).toEqual([region.left, region.top]);
    expect(scaleOf(shape, 64)).toBeCloseTo(64 / Math.sqrt(region.width * region.height), 9);
  }
});

test('shifted crops stay in the photo and keep the test view’s scale', () => {
  const spec = { kind: 'train', size: 64, augmentation: { kind: 'shiftedCrop', resize: 75, jitter: 0.05 } } as const;
  const lefts = new Set<number>();
  for (let index = 0; index < 30; index++) {
    const shape = outline(spec, { seed: 1, epoch: 1, index });
    const xs = shape.map(([x]) => x);
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(-1e-9);
    expect(Math.max(...xs)).toBeLessThanOrEqual(800 + 1e-9);
    expect(scaleOf(shape, 64)).toBeCloseTo(75 / 600, 9);
    lefts.add(Math.round(Math.min(...xs)));
  }
  expect(lefts.size).toBeGreaterThan(10);
});

test('warps turn and shrink the outline', () => {
  const spec = { kind: 'train', size: 101, augmentation: { kind: 'fastai', minScale: 0.7 } } as const;
  const view = makeView(spec, 800, 600, { seed: 1, epoch: 1, index: 1 });
  const whole = { left: 0, top: 0, width: 600, height: 600 };
  const draw = {
    flip: false,
    degrees: 0,
    zoom: 1,
    zoomX: 0.5,
    zoomY: 0.5,
    warpX: 0,
    warpY: 0,
    brightness: 0.5,
    contrast: 1,
  };
  const still = outlineOf(spec, { ...view, region: whole, warp: warpOf(draw) }, 800, 600);
  expect(still.flat().map((x) => Math.round(x * 1e6) / 1e6 + 0)).toEqual([0, 0, 600, 0, 600, 600, 0, 600]);
  const zoomed = outlineOf(
    spec,
    { ...view, region: whole, warp: warpOf({ ...draw, zoom: 1.1, degrees: 10 }) },
    800,
    600,
  );
  expect(scaleOf(zoomed, 101) / scaleOf(still, 101)).toBeCloseTo(1.1, 6);
});
