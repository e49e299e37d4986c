import { expect, test } from 'vitest';
import { fork, permutation } from '../base/rng';
import { correlation, exactGroups, nearGroups as near } from './duplicates';

const all = () => true;
const nearGroups = (fingerprints: Uint32Array) => near(fingerprints, { has: all, same: [], alike: all });
const words = (...fingerprints: bigint[]) =>
  Uint32Array.from(fingerprints.flatMap((one) => [Number(one >> 32n), Number(one & 0xffffffffn)]));

test('equal hashes make a group, whatever lies between them', () => {
  expect(exactGroups(words(7n, 1n << 40n, 7n, 3n, 1n << 40n, 7n), all)).toEqual([
    [0, 2, 5],
    [1, 4],
  ]);
  expect(exactGroups(words(7n, 7n, 7n), (photo) => photo !== 1)).toEqual([[0, 2]]);
});

test('fingerprints that differ in four bits anywhere are near, in five are not', () => {
  const base = 0x0123456789abcdefn;
  // Whichever bits they are, in either half and across the blocks' borders.
  const orders = Array.from({ length: 200 }, (_, i) => permutation(fork(3, i), 64));
  for (const order of orders) {
    const flipped = (bits: number) =>
      [...order.subarray(0, bits)].reduce((word, bit) => word ^ (1n << BigInt(bit)), base);
    expect(nearGroups(words(base, flipped(4)))).toEqual([[0, 1]]);
    expect(nearGroups(words(base, flipped(5)))).toEqual([]);
  }
});

test('a chain of near photos is one group, and thousands of one picture are soon found', () => {
  expect(nearGroups(words(0n, 0b1111n, 0b11111111n, 0xffffffffn))).toEqual([[0, 1, 2]]);
  const same = words(...Array.from({ length: 20_000 }, (_, i) => BigInt(i % 2) << 63n));
  const groups = exactGroups(same, all);
  expect(near(same, { has: all, same: groups, alike: all }).map(({ length }) => length)).toEqual([20_000]);
  // Those that look otherwise than their fingerprints stay apart, but for those that are known to be the same.
  expect(near(same, { has: all, same: groups, alike: () => false })).toHaveLength(2);
});

test('correlation is NumPy’s', () => {
  // numpy.corrcoef, version 1.24.
  expect(correlation([3, 1, 4, 1, 5, 9], [2, 7, 1, 8, 2, 8])).toBeCloseTo(-0.006692445047241785, 12);
  expect(correlation([1, 2, 3], [10, 20, 30])).toBeCloseTo(1, 12);
  expect(correlation([5, 5, 5], [1, 2, 3])).toBe(0);
});
