/** Metrics, calibration and label errors beside scikit-learn's, SciPy's and NumPy's figures for the same logits. */
import { describe, expect, test } from 'vitest';
import expected from '../../testing/classification/classification.json';
import { fork } from '../base/rng';
import { crossEntropy, fitTemperature, reliability } from './calibration';
import { classMetrics } from './classMetrics';
import { confusionMatrix } from './confusion';
import { confidentJoint, labelIssues } from './labelIssues';
import { argmax, softmax } from './score';

const { classes, labels } = expected;
const logits = Float32Array.from(expected.logits);
const rowOf = (i: number) => logits.subarray(i * classes, (i + 1) * classes);
const predictions = { logits, labels, classes };

test('precision, recall and F1 are scikit-learn’s, and so are their means', () => {
  const named = labels.map((_, i) => argmax(rowOf(i)));
  const { classes: each, balancedAccuracy, macroF1 } = classMetrics(confusionMatrix(labels, named, classes));
  each.forEach(({ count, precision, recall, f1 }, k) => {
    expect(count).toBe(expected.support[k]);
    expect(precision).toBeCloseTo(expected.precision[k]!, 12);
    if (count > 0) expect(recall).toBeCloseTo(expected.recall[k]!, 12);
    else expect(recall).toBeNull();
    expect(f1).toBeCloseTo(expected.f1[k]!, 12);
  });
  expect(balancedAccuracy).toBeCloseTo(expected.balancedAccuracy, 12);
  expect(macroF1).toBeCloseTo(expected.macroF1, 12);
});

test('intervals of means over classes hold the truth about 19 times in 20', () => {
  const rng = fork(11);
  // Shares of label and answer among all photos there are: unequal classes, mistakes of every kind.
  const truth = [
    [0.5, 0.08, 0.02],
    [0.05, 0.2, 0.03],
    [0.02, 0.03, 0.07],
  ];
  const exact = classMetrics(truth);
  const held = { balancedAccuracy: 0, macroF1: 0 };
  const draws = 600;
  for (let draw = 0; draw < draws; draw++) {
    const counts = truth.map((row) => row.map(() => 0));
    for (let photo = 0; photo < 120; photo++) {
      let left = rng.uniform();
      const cell = truth
        .flatMap((row, i) => row.map((share, j) => [i, j, share] as const))
        .find(([, , share]) => (left -= share) < 0)!;
      counts[cell[0]]![cell[1]]!++;
    }
    const { intervals } = classMetrics(counts);
    for (const key of ['balancedAccuracy', 'macroF1'] as const) {
      if (intervals[key].low <= exact[key] && exact[key] <= intervals[key].high) held[key]++;
    }
  }
  expect(held.balancedAccuracy / draws).toBeGreaterThan(0.925);
  expect(held.balancedAccuracy / draws).toBeLessThan(0.975);
  // Conservative: mistakes are counted as if each fell on two classes that nothing else tells apart.
  expect(held.macroF1 / draws).toBeGreaterThan(0.94);
  expect(held.macroF1 / draws).toBeLessThan(0.999);
});

test('no photos have no metrics, and nothing divides by nothing', () => {
  const { balancedAccuracy, macroF1 } = classMetrics([
    [0, 0],
    [0, 0],
  ]);
  expect([balancedAccuracy, macroF1]).toEqual([0, 0]);
});

test('calibration error and temperature are NumPy’s and SciPy’s', () => {
  expect(crossEntropy(predictions)).toBeCloseTo(expected.nll, 10);
  const { ece, bins } = reliability(predictions);
  expect(ece).toBeCloseTo(expected.ece, 10);
  expect(bins.reduce((sum, { count }) => sum + count, 0)).toBe(labels.length);
  const temperature = fitTemperature(predictions);
  expect(temperature).toBeCloseTo(expected.temperature, 4);
  expect(reliability(predictions, temperature).ece).toBeCloseTo(expected.eceAfter, 4);
});

test('photos that are all right ask for a small temperature, and all that are wrong are as far off as can be', () => {
  const sure = { logits: Float32Array.of(4, 0, 0, 4), labels: [0, 1], classes: 2 };
  expect(fitTemperature(sure)).toBeLessThan(0.2);
  expect(reliability({ ...sure, labels: [1, 0] }, 0.05).ece).toBeCloseTo(1, 6);
});

describe('label errors', () => {
  const probabilities = Float32Array.from(labels.flatMap((_, i) => softmax(rowOf(i))));

  test('the confident joint is NumPy’s', () => {
    expect(confidentJoint(probabilities, labels, classes)).toEqual(expected.joint);
  });

  test('most labels that were changed are found, and none that look right', () => {
    const [count, kinds, flips] = [400, 4, 20];
    const rng = fork(3);
    const truth = Array.from({ length: count }, (_, i) => i % kinds);
    const written = truth.map((k, i) => (i % (count / flips) === 0 ? (k + 1 + (i % (kinds - 1))) % kinds : k));
    const rows = truth.flatMap((k) =>
      softmax(Array.from({ length: kinds }, (_, j) => (j === k ? 3 : 0) + 2 * rng.uniform())),
    );
    const issues = labelIssues(Float32Array.from(rows), written, kinds);
    const changed = new Set(truth.flatMap((k, i) => (k === written[i] ? [] : [i])));
    // A photo counts as surely of a class from that class's mean on: the less sure half of the errors is counted by the joint alone.
    expect(issues.length / changed.size).toBeGreaterThan(0.6);
    for (const { index, label, suggested } of issues)
      expect([changed.has(index), label, suggested]).toEqual([true, written[index], truth[index]]);
  });

  test('nothing is suspected where every photo is surely what it is called', () => {
    const rows = Float32Array.from([0.9, 0.1, 0.8, 0.2, 0.1, 0.9]);
    expect(labelIssues(rows, [0, 0, 1], 2)).toEqual([]);
    expect(labelIssues(Float32Array.of(), [], 2)).toEqual([]);
  });
});
