import { expect, test } from 'vitest';
import { seedStudy } from '../testing/seeds';
import { seedChart, seedMeasureTable } from './seedRows';

test('a chart has the mean, its interval within the scale, and each seed', () => {
  const chart = seedChart(seedStudy([42, 43, 44]), 'sweep')!;
  const { mean, band, s0, s1, s2 } = chart.rows[0]!;
  expect([s0, s1, s2]).toEqual([60, 62, 64]);
  expect(mean).toBeCloseTo(62, 9);
  // 4.3027 · 2 / √3
  expect(band![0]).toBeCloseTo(62 - 4.968, 3);
  expect(chart.table.columns).toEqual(['Test resolution', 'Mean and 95 % interval', 'Seed 42', 'Seed 43', 'Seed 44']);
  expect(chart.table.rows[0]).toEqual(['64 px', '62.0 %, 57.0 to 67.0 %', '60.0 %', '62.0 %', '64.0 %']);
});

test('a single seed has no interval, and no run has no chart', () => {
  const chart = seedChart(seedStudy([42]), 'baseline')!;
  expect(chart.rows[0]).not.toHaveProperty('band');
  expect(seedChart(null, 'baseline')).toBeNull();
  expect(seedChart({ ...seedStudy([42]), done: [] }, 'sweep')).toBeNull();
});

test('gains are told in points with their signs', () => {
  const { rows, data } = seedMeasureTable(seedStudy([42, 43, 44]), 'finetune');
  expect(rows[1]).toEqual([
    'Fine-tuned over the baseline',
    '+10.0, +10.0 to +10.0 points',
    '+10.0 points',
    '+10.0 points',
    '+10.0 points',
  ]);
  expect(data.columns).toEqual(['Measured', 'mean', 'low', 'high', 'seed 42', 'seed 43', 'seed 44']);
});
