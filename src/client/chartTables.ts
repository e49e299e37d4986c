/** The table behind each chart, and what goes into its CSV: shares from 0 to 1, losses in nats, sizes in px. */
import type {
  ActivationStats,
  Distance,
  ExperimentRow,
  MetricChange,
  PairedChange,
  RatePoint,
  Score,
  SweepPoint,
} from '../engine/base/records';
import { rateText } from '../engine/analysis/learningRate';
import { SELECTION_NAMES, selectedValue } from '../engine/analysis/score';
import { testName } from '../engine/analysis/sizeChoice';
import type { Interval } from '../engine/analysis/wilson';
import {
  capitalised,
  formatAccuracy,
  formatInterval,
  formatLoss,
  formatPercent,
  formatPoints,
  formatProbability,
  formatSigned,
} from '../words/format';
import type { ChartTable, Column } from './chartTable';
import { tableOf } from './chartTable';
import { type DotRow, type Metric, trainingRows } from './chartRows';
import { type Curve, overlayRows } from './comparison';
import { intervalOf } from './selectors';
import type { SweepResult, TrainingResult } from './state';

const NONE = '–';

const accuracyColumns = <T>(scoreOf: (row: T) => Score): Column<T>[] => [
  {
    head: 'Accuracy',
    show: (row) => formatAccuracy(scoreOf(row).accuracy, scoreOf(row).count),
    data: {
      accuracy: (row) => scoreOf(row).accuracy,
      correct: (row) => scoreOf(row).correct,
      count: (row) => scoreOf(row).count,
    },
  },
  {
    head: '95 % interval',
    show: (row) => formatInterval(intervalOf(scoreOf(row)), scoreOf(row).count),
    data: intervalData<T>((row) => intervalOf(scoreOf(row))),
  },
];

const intervalData = <T>(of: (row: T) => Interval): Column<T>['data'] => ({
  'accuracy, 95 % interval from': (row: T) => of(row).low,
  'accuracy, 95 % interval to': (row: T) => of(row).high,
});

const lossColumn = <T>(scoreOf: (row: T) => Score): Column<T> => ({
  head: 'Loss',
  show: (row) => formatLoss(scoreOf(row).loss),
  data: { loss: (row) => scoreOf(row).loss },
});

/** What rows were compared by, where that is not right and wrong alone: its value, what it changed by, and by which test that is known. */
function metricColumns<T extends { changed?: PairedChange | null }>(
  rows: readonly T[],
  scoreOf: (row: T) => Score,
): Column<T>[] {
  const [by] = rows.flatMap(({ changed }) => changed?.metric?.by ?? []);
  if (!by) return [];
  const name = SELECTION_NAMES[by];
  const points = (row: T, value: number) => formatSigned(value, scoreOf(row).count);
  const shown = (row: T, { difference, low, high }: MetricChange) =>
    `${points(row, difference)} (${points(row, low)} to ${points(row, high)})`;
  return [
    {
      head: capitalised(name),
      show: (row) => formatAccuracy(selectedValue(scoreOf(row), by), scoreOf(row).count),
      data: { [name]: (row) => scoreOf(row)[by] },
    },
    {
      head: 'Changed by, points (95 % interval)',
      show: (row) => (row.changed?.metric ? shown(row, row.changed.metric) : NONE),
      data: {
        [`difference in ${name}`]: ({ changed }) => changed?.metric?.difference,
        [`difference in ${name}, 95 % interval from`]: ({ changed }) => changed?.metric?.low,
        [`difference in ${name}, 95 % interval to`]: ({ changed }) => changed?.metric?.high,
      },
    },
    {
      head: `p, ${testName(by)}`,
      show: ({ changed }) => (changed?.metric ? formatProbability(changed.metric.p) : NONE),
      data: { [`p, ${testName(by)}`]: ({ changed }) => changed?.metric?.p },
    },
  ];
}

/** A training by step and epoch, as it is drawn; `batches` names what a point of the batches is. */
export function trainingTable(result: TrainingResult, metric: Metric, batches: string): ChartTable {
  const unit = metric === 'accuracy' ? 100 : 1;
  const photos = result.epochs.at(-1)?.record.validation.count ?? 0;
  const format = (value: number) => (metric === 'accuracy' ? formatAccuracy(value / unit, photos) : formatLoss(value));
  type Row = ReturnType<typeof trainingRows>['rows'][number];
  const column = (head: string, name: string, key: 'batch' | 'train' | 'validation'): Column<Row> => ({
    head,
    show: ({ [key]: value }) => (value === undefined ? '' : format(value)),
    data: { [name]: ({ [key]: value }) => value && value / unit },
  });
  return tableOf(trainingRows(result, metric).rows, [
    { head: 'Step', show: ({ step }) => step, data: { step: ({ step }) => step } },
    { head: 'Epoch', show: ({ epoch }) => epoch ?? '', data: { epoch: ({ epoch }) => epoch } },
    column(batches, `batch ${metric}`, 'batch'),
    column('Training, epoch', `train ${metric}`, 'train'),
    column('Validation, epoch', `validation ${metric}`, 'validation'),
  ]);
}

const viewColumns = (nameOf: (point: SweepPoint) => string): Column<SweepPoint>[] => [
  {
    head: 'Test size',
    show: nameOf,
    data: { view: nameOf, 'test size, px': ({ size }) => size },
  },
  {
    head: 'Resized to',
    show: ({ resize }) => (resize === 0 ? 'none' : `${resize} px`),
    data: { 'resized to, px': ({ resize }) => (resize === 0 ? null : resize) },
  },
];

/** Every measured view, the baseline's own last, which photos are won and lost against. */
export function sweepTable({ points, reference }: Pick<SweepResult, 'points' | 'reference'>): ChartTable {
  const nameOf = (point: SweepPoint) => (point === reference ? `${point.size} px, baseline` : `${point.size} px`);
  const all = reference ? [...points, reference] : points;
  return tableOf(all, [
    ...viewColumns(nameOf),
    ...accuracyColumns<SweepPoint>((point) => point),
    lossColumn((point) => point),
    ...metricColumns(all, (point) => point),
    {
      head: 'Gained, lost',
      show: ({ changed }) => (changed ? `${changed.won}, ${changed.lost}` : NONE),
      data: { won: ({ changed }) => changed?.won, lost: ({ changed }) => changed?.lost },
    },
    {
      head: 'p',
      show: ({ changed }) => (changed ? formatProbability(changed.p) : NONE),
      data: { p: ({ changed }) => changed?.p },
    },
    {
      head: 'Zeros',
      show: ({ activations }) => formatPercent(activations.zeroFraction),
      data: { 'zero activations': ({ activations }) => activations.zeroFraction },
    },
    {
      head: 'KS',
      show: ({ distance }) => distance?.ks.toFixed(3) ?? NONE,
      data: { 'Kolmogorov-Smirnov': ({ distance }) => distance?.ks, 'Wasserstein-1': ({ distance }) => distance?.w1 },
    },
  ]);
}

/** The same in short, for the chart alone; its CSV holds all. */
export function sizeTable(sweep: Pick<SweepResult, 'points' | 'reference'>): ChartTable {
  const { points, reference } = sweep;
  const nameOf = (point: SweepPoint) => `${point === reference ? 'baseline’s view, ' : ''}${point.size} px`;
  const short = tableOf<SweepPoint>(reference ? [...points, reference] : points, [
    { head: 'Test resolution', show: nameOf },
    ...accuracyColumns<SweepPoint>((point) => point),
    { head: 'Right', show: ({ correct, count }) => `${correct} of ${count}` },
    lossColumn((point) => point),
  ]);
  return { ...short, data: sweepTable(sweep).data };
}

/** Accuracy of each class, a column a size. */
export function classTable(points: readonly SweepPoint[], classes: readonly string[]): ChartTable {
  return tableOf(
    classes.map((name, index) => ({ name, index })),
    [
      { head: 'Class', show: ({ name }) => name, data: { class: ({ name }) => name } },
      ...points.map(({ size, count, classes: shares }): Column<{ index: number }> => ({
        head: `${size} px`,
        show: ({ index }) => {
          const share = shares[index];
          return typeof share === 'number' ? formatAccuracy(share, count) : NONE;
        },
        data: { [`accuracy at ${size} px`]: ({ index }) => shares[index] },
      })),
    ],
  );
}

interface MeasuredCurve {
  name: string;
  activations: ActivationStats;
  distance: Distance | null;
}

/** What sums the curves up; the CSV holds the curves themselves, a row a point. */
export function activationsTable(curves: readonly MeasuredCurve[]): ChartTable {
  const summary = tableOf(curves, [
    { head: 'Seen', show: ({ name }) => name },
    { head: 'Exactly zero', show: ({ activations }) => formatPercent(activations.zeroFraction) },
    { head: 'Above 2', show: ({ activations }) => formatPercent(activations.aboveTwoFraction) },
    { head: 'Mean', show: ({ activations }) => activations.mean.toFixed(3) },
    { head: 'Kolmogorov-Smirnov', show: ({ distance }) => distance?.ks.toFixed(3) ?? NONE },
    { head: 'Wasserstein-1', show: ({ distance }) => distance?.w1.toFixed(3) ?? NONE },
  ]);
  const points = curves.flatMap(({ name, activations: { size, cdf } }) => cdf.map(({ x, p }) => [name, size, x, p]));
  return { ...summary, data: { columns: ['curve', 'test size, px', 'activation', 'share up to it'], rows: points } };
}

export function rateTable(points: readonly RatePoint[]): ChartTable {
  return tableOf(
    points.map((point, i) => ({ ...point, step: i + 1 })),
    [
      { head: 'Step', show: ({ step }) => step, data: { step: ({ step }) => step } },
      { head: 'Learning rate', show: ({ lr }) => rateText(lr), data: { 'learning rate': ({ lr }) => lr } },
      { head: 'Loss of the batch', show: ({ loss }) => formatLoss(loss), data: { loss: ({ loss }) => loss } },
      {
        head: 'Smoothed loss',
        show: ({ smoothedLoss }) => formatLoss(smoothedLoss),
        data: { 'smoothed loss': ({ smoothedLoss }) => smoothedLoss },
      },
    ],
  );
}

/** Differences are against the answers that a row was compared with, photo by photo. */
export function experimentTable(rows: readonly ExperimentRow[]): ChartTable {
  const gainOf = ({ changed, score }: ExperimentRow) => changed && (changed.won - changed.lost) / score.count;
  const [unit] = rows.flatMap(({ testMacs }) => testMacs ?? []);
  return tableOf(rows, [
    { head: 'What', show: ({ name }) => name, data: { what: ({ name }) => name } },
    {
      head: 'Tuned on',
      show: ({ views }) => (views ? `${views} views` : NONE),
      data: { 'tuned on views': ({ views }) => views },
    },
    {
      head: 'Trained at',
      show: ({ trainSize }) => `${trainSize} px`,
      data: { 'train size, px': ({ trainSize }) => trainSize },
    },
    {
      head: 'Tested at',
      show: ({ testSize }) => `${testSize} px`,
      data: { 'test size, px': ({ testSize }) => testSize },
    },
    ...accuracyColumns<ExperimentRow>(({ score }) => score),
    {
      head: 'Difference',
      show: (row) => {
        const gain = gainOf(row);
        return gain === null ? NONE : formatPoints(gain, row.score.count);
      },
      data: { 'difference in accuracy': gainOf },
    },
    {
      head: 'Gained, lost',
      show: ({ changed }) => (changed ? `${changed.won}, ${changed.lost}` : NONE),
      data: {
        won: ({ changed }) => changed?.won,
        lost: ({ changed }) => changed?.lost,
        p: ({ changed }) => changed?.p,
      },
    },
    ...metricColumns(rows, ({ score }) => score),
    lossColumn(({ score }) => score),
    ...(unit !== undefined
      ? [
          {
            head: 'Work a photo',
            show: ({ testMacs }: ExperimentRow) => (testMacs === undefined ? NONE : `${(testMacs / unit).toFixed(1)}×`),
            data: { 'test, multiply-accumulates': ({ testMacs }: ExperimentRow) => testMacs },
          },
        ]
      : []),
    { head: 'Note', show: ({ note }) => note ?? NONE, data: { note: ({ note }) => note } },
  ]);
}

/** The way from the baseline to the fine-tuned network, as it is drawn. */
export function tuningTable(rows: readonly DotRow[]): ChartTable {
  const endsOf = ({ accuracy, reach: [down, up] }: DotRow): Interval => ({
    low: (accuracy - down) / 100,
    high: (accuracy + up) / 100,
  });
  return tableOf(rows, [
    { head: 'What', show: ({ label }) => label, data: { what: ({ label }) => label } },
    {
      head: 'Accuracy',
      show: ({ figure, accuracy, photos }) => figure ?? formatAccuracy(accuracy / 100, photos),
      data: { accuracy: ({ accuracy }) => accuracy / 100, count: ({ photos }) => photos },
    },
    { head: '95 % interval', show: (row) => formatInterval(endsOf(row), row.photos), data: intervalData(endsOf) },
  ]);
}

/** Curves of several runs; y as it is drawn, in the unit that `yName` tells. */
export function overlayTable(
  curves: readonly Curve[],
  { xName, yName, format }: { xName: string; yName: string; format: (y: number) => string },
): ChartTable {
  return tableOf(overlayRows(curves), [
    { head: xName, show: (row) => Number(row['x']!.toPrecision(4)), data: { [xName]: (row) => row['x'] } },
    ...curves.map(({ name, points }, i): Column<Record<string, number>> => {
      const digitised = new Set(points.flatMap((point) => (point.digitised ? [point.x] : [])));
      const value = (row: Record<string, number>) => row[String(i)];
      return {
        head: name,
        show: (row) => {
          const y = value(row);
          return y === undefined ? NONE : format(y);
        },
        data: {
          [`${name}: ${yName}`]: value,
          ...(digitised.size > 0 && {
            [`${name}: known from`]: (row) =>
              value(row) === undefined ? null : digitised.has(row['x']!) ? 'plot' : 'text',
          }),
        },
      };
    }),
  ]);
}
