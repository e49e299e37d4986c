import { expect, test } from 'vitest';
import { scaleOf } from './schedule';

test('step decay divides by ten every 30 of 120 epochs, and scaled to the epochs of the run', () => {
  const rates = [1, 30, 31, 60, 61, 90, 91, 120].map((epoch) => scaleOf('step', epoch, 120));
  [1, 1, 0.1, 0.1, 0.01, 0.01, 0.001, 0.001].forEach((rate, i) => expect(rates[i]).toBeCloseTo(rate, 12));
  const short = [1, 2, 3, 4].map((epoch) => scaleOf('step', epoch, 4));
  [1, 0.1, 0.01, 0.001].forEach((rate, i) => expect(short[i]).toBeCloseTo(rate, 12));
});

test('without a schedule the learning rate stays', () => {
  expect([1, 5, 10].map((epoch) => scaleOf('none', epoch, 10))).toEqual([1, 1, 1]);
});
