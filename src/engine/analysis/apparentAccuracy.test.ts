import { expect, test } from 'vitest';
import type { EvalView } from '../photo/view';
import { apparentBins, apparentRatio, inverseTrained, objectOf } from './apparentAccuracy';
import { apparentSize } from './apparentSize';

const train = { kind: 'train', size: 224 } as const;
const test256: EvalView = { kind: 'eval', resize: 256, crop: 224 };
const options = { draws: 4000, seed: 7 };
const shown = (width: number, height: number, object = objectOf({ width, height })) => ({ width, height, object });

test('of photos alike in size it is the mean of r_test / r_train, whatever they show', () => {
  const { mean } = apparentSize(train, test256, [{ width: 800, height: 600 }], options);
  const photos = [shown(800, 600)];
  expect(apparentRatio(test256, photos[0]!, inverseTrained(train, photos, options))).toBeCloseTo(mean, 9);
  // Everything twice as large, in training, too.
  const large = [shown(800, 600, 400)];
  expect(apparentRatio(test256, large[0]!, inverseTrained(train, large, options))).toBeCloseTo(mean, 9);
});

test('an object twice as large looks twice as large, and a photo that is not resized by its own pixels', () => {
  const photos = [shown(800, 600, 200), shown(800, 600, 400)];
  const inverse = inverseTrained(train, photos, options);
  const [small, large] = photos.map((photo) => apparentRatio(test256, photo, inverse)) as [number, number];
  expect(large / small).toBeCloseTo(2, 9);
  const own: EvalView = { kind: 'eval', resize: 0, crop: 224 };
  const pair = [shown(400, 300), shown(800, 600)].map((photo) => apparentRatio(own, photo, inverse));
  expect(pair[1]! / pair[0]!).toBeCloseTo(2, 9);
  // Resized, only the shape is left: 2 : 1 shows the same thing larger than 1 : 1 does, by the root of it.
  const shapes = [shown(600, 600), shown(1200, 600)].map((photo) => apparentRatio(test256, photo, inverse));
  expect(shapes[1]! / shapes[0]!).toBeCloseTo(Math.SQRT2, 9);
});

test('bins hold about as many photos each, and all of them', () => {
  const photos = Array.from({ length: 103 }, (_, i) => ({ ratio: 2 ** (i / 50), right: i % 4 === 0 }));
  const bins = apparentBins(photos.toReversed());
  expect(bins.map(({ count }) => count)).toEqual([21, 21, 21, 21, 19]);
  expect(bins.reduce((sum, { correct }) => sum + correct, 0)).toBe(26);
  expect(bins[0]!.ratio).toBeCloseTo(2 ** (10 / 50), 9);
  for (const [i, bin] of bins.entries()) expect(bin.from).toBeGreaterThan(bins[i - 1]?.to ?? 0);
});

test('equal ratios stay together, and few photos are one bin', () => {
  const same = Array.from({ length: 80 }, (_, i) => ({ ratio: i < 60 ? 0.9 : 1.3, right: i % 2 === 0 }));
  expect(apparentBins(same).map(({ from, to, count }) => [from, to, count])).toEqual([
    [0.9, 0.9, 60],
    [1.3, 1.3, 20],
  ]);
  expect(apparentBins(same.slice(55, 70))).toHaveLength(1);
  expect(apparentBins([])).toEqual([]);
});
