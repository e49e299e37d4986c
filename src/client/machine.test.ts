import { expect, test } from 'vitest';
import { benchmarkWords, referenceWords } from './machine';

test('a measurement in words: a rate, how it came about, and the whole run', () => {
  const quick = {
    imagesPerSecond: 183.2,
    flopsPerSecond: 4.5e12,
    measured: { rows: 64, size: 224 },
    loading: { photosPerSecond: 412.3, from: 'open photos' as const },
    blogSeconds: 1260,
    loadingBound: false,
  };
  expect(benchmarkWords(quick)).toBe(
    'Trains ResNet-50 at 224 px on 183 images a second (measured with 64 photos at once). Loads 412 photos a second (the open ones). The full run would take about 21 min.',
  );
  const waiting = { ...quick, loading: { photosPerSecond: 142, from: 'sample' as const }, blogSeconds: 2441 };
  expect(benchmarkWords({ ...waiting, loadingBound: true })).toMatch(
    /Loads 142 photos a second \(the sample’s\)\. The full run would take about 41 min, most of it waiting for photos\.$/,
  );
  const slow = {
    ...quick,
    imagesPerSecond: 0.0412,
    flopsPerSecond: 1e9,
    measured: { rows: 4, size: 64 },
    loading: null,
    blogSeconds: 5.4e6,
  };
  expect(benchmarkWords(slow)).toContain('on 0.041 images a second (worked out from 4 photos of 64 px');
  expect(benchmarkWords(slow)).toContain('How fast photos load could not be measured.');
  expect(benchmarkWords(slow)).toContain('about 63 d');
});

test('the first screen says what the full run takes here, and what is chosen in its place', () => {
  expect(referenceWords({ speed: null, measuring: false, quick: false })).toBe('');
  expect(referenceWords({ speed: null, measuring: true, quick: true })).toMatch(/being measured … The quick look is/);
  const speed = { flopsPerSecond: 1e9, blogSeconds: 740_000, loadingBound: false };
  expect(referenceWords({ speed, measuring: false, quick: true })).toBe(
    'The full run, ResNet-50 on 21,397 photos, takes about 8 d 14 h here. The quick look is chosen, which takes minutes.',
  );
  expect(referenceWords({ speed: { ...speed, loadingBound: true }, measuring: false, quick: false })).toContain(
    'here, most of it waiting for photos.',
  );
});
