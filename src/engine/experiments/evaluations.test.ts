import { expect, test } from 'vitest';
import golden from '../../testing/golden/pairedMetric.json' with { type: 'json' };
import type { Dataset } from '../dataset/types';
import { mcnemar } from '../analysis/confusion';
import type { MetricChange } from '../base/records';
import { type Answers, changeOf } from './evaluations';

/** An answer a photo, as sure as can be. */
function answersOf(predictions: readonly number[], classes: number): Answers {
  const logits = new Float32Array(predictions.length * classes);
  predictions.forEach((prediction, i) => (logits[i * classes + prediction] = 1));
  return { indices: Int32Array.from(predictions.keys()), logits };
}

test('rows are compared by what is chosen by, as an independent program does, and by right and wrong beside', () => {
  for (const { classes, metrics, labels, before, after } of golden.cases) {
    const validation = labels.map((label) => ({ label }));
    const dataset = { classes: Array.from({ length: classes }, String), validation } as unknown as Dataset;
    const sides = [answersOf(before, classes), answersOf(after, classes)] as const;
    const won = labels.filter((label, i) => after[i] === label && before[i] !== label).length;
    const lost = labels.filter((label, i) => before[i] === label && after[i] !== label).length;
    const plain = { won, lost, p: mcnemar(won, lost) };
    expect(changeOf(dataset, ...sides, 'accuracy')).toEqual(plain);
    for (const { by, difference, p } of metrics) {
      const { metric, ...beside } = changeOf(dataset, ...sides, by as MetricChange['by']);
      expect(beside).toEqual(plain);
      expect(metric!.by).toBe(by);
      expect(metric!.difference).toBeCloseTo(difference, 12);
      // Of 10,000 draws on either side.
      expect(Math.abs(metric!.p - p)).toBeLessThan(5 * Math.sqrt((p * (1 - p)) / 10_000) + 1e-3);
    }
  }
});
