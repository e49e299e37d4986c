import { expect, test } from 'vitest';
import { cdfAlong, cdfEnd, shareUpTo } from './cdf';

const cdf = [
  { x: 0, p: 0.2 },
  { x: 1, p: 0.6 },
  { x: 3, p: 0.996 },
  { x: 9, p: 1 },
];

test('between two points lie straight lines, before the first nothing, behind the last all', () => {
  expect([-1, 0, 0.5, 1, 2, 9, 20].map((x) => shareUpTo(cdf, x))).toEqual([0, 0.2, 0.4, 0.6, 0.798, 1, 1]);
});

test('it ends where nearly all values lie below, and is drawn evenly up to there', () => {
  expect(cdfEnd(cdf)).toBe(3);
  expect(cdfEnd([])).toBe(0);
  expect(cdfEnd([{ x: 2, p: 0.5 }])).toBe(2);
  expect(cdfAlong(cdf, 2, 3)).toEqual([
    { x: 0, p: 0.2 },
    { x: 1, p: 0.6 },
    { x: 2, p: 0.798 },
  ]);
});
