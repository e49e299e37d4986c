import { expect, test } from 'vitest';
import type { Sample } from '../dataset/types';
import { drawFolds, givenFolds } from './folds';

const sample = (i: number, more: Partial<Sample> = {}): Sample => ({
  path: `${i}`,
  imageId: `${i}`,
  label: 0,
  ...more,
});
const sizesOf = (folds: Int32Array, count: number) =>
  Array.from({ length: count }, (_, fold) => folds.filter((one) => one === fold).length);
const range = (values: readonly number[]) => Math.max(...values) - Math.min(...values);

test('every fold has as many photos of each class as can be, and the same ones for the same seed', () => {
  const samples = Array.from({ length: 53 }, (_, i) => sample(i, { label: i % 3 === 0 ? 0 : 1 }));
  const { of: folds } = drawFolds(samples, 5, 7);
  for (const label of [0, 1]) {
    const own = folds.filter((_, i) => samples[i]!.label === label);
    expect(range(sizesOf(own, 5))).toBeLessThanOrEqual(1);
  }
  expect(range(sizesOf(folds, 5))).toBeLessThanOrEqual(1);
  expect(drawFolds(samples, 5, 7).of).toEqual(folds);
  expect(drawFolds(samples, 5, 8).of).not.toEqual(folds);
});

test('photos of a group are in one fold, and folds are alike in their classes all the same', () => {
  // Thirty patients with one to four photos each, of one class each; two photos of nobody.
  const samples = Array.from({ length: 30 }, (_, patient) =>
    Array.from({ length: 1 + (patient % 4) }, (__, i) =>
      sample(10 * patient + i, { group: `p${patient}`, label: patient % 2 }),
    ),
  ).flat();
  samples.push(sample(1000), sample(1001));
  const { of: folds, count } = drawFolds(samples, 4, 7);
  expect(count).toBe(4);
  const foldsOfGroup = new Map<string, Set<number>>();
  samples.forEach(({ group, path }, i) => {
    const key = group ?? path;
    foldsOfGroup.set(key, (foldsOfGroup.get(key) ?? new Set()).add(folds[i]!));
  });
  expect([...foldsOfGroup.values()].every(({ size }) => size === 1)).toBe(true);
  for (const label of [0, 1]) {
    const own = folds.filter((_, i) => samples[i]!.label === label);
    expect(range(sizesOf(own, 4))).toBeLessThanOrEqual(3);
  }
});

test('a folder’s own folds are kept; what is in none always trains', () => {
  const samples = ['1', '0', undefined, '1', '2'].map((fold, i) => sample(i, fold === undefined ? {} : { fold }));
  expect(givenFolds(samples)).toEqual({ count: 3, names: ['0', '1', '2'], of: Int32Array.from([1, 0, -1, 1, 2]) });
  const many = Array.from({ length: 12 }, (_, i) => sample(i, { fold: `fold_${i}` }));
  expect(givenFolds(many)?.names.slice(0, 3)).toEqual(['fold_0', 'fold_1', 'fold_2']);
  expect(givenFolds([sample(0), sample(1)])).toBeNull();
  expect(givenFolds([sample(0, { fold: '1' }), sample(1, { fold: '1' })])).toBeNull();
});
