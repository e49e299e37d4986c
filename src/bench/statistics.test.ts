import { expect, test } from 'vitest';
import { meanInterval, median, significant, slope } from './statistics';

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

test('a slope is a share of the mean, and has an interval', () => {
  const line = Array.from({ length: 40 }, (_, x) => ({ x, y: 80.5 + x }));
  expect(slope(line)).toEqual({ slope: 0.01, interval95: [0.01, 0.01] });
  // By NumPy's polyfit and its covariance.
  const measured = [826, 799, 811, 834, 831, 816, 826, 834, 799, 789, 818, 820, 876, 882, 811, 793];
  const points = [...measured, ...measured].map((y, i) => ({ x: i / 20, y }));
  expect(slope(points)).toEqual({ slope: 0.00541, interval95: [-0.0183, 0.0291] });
});
