/** What runs have come to, as charts of a report. */
import type { ApparentBin } from '../../engine/analysis/apparentAccuracy';
import { wilsonInterval } from '../../engine/analysis/wilson';
import type { ActivationStats, EpochRecord, ExperimentRow, Score } from '../../engine/base/records';
import { EXPERIMENT_META, EXPERIMENTS, experimentFinding } from '../../engine/experiments/meta';
import type { ApparentAccuracy } from '../../protocol/messages';
import type { SeedStudy } from '../../protocol/queue';
import type { Results, RunResult } from '../../protocol/results';
import { drawnCurves, type SeedChart, seedCharts, type SeedCurve, type SeedPoint } from '../../protocol/seedCharts';
import { thinned } from '../../protocol/series';
import { apparentAccuracySentence, ratioText } from '../../words/apparentAccuracy';
import { formatAccuracy, formatInterval, formatLoss, formatPercent } from '../../words/format';
import {
  intervalEnds,
  SEED_AXES,
  SEED_CHARTS,
  seedChartSentence,
  seedChartTitle,
  seedText,
  spreadText,
} from '../../words/seeds';
import type { ReportChart, ReportCurve } from './chart';

const PERCENT: readonly [number, number] = [0, 100];
const intervalOf = ({ correct, count }: Score) => wilsonInterval(correct, count);
const bandOf = (score: Score): [number, number] => {
  const { low, high } = intervalOf(score);
  return [100 * low, 100 * high];
};
const accuracyCells = (score: Score): string[] => [
  formatAccuracy(score.accuracy, score.count),
  formatInterval(intervalOf(score), score.count),
  `${score.correct} of ${score.count}`,
  formatLoss(score.loss),
];
const SCORE_COLUMNS = ['Accuracy', '95 % interval', 'Right', 'Loss, nats'] as const;

/** @param guessing The share that always naming the most frequent class gets right; null where there is none. */
export function trainingCharts({ run, epochs }: RunResult, guessing: number | null): ReportChart[] {
  const records = epochs.map(({ record }) => record);
  const what = run === 'baseline' ? 'Baseline' : 'Fine-tuning';
  const columns = ['Epoch', 'Training accuracy', 'Training loss', ...SCORE_COLUMNS];
  const table = { columns, rows: records.map(epochCells) };
  const curve = (split: 'train' | 'validation', value: (score: Score) => number): ReportCurve => ({
    name: split === 'train' ? 'training' : split,
    color: split,
    points: records.map((record) => ({ x: record.epoch, y: value(record[split]) })),
  });
  const percent = ({ accuracy }: Score) => 100 * accuracy;
  return [
    {
      title: `${what}: accuracy by epoch`,
      sentence: 'Training photos are random crops, validation photos are not. The band is the 95 % interval.',
      x: 'epoch',
      y: 'accuracy, %',
      range: PERCENT,
      curves: [
        curve('train', percent),
        { ...curve('validation', percent), band: records.map(({ validation }) => bandOf(validation)) },
      ],
      level: guessing === null ? null : { y: 100 * guessing, name: `guessing ${formatPercent(guessing)}` },
      table,
    },
    {
      title: `${what}: loss by epoch`,
      sentence: 'Mean cross entropy.',
      x: 'epoch',
      y: 'loss, nats',
      curves: [curve('train', ({ loss }) => loss), curve('validation', ({ loss }) => loss)],
      table,
    },
  ];
}

const epochCells = ({ epoch, train, validation }: EpochRecord): (string | number)[] => [
  epoch,
  formatAccuracy(train.accuracy, train.count),
  formatLoss(train.loss),
  ...accuracyCells(validation),
];

export function sweepCharts({ points, reference }: RunResult, guessing: number | null): ReportChart[] {
  const rows = points.map((point) => [
    `${point.size} px`,
    ...accuracyCells(point),
    formatPercent(point.activations.zeroFraction),
    point.distance ? point.distance.ks.toFixed(3) : '–',
    point.distance ? point.distance.w1.toFixed(3) : '–',
  ]);
  const own = reference ? [['the baseline’s own view', ...accuracyCells(reference), '–', '–', '–']] : [];
  const columns = ['Test resolution', ...SCORE_COLUMNS, 'Zero activations', 'KS', 'Wasserstein'];
  return [
    {
      title: 'Accuracy by test resolution',
      sentence: 'The same weights at every size. The band is the 95 % interval.',
      x: 'test resolution, px',
      y: 'accuracy, %',
      range: PERCENT,
      curves: [
        {
          name: 'validation',
          color: 'validation',
          points: points.map(({ size, accuracy }) => ({ x: size, y: 100 * accuracy })),
          band: points.map(bandOf),
        },
      ],
      level: guessing === null ? null : { y: 100 * guessing, name: `guessing ${formatPercent(guessing)}` },
      table: { columns, rows: [...own, ...rows] },
    },
    activationChart(
      'Pooled activations by test resolution',
      points.map(({ size, activations }) => ({ name: `${size} px`, activations })),
    ),
  ];
}

export function apparentCharts(apparent: ApparentAccuracy | null): ReportChart[] {
  if (!apparent) return [];
  const { views } = apparent;
  const shareOf = ({ correct, count }: ApparentBin) => correct / count;
  return [
    {
      title: 'Accuracy by apparent size',
      sentence: apparentAccuracySentence(apparent),
      x: 'times as large as in training',
      y: 'accuracy, %',
      range: PERCENT,
      curves: views.map(({ size, bins }, i) => ({
        name: `${size} px`,
        color: i,
        points: bins.map((bin) => ({ x: bin.ratio, y: 100 * shareOf(bin) })),
        band: bins.map(({ correct, count }) => {
          const { low, high } = wilsonInterval(correct, count);
          return [100 * low, 100 * high] as const;
        }),
      })),
      table: {
        columns: ['Test resolution', 'Times as large as in training', 'Accuracy', '95 % interval', 'Right'],
        rows: views.flatMap(({ size, bins }) =>
          bins.map((bin) => [
            `${size} px`,
            ratioText(bin),
            formatAccuracy(shareOf(bin), bin.count),
            formatInterval(wilsonInterval(bin.correct, bin.count), bin.count),
            `${bin.correct} of ${bin.count}`,
          ]),
        ),
      },
    },
  ];
}

export function shiftCharts({ shift }: RunResult): ReportChart[] {
  if (!shift) return [];
  const { after, before, reference } = shift;
  return [
    activationChart('Pooled activations before and after fine-tuning', [
      { name: `trained at ${reference.size} px`, activations: reference },
      { name: `${before.size} px before`, activations: before },
      { name: `${after.size} px after`, activations: after },
    ]),
  ];
}

/** Values of a distribution that its table tells. */
const SHARES = [0.1, 0.25, 0.5, 0.75, 0.9, 0.99] as const;

function activationChart(
  title: string,
  measured: readonly { name: string; activations: ActivationStats }[],
): ReportChart {
  const least = ({ cdf }: ActivationStats, share: number) => cdf.find(({ p }) => p >= share)?.x.toFixed(3) ?? '–';
  return {
    title,
    sentence: 'What the classifier sees: the share of activations up to a value.',
    x: 'activation',
    y: 'share up to it, %',
    range: PERCENT,
    curves: measured.map(({ name, activations }, i) => ({
      name,
      color: i,
      points: activations.cdf.map(({ x, p }) => ({ x, y: 100 * p })),
    })),
    table: {
      columns: ['View', 'Mean', 'Exactly zero', ...SHARES.map((share) => `${100 * share} % are at most`)],
      rows: measured.map(({ name, activations }) => [
        name,
        activations.mean.toFixed(3),
        formatPercent(activations.zeroFraction),
        ...SHARES.map((share) => least(activations, share)),
      ]),
    },
  };
}

/** Experiments' tables, by row. */
export function experimentCharts(results: Results): ReportChart[] {
  return EXPERIMENTS.flatMap((id) => {
    const rows = results[id]?.rows ?? [];
    if (rows.length === 0) return [];
    return [
      {
        title: EXPERIMENT_META[id].label,
        sentence: experimentFinding(id, rows) ?? EXPERIMENT_META[id].asks,
        x: 'row of the table',
        y: 'accuracy, %',
        range: PERCENT,
        curves: [
          {
            name: 'validation',
            color: 'validation',
            dots: true,
            unnamed: true,
            points: rows.map(({ score }, i) => ({ x: i + 1, y: 100 * score.accuracy })),
            band: rows.map(({ score }) => bandOf(score)),
          },
        ],
        table: {
          columns: ['Row', 'What', 'Trained at', 'Tested at', ...SCORE_COLUMNS, 'Note'],
          rows: rows.map(experimentCells),
        },
      },
    ];
  });
}

const experimentCells = (row: ExperimentRow, i: number): (string | number)[] => [
  i + 1,
  row.views ? `${row.name}, on ${row.views} views` : row.name,
  `${row.trainSize} px`,
  `${row.testSize} px`,
  ...accuracyCells(row.score),
  row.note ?? '',
];

/** Of as many curves as colours. */
const MOST_CURVES = 8;

/** @param classes Their names. */
export function seedReportCharts(study: SeedStudy, classes: readonly string[]): ReportChart[] {
  return seedCharts(study, classes).map((chart) => {
    const { unit, y } = SEED_CHARTS[chart.id];
    const { name: x, head, scale } = SEED_AXES[chart.x];
    const drawn = unit === 'share' ? 100 : 1;
    const curves = drawnCurves(chart, MOST_CURVES).map((c) => chart.curves[c]!);
    const pointOf = (at: number, value: number) => ({ x: scale * at, y: drawn * value });
    const single = curves.flatMap(({ points }) =>
      study.seeds.map((seed): ReportCurve => ({
        name: `seed ${seed}`,
        color: 'faint',
        unnamed: true,
        points: points.flatMap(({ x: at, values }) =>
          values.filter((one) => one.seed === seed).map(({ value }) => pointOf(at, value)),
        ),
      })),
    );
    const means = curves.map(({ name, points }, i): ReportCurve => ({
      name: curves.length > 1 ? name : 'mean',
      color: colorOf(chart, i),
      points: points.map(({ x: at, spread }) => pointOf(at, spread.mean)),
      band: points.map(({ spread }) => {
        const ends = intervalEnds(spread, unit);
        return ends && [drawn * ends[0], drawn * ends[1]];
      }),
    }));
    return {
      title: seedChartTitle(chart),
      sentence: seedChartSentence(study, chart.run, curves.length, chart.curves.length),
      x,
      y,
      ...(unit === 'share' && { range: PERCENT }),
      curves: [...single, ...means],
      table: {
        columns: [
          ...(chart.curves.length > 1 ? ['Curve'] : []),
          head,
          'Mean and 95 % interval',
          ...study.seeds.map((seed) => `Seed ${seed}`),
        ],
        rows: chart.curves.flatMap((curve) =>
          told(curve, chart.curves.length).map(({ x: at, values, spread }) => [
            ...(chart.curves.length > 1 ? [curve.name] : []),
            Number((scale * at).toPrecision(4)),
            spreadText(spread, unit),
            ...study.seeds.map((seed) => seedText({ values }, seed, unit)),
          ]),
        ),
      },
    };
  });
}

/** As the other charts have them: training and validation, or a scale. */
function colorOf({ x, curves }: SeedChart, i: number): ReportCurve['color'] {
  if (i === 0 && (x === 'epoch' || curves.length === 1)) return 'validation';
  return x === 'epoch' ? 'train' : i;
}

/** Of a table on paper, all curves together. */
const MOST_ROWS = 60;
const LEAST_ROWS = 6;

/** Some of a long curve's points say as much. */
const told = ({ points }: SeedCurve, curves: number): readonly SeedPoint[] =>
  thinned(points, Math.max(LEAST_ROWS, Math.floor(MOST_ROWS / curves)));
