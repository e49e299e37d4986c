import { expect, test } from 'vitest';
import { spreadOf, studentT } from './seedSpread';

test('the quantiles are SciPy’s', () => {
  // scipy.stats.t.ppf(0.975, d)
  const expected = [
    [1, 12.706204736],
    [2, 4.30265273],
    [3, 3.182446305],
    [4, 2.776445105],
    [5, 2.570581837],
    [9, 2.262157163],
    [10, 2.228138852],
    [30, 2.042272456],
  ] as const;
  for (const [degrees, quantile] of expected) expect(studentT(0.95, degrees)).toBeCloseTo(quantile, 8);
});

test('mean and interval are SciPy’s', () => {
  const { count, mean, deviation, low, high } = spreadOf([0.711, 0.742, 0.698, 0.725]);
  expect(count).toBe(4);
  expect(mean).toBeCloseTo(0.719, 12);
  expect(deviation).toBeCloseTo(0.018885620632287076, 12);
  // scipy.stats.t.interval(0.95, 3, loc=mean, scale=stats.sem(values))
  expect(low).toBeCloseTo(0.6889487631978889, 9);
  expect(high).toBeCloseTo(0.749051236802111, 9);
});

test('a single value has no interval, equal ones have none to speak of', () => {
  expect(spreadOf([0.5])).toEqual({ count: 1, mean: 0.5, deviation: null, low: null, high: null });
  expect(spreadOf([0.5, 0.5])).toMatchObject({ mean: 0.5, deviation: 0, low: 0.5, high: 0.5 });
});
