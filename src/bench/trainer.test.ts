import { expect, test } from 'vitest';
import { repeatedNoise } from '../engine/check/stepInputs';

test('noise repeats after a prime period, to the last value', () => {
  const values = repeatedNoise(1, 350_000, -0.5);
  expect(values[99_991]).toBe(values[0]);
  expect(values[349_999]).toBe(values[349_999 - 3 * 99_991]);
  expect(values[100_000]).not.toBe(values[0]);
  expect(Math.min(...values.subarray(0, 1000))).toBeGreaterThanOrEqual(-0.5);
  expect(values.filter((value) => value === 0)).toHaveLength(0);
});
