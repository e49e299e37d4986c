import { expect, test } from 'vitest';
import { meanInterval, median, significant } from './statistics';

test('medians', () => {
  expect(median([3])).toBe(3);
  expect(median([10, 1, 2])).toBe(2);
  expect(median([1, 100, 3, 2])).toBe(2.5);
  expect(() => median([])).toThrow(RangeError);
});

test('digits', () => {
  expect(significant(1234.567)).toBe(1235);
  expect(significant(0.000123456, 2)).toBe(0.00012);
});

test('a mean has an interval from two values on', () => {
  expect(meanInterval([4])).toEqual({ mean: 4, interval95: null });
  // Standard error 1 / sqrt(3), times 4.303.
  expect(meanInterval([1, 2, 3])).toEqual({ mean: 2, interval95: [-0.4843, 4.484] });
});
