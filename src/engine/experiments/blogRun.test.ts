import { expect, test } from 'vitest';
import { blogPhases, timeOf } from './blogRun';

test('where photos load slower than the GPU computes, the blog’s run takes as long as they load', () => {
  const phases = blogPhases();
  const photos = phases.reduce((sum, { images }) => sum + images, 0);
  // Ten and five epochs of all photos, and six views of the validation photos.
  expect(photos).toBe(15 * 21_397 + 6 * 4279);
  const arithmetic = timeOf(phases, { flopsPerSecond: 1e13, photosPerSecond: null });
  expect(arithmetic.loadingBound).toBe(false);
  expect(arithmetic.seconds).toBeLessThan(15 * 60);
  const both = timeOf(phases, { flopsPerSecond: 1e13, photosPerSecond: 142 });
  expect(both).toMatchObject({ loadingBound: true });
  expect(both.seconds / 60).toBeCloseTo(photos / 142 / 60, 0);
});

test('each phase waits for its own: quick decoders leave the arithmetic', () => {
  const phases = [
    { flops: 100, images: 10 },
    { flops: 10, images: 100 },
  ];
  expect(timeOf(phases, { flopsPerSecond: 1, photosPerSecond: 1 })).toEqual({ seconds: 200, loadingBound: false });
  expect(timeOf(phases, { flopsPerSecond: 10, photosPerSecond: 1 })).toEqual({ seconds: 110, loadingBound: true });
  expect(timeOf(phases, { flopsPerSecond: 1, photosPerSecond: 1e9 })).toMatchObject({ loadingBound: false });
});
