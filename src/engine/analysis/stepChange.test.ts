import { expect, test } from 'vitest';
import { readConfusion, stepChange } from './stepChange';

const LABELS = [0, 0, 0, 1, 1, 2];
const BEFORE = [0, 1, 1, 1, 0, -1];
const AFTER = [0, 0, 2, 0, 0, 2];

test('won and lost photos are told by class', () => {
  const change = stepChange(LABELS, BEFORE, AFTER, 4);
  expect(change.classes).toEqual([
    { count: 3, before: 1, after: 2, won: [1], lost: [] },
    { count: 2, before: 1, after: 0, won: [], lost: [3] },
    { count: 1, before: 0, after: 1, won: [5], lost: [] },
    { count: 0, before: 0, after: 0, won: [], lost: [] },
  ]);
  // Two against one: as even as three can be.
  expect([change.won, change.lost, change.p]).toEqual([2, 1, 1]);
});

test('photos that could not be read are in no confusion matrix', () => {
  expect(readConfusion(LABELS, BEFORE, 3)).toEqual([
    [1, 2, 0],
    [1, 1, 0],
    [0, 0, 0],
  ]);
});
