import { expect, test } from 'vitest';
import { distanceTo, neighbourhoodOf, quantile } from './nearest';

test('the distance is to the fifth nearest, whatever the lengths', () => {
  // Angles in degrees, of vectors of many lengths.
  const at = (degrees: number, length: number) => [
    length * Math.cos((degrees * Math.PI) / 180),
    length * Math.sin((degrees * Math.PI) / 180),
  ];
  const features = Float32Array.from([80, 10, 20, 40, 30, 50, 70].flatMap((angle, i) => at(angle, i + 1)));
  const near = neighbourhoodOf(features, 2);
  // The fifth nearest of 0° is at 50°: a chord of 2 sin(25°).
  expect(distanceTo(near, Float32Array.from(at(0, 9)))).toBeCloseTo(2 * Math.sin((25 * Math.PI) / 180), 5);
  expect(distanceTo(neighbourhoodOf(features.subarray(0, 4), 2), Float32Array.from(at(0, 1)))).toBeCloseTo(
    2 * Math.sin((40 * Math.PI) / 180),
    5,
  );
});

test('features of zeros are no number’s cause', () => {
  const near = neighbourhoodOf(new Float32Array(4), 2);
  expect(distanceTo(near, new Float32Array(2))).toBeCloseTo(Math.SQRT2, 6);
});

test('a quantile is one of the distances, of which that share is no larger', () => {
  const distances = Array.from({ length: 100 }, (_, i) => 100 - i);
  expect(quantile(distances, 0.95)).toBe(95);
  expect(quantile([3], 0.95)).toBe(3);
});
