import { expect, test } from 'vitest';
import { seedStudy } from '../testing/seeds';
import type { SeedRun } from './queue';
import { drawnCurves, type SeedChart, type SeedCurve, seedCharts } from './seedCharts';

const CLASSES = ['a', 'b', 'c', 'd', 'e'];
const study = seedStudy([42, 43, 44]);
const charts = seedCharts(study, CLASSES);
const chartOf = (run: string, id: string, of: readonly SeedChart[] = charts) =>
  of.find((chart) => chart.run === run && chart.id === id)!;
const valuesOf = ({ points }: SeedCurve, at: number) =>
  points.find(({ x }) => x === at)!.values.map(({ value }) => Number(value.toFixed(4)));

test('every chart of a run has one over seeds', () => {
  expect(
    charts.map(({ run, id, x, curves }) => `${run} ${id} by ${x}: ${curves.map(({ name }) => name).join(', ')}`),
  ).toEqual([
    'baseline accuracy by epoch: validation, training',
    'baseline loss by epoch: validation, training',
    'baseline calibration by confidence: right',
    'sweep accuracy by size: validation',
    'sweep loss by size: validation',
    'sweep classes by size: a, b, c, d, e',
    'sweep zeros by size: exactly zero',
    'sweep distances by size: Kolmogorov-Smirnov, Wasserstein',
    'sweep activations by activation: 64 px, 96 px, 128 px, 160 px',
    'sweep calibration by confidence: right',
    'finetune accuracy by epoch: validation, training',
    'finetune loss by epoch: validation, training',
    'finetune activations by activation: view trained in, before, after',
    'finetune calibration by confidence: right',
    'trainTest accuracy by size: trained at 64 px, as trained, trained at 64 px, fine-tuned, trained at 128 px, as trained, trained at 128 px, fine-tuned',
    'trainTest cost by macs: trained at 64 px, as trained, trained at 64 px, fine-tuned, trained at 128 px, as trained, trained at 128 px, fine-tuned',
  ]);
});

test('a place has each seed’s value, their mean and its interval', () => {
  const [validation] = chartOf('baseline', 'accuracy').curves;
  expect(valuesOf(validation!, 5)).toEqual([0.6, 0.62, 0.64]);
  const { spread } = validation!.points.at(-1)!;
  // 4.3027 · 0.02 / √3
  expect([spread.mean, spread.low].map((value) => Number(value!.toFixed(4)))).toEqual([0.62, 0.5703]);
  expect(valuesOf(chartOf('sweep', 'classes').curves[2]!, 96)).toEqual([0.72, 0.74, 0.76]);
  expect(valuesOf(chartOf('sweep', 'distances').curves[0]!, 128)).toEqual([0.03, 0.03, 0.03]);
  // Of itself none.
  expect(chartOf('sweep', 'distances').curves[0]!.points.map(({ x }) => x)).toEqual([64, 128, 160]);
  expect(valuesOf(chartOf('trainTest', 'cost').curves[3]!, 64 ** 2 * 36_000)).toEqual([0.55, 0.57, 0.59]);
});

test('distributions stand on one axis, and rise along it', () => {
  const { curves } = chartOf('sweep', 'activations');
  const axes = curves.map(({ points }) => points.map(({ x }) => x));
  for (const axis of axes) expect(axis).toEqual(axes[0]);
  expect(valuesOf(curves[0]!, 0)).toEqual([0.3, 0.28, 0.26]);
  for (const { points } of curves) {
    expect(points.at(-1)!.spread.mean).toBeGreaterThan(0.99);
    points.slice(1).forEach(({ spread }, i) => expect(spread.mean).toBeGreaterThanOrEqual(points[i]!.spread.mean));
  }
});

test('of confidences only bins in which a seed had photos are shown', () => {
  const [right] = chartOf('finetune', 'calibration').curves;
  // All answers are equally sure: e² / (e² + 4) = 0.6488, the tenth bin of fifteen.
  expect(right!.points.map(({ x }) => Number(x.toFixed(4)))).toEqual([0.6333]);
  expect(right!.points[0]!.values.map(({ value }) => value)).toEqual([0.75, 0.77, 0.79]);
});

/** As earlier versions kept it. */
function asBefore(one: SeedRun): SeedRun {
  const { activations: _, calibration: _c, ...rest } = one;
  return {
    ...rest,
    points: one.points.map(({ size, loss, accuracy, correct, count }) => ({ size, loss, accuracy, correct, count })),
  };
}

test('a seed that has not come so far is left out, and what earlier versions did not keep is not shown', () => {
  const part = seedCharts({ ...study, done: study.done.slice(0, 5) }, CLASSES);
  expect(chartOf('sweep', 'accuracy', part).curves[0]!.points[0]).toMatchObject({
    values: [{ seed: 42 }],
    spread: { count: 1, low: null },
  });
  expect(chartOf('baseline', 'accuracy', part).curves[0]!.points[0]!.spread.count).toBe(2);
  const old = seedCharts({ ...study, done: study.done.map(asBefore) }, CLASSES);
  expect(new Set(old.map(({ id }) => id))).toEqual(new Set(['accuracy', 'loss', 'cost']));
});

test('of many classes those are drawn that differ most along the axis', () => {
  const classes = chartOf('sweep', 'classes');
  expect(drawnCurves(classes, 8)).toEqual([0, 1, 2, 3, 4]);
  expect(drawnCurves(classes, 2)).toEqual([3, 4]);
  expect(drawnCurves(chartOf('sweep', 'activations'), 2)).toHaveLength(4);
});
