import { expect, test } from 'vitest';
import { SmoothedLoss } from './smoothedLoss';

test('the first loss is shown as it is, and later ones by fastai’s average', () => {
  const smoothed = new SmoothedLoss();
  expect(smoothed.value).toBeNaN();
  smoothed.add(2);
  expect(smoothed.value).toBeCloseTo(2, 12);
  smoothed.add(1);
  // 0.98 · 0.02 · 2 + 0.02 · 1 over 1 - 0.98².
  expect(smoothed.value).toBeCloseTo(0.0592 / 0.0396, 12);
  for (let i = 0; i < 2000; i++) smoothed.add(0.5);
  expect(smoothed.value).toBeCloseTo(0.5, 12);
});

test('a loss far above guessing on average has exploded; one of the first steps, or a single one later, has not', () => {
  const few = new SmoothedLoss(undefined, 100);
  for (let i = 0; i < 9; i++) few.add(1e6);
  const calm = new SmoothedLoss(undefined, 100);
  for (let i = 0; i < 100; i++) calm.add(1);
  calm.add(1000);
  const growing = () => {
    for (let i = 0; i < 20; i++) calm.add(2 ** i);
  };
  expect(growing).toThrow(/The loss exploded: it has come to \d+ on average/);
});
