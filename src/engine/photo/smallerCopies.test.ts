import { expect, test } from 'vitest';
import { makeView } from './makeView';
import { resizedSize } from './boxes';
import { sideNeeded } from './smallerCopies';
import type { ViewSpec } from './view';

test.each<ViewSpec>([
  { kind: 'train', size: 64 },
  { kind: 'train', size: 64, augmentation: { kind: 'randomCrop', minScale: 0.35 } },
  { kind: 'train', size: 64, augmentation: { kind: 'fastai', minScale: 0.7 } },
])('no crop of a copy of the side needed is smaller than the view: %j', (spec) => {
  const { width, height } = resizedSize(sideNeeded(spec), 4000, 3000);
  const sides = Array.from({ length: 400 }, (_, index) => {
    const { region } = makeView(spec, width, height, { seed: 1, epoch: 1, index });
    return Math.min(region.width, region.height);
  });
  expect(Math.min(...sides)).toBeGreaterThanOrEqual(64);
});

test('test views need their resize, and those without one the photo itself', () => {
  expect(sideNeeded({ kind: 'eval', resize: 80, crop: 64 })).toBe(80);
  expect(sideNeeded({ kind: 'eval', resize: 0, crop: 64 })).toBe(Infinity);
  expect(sideNeeded({ kind: 'train', size: 64, augmentation: { kind: 'shiftedCrop', resize: 73, jitter: 0 } })).toBe(
    73,
  );
  expect(sideNeeded({ kind: 'train', size: 224 })).toBe(915);
});
