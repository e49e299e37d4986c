import { expect, test } from 'vitest';
import { normals } from './normals';
import { fork } from './rng';

const COUNT = 400_000;

/** Normal distribution function by Zelen and Severo's formula, error below 7.5e-8. */
function below(x: number): number {
  if (x < 0) return 1 - below(-x);
  const t = 1 / (1 + 0.2316419 * x);
  const sum = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return 1 - (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * sum;
}

test('the values are distributed as the normal distribution, tails included', () => {
  const sorted = normals(fork(3), COUNT, 1).sort();
  const distance = sorted.reduce((most, x, i) => Math.max(most, Math.abs((i + 0.5) / COUNT - below(x))), 0);
  // Kolmogorov: one sample in ten thousand is farther away.
  expect(distance).toBeLessThan(2.23 / Math.sqrt(COUNT));
  const beyond = sorted.filter((x) => Math.abs(x) > 3.5).length;
  const expected = 2 * COUNT * below(-3.5);
  expect(Math.abs(beyond - expected)).toBeLessThan(4 * Math.sqrt(expected));
});

test('mean, deviation and independence of neighbours', () => {
  const values = normals(fork(4), COUNT, 0.5);
  const mean = values.reduce((sum, x) => sum + x, 0) / COUNT;
  const variance = values.reduce((sum, x) => sum + x * x, 0) / COUNT;
  const neighbours = values.reduce((sum, x, i) => sum + x * (values[i + 1] ?? 0), 0) / COUNT / variance;
  expect(Math.abs(mean)).toBeLessThan((4 * 0.5) / Math.sqrt(COUNT));
  expect(Math.abs(variance / 0.25 - 1)).toBeLessThan(4 * Math.sqrt(2 / COUNT));
  expect(Math.abs(neighbours)).toBeLessThan(4 / Math.sqrt(COUNT));
});

test('the same stream gives the same values', () => {
  expect(normals(fork(5, 1), 100, 1)).toEqual(normals(fork(5, 1), 100, 1));
  expect(normals(fork(5, 1), 100, 1)).not.toEqual(normals(fork(5, 2), 100, 1));
});
