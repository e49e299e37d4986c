import { expect, test } from 'vitest';
import golden from '../../testing/golden/pairedMetric.json' with { type: 'json' };
import type { MetricChange } from '../base/records';
import { classMetrics } from './classMetrics';
import { confusionMatrix } from './confusion';
import { compareByMetric } from './pairedMetric';

const METRICS = ['balancedAccuracy', 'macroF1'] as const;
/** Of the draws: 10,000 for p, 2,000 for the interval. */
const PERMUTATIONS = 10_000;
const FIVE_SIGMAS = 5;

test('differences, intervals and p are those of scikit-learn’s metrics in an independent program, but for chance', () => {
  for (const { classes, metrics, ...answers } of golden.cases) {
    for (const { by, difference, low, high, p } of metrics) {
      const found = compareByMetric(answers, classes, by as MetricChange['by']);
      expect(found.difference).toBeCloseTo(difference, 12);
      expect(Math.abs(found.p - p)).toBeLessThan(FIVE_SIGMAS * Math.sqrt((p * (1 - p)) / PERMUTATIONS) + 1e-3);
      // The 2.5 % quantile of 2,000 draws is known to 0.06 standard deviations of theirs, of which an interval is four wide.
      for (const end of ['low', 'high'] as const)
        expect(Math.abs(found[end] - { low, high }[end])).toBeLessThan(0.075 * (high - low));
    }
  }
});

test.each(METRICS)('identical predictions differ by nothing in %s, for certain', (by) => {
  const labels = [0, 0, 1, 1, 2];
  const before = [0, 1, 1, 1, 0];
  const same = compareByMetric({ labels, before, after: [...before] }, 3, by);
  expect(same).toEqual({ by, difference: 0, low: 0, high: 0, p: 1 });
});

test.each(METRICS)('p of few photos is the share of all exchanges that make as large a difference in %s', (by) => {
  const labels = [0, 0, 0, 0, 1, 1, 1, 2, 2, 2];
  const before = [0, 1, 2, 1, 0, 1, 0, 0, 1, 2];
  const after = [0, 0, 0, 1, 1, 1, 1, 2, 2, 0];
  const value = (predictions: readonly number[]) => classMetrics(confusionMatrix(labels, predictions, 3))[by];
  const observed = value(after) - value(before);
  let asFar = 0;
  for (let exchanged = 0; exchanged < 2 ** labels.length; exchanged++) {
    const either = (one: readonly number[], other: readonly number[]) =>
      one.map((answer, i) => ((exchanged >> i) & 1 ? other[i]! : answer));
    const difference = value(either(after, before)) - value(either(before, after));
    if (Math.abs(difference) >= Math.abs(observed) - 1e-12) asFar++;
  }
  const exact = asFar / 2 ** labels.length;
  const found = compareByMetric({ labels, before, after }, 3, by);
  expect(found.difference).toBeCloseTo(observed, 12);
  expect(Math.abs(found.p - exact)).toBeLessThan(FIVE_SIGMAS * Math.sqrt((exact * (1 - exact)) / PERMUTATIONS));
});

test('the two ways round differ in sign alone', () => {
  const { labels, before, after, classes } = golden.cases[0]!;
  for (const by of METRICS) {
    const [there, back] = [
      compareByMetric({ labels, before, after }, classes, by),
      compareByMetric({ labels, before: after, after: before }, classes, by),
    ];
    expect(back.difference).toBeCloseTo(-there.difference, 12);
    expect(back.p).toBeCloseTo(there.p, 1);
    expect(there.low).toBeLessThan(there.difference);
    expect(there.high).toBeGreaterThan(there.difference);
  }
});

test('the same photos give the same figures, and those that could not be read are left out', () => {
  const { labels, before, after, classes } = golden.cases[1]!;
  const known = compareByMetric({ labels, before, after }, classes, 'macroF1');
  expect(compareByMetric({ labels, before, after }, classes, 'macroF1')).toEqual(known);
  const torn = { labels: [...labels, 1, 0], before: [...before, -1, 2], after: [...after, 1, -1] };
  expect(compareByMetric(torn, classes, 'macroF1')).toEqual(known);
  expect(compareByMetric({ labels: [], before: [], after: [] }, 2, 'macroF1')).toMatchObject({ difference: 0, p: 1 });
});
