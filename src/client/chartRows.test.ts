import { expect, test } from 'vitest';
import type { ExperimentRow, SweepPoint } from '../engine/base/records';
import { classRows, dotRows, shownClasses } from './chartRows';

const pointOf = (size: number, classes: (number | null)[]) => ({ size, classes }) as unknown as SweepPoint;

test('classes are drawn by size, and those without photos left out', () => {
  expect(classRows([pointOf(64, [0.5, null, 1])])).toEqual([{ size: 64, 0: 50, 2: 100 }]);
});

test('of many classes those are shown whose accuracy differs most between sizes, in their order', () => {
  const points = [pointOf(64, [0.5, null, 0.1, 0.2, 0.9]), pointOf(96, [0.5, null, 0.4, 0.9, 0.8])];
  expect(shownClasses(points, 2)).toEqual([2, 3]);
  expect(shownClasses(points, 8)).toEqual([0, 2, 3, 4]);
  expect(shownClasses([], 8)).toEqual([]);
});

test('an experiment’s lines say their size only where sizes differ', () => {
  const row = (name: string, testSize: number, views: ExperimentRow['views'] = null): ExperimentRow => {
    const score = { loss: 1, accuracy: 0.5, correct: 50, count: 100 };
    return { name, views, trainSize: 64, testSize, score, changed: null, epochs: 0, note: null };
  };
  const [plain, tuned] = dotRows([row('nothing', 64), row('the classifier', 64, 'test')]);
  expect([plain!.label, tuned!.label]).toEqual(['nothing', 'the classifier, test views']);
  expect(tuned!.kind).toBe('test');
  // Wilson's interval of 50 in 100: 40.4 to 59.6 %.
  expect(plain!.reach[0]).toBeCloseTo(9.6, 1);
  const labels = dotRows([row('nothing', 64), row('nothing', 96)]).map(({ label }) => label);
  expect(labels).toEqual(['nothing, tested at 64 px', 'nothing, tested at 96 px']);
});
