import { expect, test } from 'vitest';
import { cdfDistances } from './cdfDistance';

const cdf = (...points: [number, number][]) => points.map(([x, p]) => ({ x, p }));

test('distances are NumPy’s on a dense grid', () => {
  const a = cdf([0, 0.1], [0.5, 0.4], [1, 0.8], [2, 1]);
  const b = cdf([0, 0.3], [0.4, 0.35], [1.5, 0.7], [3, 1]);
  // np.interp on 3,000,001 points, np.abs(a - b).max() and np.trapz
  const { ks, w1 } = cdfDistances(a, b);
  expect(ks).toBeCloseTo(0.25909090909090926, 9);
  expect(w1).toBeCloseTo(0.4268548387, 6);
  expect(cdfDistances(b, a)).toEqual({ ks, w1 });
});

test('a distribution is at no distance from itself, and nothing has none', () => {
  const a = cdf([0, 0.5], [1, 1]);
  expect(cdfDistances(a, a)).toEqual({ ks: 0, w1: 0 });
  expect(cdfDistances([], [])).toEqual({ ks: 0, w1: 0 });
});
