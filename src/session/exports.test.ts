import type { Proof } from '../protocol/messages';
import type { Predicted } from '../protocol/trials';
import { expect, test } from 'vitest';
import { parseCsv } from '../engine/dataset/csv';
import { histogramOf } from '../testing/activationCounts';
import type { Dataset } from '../engine/dataset/types';
import { parseStudioConfig } from '../engine/experiments/meta';
import { ERROR_CODES } from '../engine/base/errors';
import type { EpochRecord, ExperimentRow, SweepPoint } from '../engine/base/records';
import type { Evaluation } from '../engine/train/evaluate';
import { reduceRun } from '../protocol/results';
import { METRICS_SCHEMA, metricsErrors } from '../testing/metricsSchema';
import { datasetSummary, runResult, scoreOf, sweepPoint } from '../testing/runs';
import { type Checkpoint, testViewOf } from './checkpoint';
import { metricsJson, type MetricsParts, photosCsv, predictionsCsv, probabilitiesCsv, submissionCsv } from './exports';

test('predictions name the photo, its label, the answer and every probability', () => {
  const dataset: Dataset = {
    name: 'd',
    classes: ['rust', 'blight, early'],
    train: [],
    test: [],
    choices: [],
    settings: {},
    unused: 0,
    refusal: null,
    format: '',
    warnings: [],
    validation: [
      { path: 'a/1.jpg', imageId: '1.jpg', label: 0 },
      { path: 'a/2.jpg', imageId: '2.jpg', label: 1 },
      { path: 'a/"3".jpg', imageId: '"3".jpg', label: 1 },
    ],
  };
  const evaluation = {
    score: { loss: 0, accuracy: 0, correct: 0, count: 2 },
    view: { kind: 'eval' as const, resize: 0, crop: 64 },
    indices: Int32Array.of(0, 2),
    logits: Float32Array.of(0, 0, 0, Math.log(3)),
    activations: { size: 64, count: 0, zeroFraction: 0, aboveTwoFraction: 0, mean: 0, cdf: [] },
    histogram: histogramOf(),
    seconds: 1,
  };
  const view = testViewOf(evaluation.view, parseStudioConfig({}));
  expect(predictionsCsv(dataset, evaluation, { view, temperature: null })).toBe(
    'image_id,label,predicted,rust,"blight, early",view\n1.jpg,0,0,0.500000,0.500000,centre crop 64\n"""3"".jpg",1,1,0.250000,0.750000,centre crop 64\n',
  );
  // ln 3 at a temperature of a half is ln 9.
  const calibrated = predictionsCsv(dataset, evaluation, { view, temperature: 0.5 });
  expect(calibrated).toContain('1,1,0.100000,0.900000,');
});

test('photos without labels have the same ids and figures, and no formula but for graders', () => {
  const predicted = {
    classes: ['rust', '=2+5'],
    temperature: null,
    views: [testViewOf({ kind: 'eval', resize: 0, crop: 64 }, parseStudioConfig({}))],
    photos: ['-dQw4w9.jpg', '-1+cmd|x.jpg', '=HYPERLINK("x").jpg', 'a,b.jpg'].map((imageId) => ({
      path: imageId,
      imageId,
    })),
  } as unknown as Predicted;
  const logits = Float32Array.of(0, 0, 0, Math.log(3), 1, 0, 0, 1);
  expect(probabilitiesCsv(predicted, logits).split('\n')).toEqual([
    `image_id,predicted,rust,"'=2+5",view`,
    '-dQw4w9.jpg,0,0.500000,0.500000,centre crop 64',
    `"'-1+cmd|x.jpg",1,0.250000,0.750000,centre crop 64`,
    `"'=HYPERLINK(""x"").jpg",0,0.731059,0.268941,centre crop 64`,
    '"a,b.jpg",1,0.268941,0.731059,centre crop 64',
    '',
  ]);
  expect(submissionCsv(predicted, logits).split('\n').slice(0, 3)).toEqual([
    'image_id,label',
    '-dQw4w9.jpg,0',
    '-1+cmd|x.jpg,1',
  ]);
});

test('the studio reads the names in its own table of photos as they are', () => {
  const names = ['=x.jpg', "'=x.jpg", '@y.jpg', '-1+1.jpg', "'tis.jpg"];
  const train = names.map((imageId) => ({ path: imageId, imageId, label: 0 }));
  const csv = photosCsv({ classes: ["=cmd|' /C calc'!A0"], train, validation: [], test: [] } as unknown as Dataset);
  expect(csv).not.toMatch(/^"?[=@]/m);
  const [, ...rows] = parseCsv(csv).rows;
  expect(rows.map(({ cells }) => cells)).toEqual(names.map((name) => [name, "=cmd|' /C calc'!A0", 'train']));
});

const score = scoreOf(1, 2);
const record = (epoch: number): EpochRecord => ({
  epoch,
  train: score,
  validation: score,
  best: true,
  seconds: 1,
  imagesPerSecond: 1,
});

test('a line of an experiment keeps the epochs that it took', () => {
  const row: ExperimentRow = {
    name: 'a',
    views: 'test',
    trainSize: 64,
    testSize: 64,
    score,
    changed: null,
    epochs: 2,
    note: null,
  };
  const result = reduceRun(runResult('ablation'), [
    { kind: 'row', row: { ...row, name: 'untuned', epochs: 0 } },
    ...[1, 2].map((epoch) => ({ kind: 'epoch' as const, record: record(epoch) })),
    { kind: 'row', row },
  ]);
  expect(result.rows.map(({ name, trained }) => [name, trained.map(({ epoch }) => epoch)])).toEqual([
    ['untuned', []],
    ['a', [1, 2]],
  ]);
  expect(result.epochs).toEqual([]);
});

const classes = [
  { name: 'a', train: 60, validation: 60, test: 0 },
  { name: 'b', train: 40, validation: 40, test: 0 },
];
const summary = datasetSummary({ name: 'd', format: '', classes });
const view = { kind: 'eval' as const, resize: 80, crop: 64, normalize: true };
const quick = parseStudioConfig({ sweepSizes: '48,32,64' }, 'quick');
const weights: Checkpoint = {
  arch: 'resnet18',
  classes: ['a', 'b'],
  state: { tensors: new Map(), batchesTracked: new Map() },
  history: [
    {
      run: 'baseline',
      name: 'baseline, epoch 3',
      madeAt: '',
      config: quick,
      data: { name: 'd', classes: ['a', 'b'], trainCount: 100, validationCount: 100 },
      view: testViewOf(view, quick),
      score,
    },
  ],
  evaluation: { score, view, indices: Int32Array.of(), logits: Float32Array.of() } as unknown as Evaluation,
};
const proof: Proof = {
  format: 'onnx',
  output: 'logits',
  runtime: 'onnxruntime-web 1.30.0',
  size: 64,
  photos: 8,
  equalAnswers: 8,
  largestDifference: 1e-6,
  tolerance: 1e-3,
  holds: true,
};
const metricsOf = (points: SweepPoint[], changes: Partial<MetricsParts> = {}) =>
  JSON.parse(
    metricsJson({
      dataset: summary,
      fromSample: false,
      orientations: null,
      adapter: null,
      userAgent: '',
      // The settings of the run that was started last are others'.
      results: { sweep: runResult('sweep', { config: { ...quick, lr: 9 }, points }) },
      weights,
      slot: 'baseline',
      answers: { labels: Int32Array.of(), steps: [], changes: [] },
      apparent: null,
      seeds: null,
      proofs: [proof],
      now: '',
      ...changes,
    }),
  );

test('metrics tell what exported files were found to say', () => expect(metricsOf([]).exports).toEqual([proof]));

test('metrics name the smaller of equal sizes as best, and why', () => {
  const { sweep } = metricsOf(
    [32, 48, 64].map((size) => sweepPoint(size, { ...scoreOf(size === 64 ? 70 : 90, 100), named: 2 })),
  ).runs;
  expect(sweep).toMatchObject({ best: 32, tied: [48] });
  expect(sweep.bestReason).toContain('48 px is as accurate');
});

test('no size is best of a network that answers one class for every photo', () => {
  const { sweep } = metricsOf([32, 48, 64].map((size) => sweepPoint(size, { ...scoreOf(99, 100), named: 1 }))).runs;
  expect(sweep).toMatchObject({ best: null, bestReason: expect.stringContaining('same answer for every photo') });
  const part = metricsOf([sweepPoint(32, { ...scoreOf(99, 100), named: 2 })]).runs.sweep;
  expect(part).toMatchObject({ best: null, bestReason: 'Not all sizes have been measured.' });
});

test('the settings in the metrics are those that made the weights, and the view is whole', () => {
  const { config, weights: told, predictions } = metricsOf([]);
  expect(config).toEqual(quick);
  expect(told).toMatchObject({ slot: 'baseline', origin: 'baseline, epoch 3', view: { crop: 64, normalize: true } });
  expect(predictions).toMatchObject({
    size: 64,
    resize: 80,
    view: { crop: 64, resize: 80, normalize: true, squish: false },
  });
});

test('metrics.json is what its schema says, and the schema notices what is not', () => {
  const points = [32, 48].map((size) => sweepPoint(size, { ...scoreOf(size, 100), named: 2 }));
  const metrics = metricsOf(points);
  expect(metricsErrors(metrics)).toEqual([]);
  metrics.weights.history[0].licence = 'mit';
  expect(metricsErrors(metrics)).toEqual([]);
  expect(metricsErrors({ ...metrics, extra: 1, version: 1 })).toHaveLength(2);
  metrics.runs.sweep.points[0].accuracy = 1.5;
  expect(metricsErrors(metrics)).toEqual([expect.stringContaining('/runs/sweep/points/0/accuracy: must be <= 1')]);
});

test('without weights, or before they are measured, metrics.json is what its schema says, too', () => {
  for (const changes of [{ weights: null }, { weights: { ...weights, evaluation: null } }]) {
    const metrics = metricsOf([], changes);
    expect(metrics.predictions).toBeNull();
    expect(metricsErrors(metrics)).toEqual([]);
  }
});

test('the schema knows every error code', () => {
  expect(METRICS_SCHEMA.$defs.error.properties.code.enum).toEqual(Object.keys(ERROR_CODES));
});
