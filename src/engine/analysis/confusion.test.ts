import { expect, test } from 'vitest';
import { classAccuracies, confusionMatrix, mcnemar, wonAndLost } from './confusion';

const LABELS = [0, 0, 0, 1, 1];

test('rows are labels, columns predictions', () => {
  const matrix = confusionMatrix(LABELS, [0, 1, 0, 1, 2], 3);
  expect(matrix).toEqual([
    [2, 1, 0],
    [0, 1, 1],
    [0, 0, 0],
  ]);
  expect(classAccuracies(matrix)).toEqual([2 / 3, 1 / 2, null]);
});

test('photos are won and lost by class', () => {
  expect(wonAndLost(LABELS, [0, 1, 0, 0, 2], [1, 0, 0, 1, 0], 2)).toEqual([
    { won: [1], lost: [0] },
    { won: [3], lost: [] },
  ]);
});

test('McNemar’s exact test gives published values', () => {
  // Fagerland, Lydersen & Laake (2013), table 2: 1 against 7.
  expect(mcnemar(7, 1)).toBeCloseTo(0.0703, 4);
  // Agresti, Categorical Data Analysis, approval of the prime minister: 86 against 150, summed over whole numbers.
  expect(mcnemar(86, 150)).toBeCloseTo(3.715936139571442e-5, 12);
});

test('McNemar’s test at the edges', () => {
  expect(mcnemar(0, 0)).toBe(1);
  expect(mcnemar(12, 12)).toBe(1);
  expect(mcnemar(3, 4)).toBeCloseTo(1, 12);
  expect(mcnemar(0, 5)).toBeCloseTo(2 / 32, 12);
  expect(mcnemar(2000, 3000)).toBeGreaterThan(0);
  expect(mcnemar(2000, 3000)).toBeLessThan(1e-40);
  expect(mcnemar(4, 9)).toBe(mcnemar(9, 4));
});
