import { expect, test } from 'vitest';
import { appendSteps, binned, CAPACITY, EMPTY_SERIES, type Series, thinned } from './series';

const step = (globalStep: number) => ({ globalStep, epoch: 1, loss: globalStep, accuracy: globalStep % 2 });

test('keeps every step while there is room', () => {
  const series = appendSteps(appendSteps(EMPTY_SERIES, [step(1), step(2)]), [step(3)]);
  expect(series.stride).toBe(1);
  expect(series.points.map((p) => p.step)).toEqual([1, 2, 3]);
  expect(EMPTY_SERIES.points).toHaveLength(0);
});

test('a million steps stay within the capacity, and keep their mean', () => {
  const total = 1_000_000;
  const portion = 1000;
  let series: Series = EMPTY_SERIES;
  for (let first = 1; first <= total; first += portion) {
    series = appendSteps(
      series,
      Array.from({ length: portion }, (_, i) => step(first + i)),
    );
  }
  expect(series.points.length).toBeLessThanOrEqual(CAPACITY);
  expect(series.points.length).toBeGreaterThanOrEqual(CAPACITY / 2);
  const count = series.points.reduce((sum, p) => sum + p.count, 0);
  expect(count).toBe(total);
  const mean = series.points.reduce((sum, p) => sum + p.loss * p.count, 0) / count;
  expect(mean).toBeCloseTo((total + 1) / 2, 3);
  expect(series.points.at(-1)!.step).toBe(total);
  expect(series.points.slice(0, -1).every((p) => p.count === series.stride)).toBe(true);
});

test('binning takes means of neighbours, and leaves a short series as it is', () => {
  const series = appendSteps(
    EMPTY_SERIES,
    Array.from({ length: 301 }, (_, i) => step(i + 1)),
  );
  const few = binned(series, 150);
  expect(few.stride).toBe(3);
  expect(few.points).toHaveLength(101);
  expect(few.points[0]).toEqual({ step: 3, loss: 2, accuracy: 2 / 3, count: 3 });
  expect(few.points.at(-1)).toEqual({ step: 301, loss: 301, accuracy: 1, count: 1 });
  expect(binned(series, 301)).toBe(series);
});

test('thinning keeps both ends', () => {
  const items = Array.from({ length: 1001 }, (_, i) => i);
  const few = thinned(items, 500);
  expect(few).toHaveLength(500);
  expect(few[0]).toBe(0);
  expect(few.at(-1)).toBe(1000);
  expect(thinned(few, 500)).toBe(few);
});
