import { expect, test } from 'vitest';
import { fork, permutation } from './rng';

const first = (...path: [number, ...number[]]) => fork(...path).uniform();

test('a fork depends on its seed and on every part of its path', () => {
  expect(first(1, 2, 3)).toBe(first(1, 2, 3));
  const seen = new Set([first(1, 2, 3), first(1, 3, 2), first(2, 2, 3), first(1, 2), first(1, 2, 3, 0), first(0)]);
  expect(seen.size).toBe(6);
});

test('uniform, integer and normal have the moments of their distributions', () => {
  const rng = fork(7);
  const n = 200_000;
  let sum = 0;
  let normalSum = 0;
  let normalSquares = 0;
  const counts = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    sum += rng.uniform();
    const z = rng.normal();
    normalSum += z;
    normalSquares += z * z;
    counts[rng.integer(0, 2)]!++;
  }
  expect(sum / n).toBeCloseTo(0.5, 2);
  expect(normalSum / n).toBeCloseTo(0, 1);
  expect(normalSquares / n).toBeCloseTo(1, 1);
  for (const count of counts) expect(count / n).toBeCloseTo(1 / 3, 2);
});

test('a permutation holds every index once', () => {
  const order = permutation(fork(3, 1), 1000);
  expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, i) => i));
  expect([...order]).not.toEqual(Array.from({ length: 1000 }, (_, i) => i));
});
