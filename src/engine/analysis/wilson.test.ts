import { expect, test } from 'vitest';
import { wilsonInterval } from './wilson';

test('matches published values', () => {
  // Newcombe (1998), table I: 81 of 263 and 15 of 148.
  const first = wilsonInterval(81, 263);
  expect(first.low).toBeCloseTo(0.2553, 4);
  expect(first.high).toBeCloseTo(0.3662, 4);
  const second = wilsonInterval(15, 148);
  expect(second.low).toBeCloseTo(0.0624, 4);
  expect(second.high).toBeCloseTo(0.1605, 4);
});

test('stays inside [0, 1] at the edges', () => {
  expect(wilsonInterval(0, 20).low).toBe(0);
  expect(wilsonInterval(20, 20).high).toBe(1);
  expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
});
