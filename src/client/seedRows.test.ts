import { expect, test } from 'vitest';
import { seedStudy } from '../testing/seeds';
import { seedChartsOf, seedDots, seedMeasureTable, seedPairs, valuesIn } from './seedRows';

const CLASSES = ['a', 'b', 'c', 'd', 'e'];
const study = seedStudy([42, 43, 44]);
const chartOf = (run: 'baseline' | 'sweep' | 'finetune', id: string, of = study) =>
  seedChartsOf(of, run, CLASSES).find(({ chart }) => chart.id === id)!;

test('a chart has the mean, its interval within the scale, and each seed, in percent', () => {
  const { rows, table } = chartOf('sweep', 'accuracy');
  const { x, ['m0']: m0, ['b0']: b0, ...seeds } = rows[0]!;
  expect(seeds).toEqual({ 'v0-0': 60, 'v0-1': 62, 'v0-2': 64 });
  expect([x, m0]).toEqual([64, 62]);
  // 4.3027 · 2 / √3
  expect(b0![0]).toBeCloseTo(62 - 4.968, 3);
  expect(table.columns).toEqual(['Test resolution, px', 'Mean and 95 % interval', 'Seed 42', 'Seed 43', 'Seed 44']);
  expect(table.rows[0]).toEqual([64, '62.0 %, 57.0 to 67.0 %', '60.0 %', '62.0 %', '64.0 %']);
});

test('curves beside one another share their rows, and the table says which is which', () => {
  const { rows, table } = chartOf('baseline', 'loss');
  expect(rows[1]).toMatchObject({
    x: 2,
    m0: expect.closeTo(1.38),
    m1: expect.closeTo(1.3),
    'v0-2': expect.closeTo(1.36),
  });
  expect(table.rows[0]).toEqual(['validation', 1, '1.480, 1.430 to 1.530', '1.500', '1.480', '1.460']);
  expect(table.rows.at(-1)!.slice(0, 2)).toEqual(['training', 5]);
  expect(Math.max(...valuesIn(rows, [1], 3))).toBeCloseTo(1.4, 9);
});

test('confidence is read in percent', () => {
  const { rows } = chartOf('finetune', 'calibration');
  expect(rows).toHaveLength(1);
  expect(rows[0]!.x).toBeCloseTo(63.33, 2);
  expect(rows[0]!['m0']).toBeCloseTo(77, 9);
});

test('a single seed has no interval, and no run has no chart', () => {
  expect(chartOf('baseline', 'accuracy', seedStudy([42])).rows[0]).not.toHaveProperty('b0');
  expect(seedChartsOf(null, 'baseline', CLASSES)).toEqual([]);
  expect(seedChartsOf({ ...study, done: [] }, 'sweep', CLASSES)).toEqual([]);
});

test('gains are told in points with their signs', () => {
  const { rows, data } = seedMeasureTable(study, 'finetune');
  expect(rows[1]).toEqual([
    'Fine-tuned over the baseline',
    '+10.0, +10.0 to +10.0 points',
    '+10.0 points',
    '+10.0 points',
    '+10.0 points',
  ]);
  expect(data.columns).toEqual(['Measured', 'mean', 'low', 'high', 'seed 42', 'seed 43', 'seed 44']);
});

test('accuracies stand side by side, with their seeds', () => {
  const dots = seedDots(study, ['baseline', 'finetune']);
  expect(dots.map(({ label }) => label)).toEqual(['Baseline, best epoch', 'Fine-tuned, best epoch']);
  expect(dots[1]).toMatchObject({ accuracy: expect.closeTo(72), seeds: [70, 72, 74] });
  expect(dots[1]!.reach[0]).toBeCloseTo(4.968, 3);
  expect(seedDots(study, ['trainTest'])).toHaveLength(16);
});

test('a table of sizes has means, each with half of its interval', () => {
  const pairs = seedPairs(study, 'trainTest');
  expect(pairs).toHaveLength(16);
  expect(pairs[1]).toEqual({
    name: 'as trained',
    trainSize: 64,
    testSize: 96,
    accuracy: expect.closeTo(0.55),
    text: '55.0 ± 5.0 %',
  });
  expect(seedPairs(seedStudy([42]), 'trainTest')[1]!.text).toBe('53.0 %');
});
