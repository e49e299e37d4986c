import { expect, test } from 'vitest';
import { fork, hash128, permutation } from './rng';

const first = (...path: [number, ...number[]]) => fork(...path).uniform();

test('a fork depends on its seed and on every part of its path', () => {
  expect(first(1, 2, 3)).toBe(first(1, 2, 3));
  const seen = new Set([first(1, 2, 3), first(1, 3, 2), first(2, 2, 3), first(1, 2), first(1, 2, 3, 0), first(0)]);
  expect(seen.size).toBe(6);
});

// Paths of 32 bits put whole epochs on one another: with seed 11805, 15,270 views of one were those of another, moved on.
test.each([42, 11_805])('no two of the 171,180 views of the blog’s run come from one stream (seed %i)', (seed) => {
  const [PHOTOS, EPOCHS] = [17_118, 10];
  const seen = new Set<number>();
  for (let epoch = 1; epoch <= EPOCHS; epoch++)
    for (let index = 0; index < PHOTOS; index++) seen.add(first(seed, epoch, index));
  expect(seen.size).toBe(EPOCHS * PHOTOS);
});

test('a path is hashed as MurmurHash3 does it', () => {
  // By the reference's formulas, written down anew in Python.
  const unsigned = (words: readonly number[]) => hash128(words).map((word) => word >>> 0);
  expect(unsigned([1, 2, 3, 4])).toEqual([936832535, 1028276893, 1035705367, 1533327389]);
  expect(unsigned([2, 42, 1, 17_117, 0xffffffff, 0, 7, 2 ** 31])).toEqual([
    4234898394, 1515578408, 733283155, 3346196813,
  ]);
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
