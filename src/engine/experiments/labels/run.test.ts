import { expect, test } from 'vitest';
import type { Sample } from '../../dataset/types';
import { foldsOf } from './run';

test('every fold has as many photos of each class as can be, and the same ones for the same seed', () => {
  const samples = Array.from({ length: 53 }, (_, i): Sample => ({
    path: `${i}`,
    imageId: `${i}`,
    label: i % 3 === 0 ? 0 : 1,
  }));
  const folds = foldsOf(samples, 5, 7);
  for (const label of [0, 1]) {
    const counts = [0, 1, 2, 3, 4].map(
      (fold) => samples.filter((one, i) => one.label === label && folds[i] === fold).length,
    );
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
  }
  const sizes = [0, 1, 2, 3, 4].map((fold) => folds.filter((one) => one === fold).length);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  expect(foldsOf(samples, 5, 7)).toEqual(folds);
  expect(foldsOf(samples, 5, 8)).not.toEqual(folds);
});
