import { expect, test } from 'vitest';
import type { ActivationStats, ExperimentRow, SweepPoint } from '../engine/base/records';
import { PRESET_CONFIGS } from '../engine/experiments/meta';
import type { ChartTable } from './chartTable';
import { csvOf } from './csv';
import {
  activationsTable,
  classTable,
  experimentTable,
  overlayTable,
  rateTable,
  sizeTable,
  sweepTable,
  trainingTable,
} from './chartTables';
import { appendSteps, EMPTY_SERIES } from '../protocol/series';
import { runResult } from '../testing/runs';

const activations: ActivationStats = {
  size: 224,
  count: 8,
  zeroFraction: 1 / 3,
  aboveTwoFraction: 0.01,
  mean: 0.5,
  cdf: [
    { x: 0, p: 1 / 3 },
    { x: 0.5, p: 0.75 },
    { x: 4, p: 1 },
  ],
};
const score = { loss: 0.7861234, accuracy: 3042 / 4279, correct: 3042, count: 4279 };
const changed = { won: 12, lost: 3, p: 0.0351562 };
const distance = { ks: 0.1234567, w1: 0.0234567, from: 224 };
const point: SweepPoint = {
  ...score,
  size: 384,
  resize: 480,
  activations,
  distance,
  classes: [0.5, null],
  changed,
  seconds: 1,
};
const reference: SweepPoint = { ...point, size: 224, resize: 0, distance: null, changed: null };
const row: ExperimentRow = {
  name: 'the "classifier", alone',
  views: 'test',
  trainSize: 384,
  testSize: 384,
  score,
  changed,
  epochs: 2,
  note: null,
};
const training = runResult('baseline', {
  config: PRESET_CONFIGS.quick,
  series: appendSteps(EMPTY_SERIES, [{ globalStep: 1, epoch: 1, loss: 2, accuracy: 0.25 }]),
  epochs: [
    { step: 2, record: { epoch: 1, train: score, validation: score, best: true, seconds: 1, imagesPerSecond: 1 } },
  ],
});

/** Every chart's, but for those of `apparent.ts`. */
const TABLES: Record<string, ChartTable> = {
  sweep: sweepTable({ points: [point], reference }),
  size: sizeTable({ points: [point], reference }),
  classes: classTable([point], ['rust', 'blight']),
  activations: activationsTable([{ name: '224 px', activations, distance }]),
  rate: rateTable([{ lr: 1.234567e-4, loss: 1.5, smoothedLoss: 1.25 }]),
  experiment: experimentTable([{ ...row, name: 'nothing', views: null, changed: null }, row]),
  overlay: overlayTable([{ name: 'a, b', published: false, color: 0, points: [{ x: 1, y: 71.0914 }] }], {
    xName: 'epoch',
    yName: 'accuracy, %',
    format: (y) => `${y.toFixed(2)} %`,
  }),
  training: trainingTable(training, 'accuracy', 'Training, batches'),
};

test.each(Object.entries(TABLES))('the CSV of %s holds numbers and names, no formatted text', (_, { data }) => {
  for (const cells of data.rows) {
    expect(cells).toHaveLength(data.columns.length);
    for (const cell of cells)
      if (typeof cell === 'string') expect(cell).not.toMatch(/^[−+±]?\d[\d.,]* ?(%|points|of \d)|–|,.* \d+$/);
  }
  expect(data.rows.flat().some((cell) => typeof cell === 'number')).toBe(true);
  expect(new Set(data.columns).size).toBe(data.columns.length);
});

test('a sweep is shown rounded and exported whole', () => {
  const { columns, rows, data } = TABLES['sweep']!;
  expect(columns).toEqual([
    'Test size',
    'Resized to',
    'Accuracy',
    '95 % interval',
    'Loss',
    'Gained, lost',
    'p',
    'Zeros',
    'KS',
  ]);
  expect(rows[0]).toEqual([
    '384 px',
    '480 px',
    '71.09 %',
    '69.71 to 72.43 %',
    '0.786',
    '12, 3',
    '0.035',
    '33.3 %',
    '0.123',
  ]);
  expect(rows[1]!.slice(0, 2)).toEqual(['224 px, baseline', 'none']);
  const exported = (name: string) => data.rows.map((cells) => cells[data.columns.indexOf(name)]);
  expect(exported('accuracy')).toEqual([3042 / 4279, 3042 / 4279]);
  expect(exported('correct')).toEqual([3042, 3042]);
  expect(exported('accuracy, 95 % interval from')[0]).toBeCloseTo(0.69713, 4);
  expect(exported('resized to, px')).toEqual([480, null]);
  expect(exported('won')).toEqual([12, null]);
  expect(exported('Kolmogorov-Smirnov')).toEqual([0.1234567, null]);
  expect(TABLES['size']!.data).toEqual(data);
});

test('the CSV of activations holds their curve, a row a point', () => {
  const { rows, data } = TABLES['activations']!;
  expect(rows).toEqual([['224 px', '33.3 %', '1.0 %', '0.500', '0.123', '0.023']]);
  expect(data).toEqual({
    columns: ['curve', 'test size, px', 'activation', 'share up to it'],
    rows: [
      ['224 px', 224, 0, 1 / 3],
      ['224 px', 224, 0.5, 0.75],
      ['224 px', 224, 4, 1],
    ],
  });
});

test('a training is exported in shares, an empty cell where there is no value', () => {
  const { rows, data } = TABLES['training']!;
  expect(rows).toEqual([
    [1, '', '25.00 %', '', ''],
    [2, 1, '', '71.09 %', '71.09 %'],
  ]);
  expect(data.columns).toEqual(['step', 'epoch', 'batch accuracy', 'train accuracy', 'validation accuracy']);
  expect(data.rows[0]).toEqual([1, null, 0.25, null, null]);
  expect(data.rows[1]![4]).toBeCloseTo(3042 / 4279, 12);
});

test('names with commas and quotes are quoted, as RFC 4180 has it, and none is a formula', () => {
  expect(
    csvOf({
      columns: ['what', 'x'],
      rows: [
        ['the "classifier", alone', 0.5],
        ['none', null],
        ['=2+5', -1],
      ],
    }),
  ).toBe(`what,x\r\n"the ""classifier"", alone",0.5\r\nnone,\r\n"'=2+5",-1\r\n`);
});

test('an average is held against the one view, and its work told in views', () => {
  const one = { ...row, name: 'one view', views: null, changed: null, testSize: 224, testMacs: 4e9 };
  const sizes = { ...one, name: '288 + 224 px', testSize: 288, testMacs: 10.6e9, changed: { ...changed, won: 172 } };
  const { columns, rows, data } = experimentTable([one, sizes]);
  const cell = (name: string) => rows[1]![columns.indexOf(name)];
  expect(cell('Difference')).toBe('+3.95 points');
  expect(cell('Work a photo')).toBe('2.6×');
  expect(data.rows[1]![data.columns.indexOf('test, multiply-accumulates')]).toBe(10.6e9);
  expect(experimentTable([row]).columns).not.toContain('Work a photo');
});

test('a row is held against what it was compared with, and against nothing else', () => {
  const { columns, rows } = experimentTable([
    { ...row, name: 'fold 1', changed: null, fold: 1 },
    { ...row, name: 'fold 2', changed: null, fold: 2 },
    { ...row, name: 'all folds', changed: null },
    { ...row, name: 'all folds', testSize: row.testSize + 32 },
  ]);
  const at = columns.indexOf('Difference');
  expect(rows.map((cells) => cells[at])).toEqual(['–', '–', '–', '+0.21 points']);
  const trained = (trainSize: number) => ({ ...row, name: 'as trained', changed: null, trainSize });
  const tuned = { ...trained(64), name: 'fine-tuned', changed: { won: 3, lost: 12, p: 0.035 } };
  const bySizes = experimentTable([trained(32), trained(64), tuned]);
  expect(bySizes.rows.map((cells) => cells[at])).toEqual(['–', '–', '−0.21 points']);
});

test('rows that were compared by macro F1 show it, what it changed by, and its own test', () => {
  const metric = { by: 'macroF1', difference: 0.0213, low: -0.004, high: 0.0461, p: 0.1037 } as const;
  const told = { ...changed, metric };
  const one = { ...row, name: 'one view', changed: null, score: { ...score, macroF1: 0.61 } };
  const other = { ...row, changed: told, score: { ...score, macroF1: 0.6313 } };
  for (const { columns, rows, data } of [
    experimentTable([one, other]),
    sweepTable({ points: [{ ...point, changed: told, macroF1: 0.6313 }], reference: null }),
  ]) {
    const last = rows.at(-1)!;
    const shown = ['Macro F1', 'Changed by, points (95 % interval)', 'p, permutation test'];
    expect(shown.map((name) => last[columns.indexOf(name)])).toEqual([
      '63.13 %',
      '+2.13 (−0.40 to +4.61)',
      expect.stringContaining('0.104'),
    ]);
    const numbers = ['macro F1', 'difference in macro F1', 'p, permutation test', 'p'];
    expect(numbers.map((name) => data.rows.at(-1)![data.columns.indexOf(name)])).toEqual([
      0.6313,
      metric.difference,
      metric.p,
      changed.p,
    ]);
  }
  expect(experimentTable([row]).columns.join()).not.toContain('permutation');
});
