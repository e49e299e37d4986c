import { expect, test } from 'vitest';
import { PRESET_CONFIGS } from '../engine/experiments/meta';
import type { EpochRecord, Score, SweepPoint } from '../engine/base/records';
import {
  accuracyDomain,
  cdfRows,
  logTicks,
  epochTicks,
  niceTicks,
  percentTicks,
  powersOfTen,
  rateTicks,
  spreadTicks,
  sweepRows,
  trainingRows,
} from './chartRows';
import { datasetSummary, runResult, scoreOf, sweepPoint, weightsInfo } from '../testing/runs';
import {
  bestEpoch,
  leaderOf,
  lostWithPhotos,
  majorityAccuracy,
  majorityAccuracyIn,
  nextOnPath,
  scoresBeforeTuning,
} from './selectors';
import { stageStatus } from './stageStatus';
import { appendSteps, EMPTY_SERIES } from '../protocol/series';
import {
  accuracySentence,
  activationsSentence,
  classSentence,
  lossSentence,
  shiftSentence,
  sweepSentence,
  tuneSentence,
} from './sentences';
import { initialState, type StudioState, type TrainingResult } from './state';

const score = (correct: number, count = 4279, loss = 1): Score => scoreOf(correct, count, loss);

const record = (epoch: number, correct: number, best: boolean): EpochRecord => ({
  epoch,
  train: score(12842, 17118, 0.682),
  validation: score(correct, 4279, 0.786),
  best,
  seconds: 188,
  imagesPerSecond: 114,
});

const training = (run: 'baseline' | 'finetune', size: number, ...epochs: EpochRecord[]): TrainingResult =>
  runResult(run, {
    size,
    series: appendSteps(EMPTY_SERIES, [{ globalStep: 1, epoch: 1, loss: 2, accuracy: 0 }]),
    epochs: epochs.map((record, i) => ({ step: (i + 1) * 268, record })),
  });

const point = (size: number, correct: number, zeroFraction = 0): SweepPoint =>
  sweepPoint(size, score(correct), {
    activations: {
      size,
      count: 1,
      zeroFraction,
      aboveTwoFraction: 0,
      mean: 1,
      cdf: [
        { x: 0, p: zeroFraction },
        { x: 1, p: 1 },
      ],
    },
  });

/** The blog's own figures. */
const state: StudioState = {
  ...initialState(),
  dataset: datasetSummary({
    name: 'cassava',
    format: '',
    classes: [
      { name: 'CMD', train: 10514, validation: 2644, test: 0 },
      { name: 'other', train: 6604, validation: 1635, test: 0 },
    ],
  }),
  baseline: training('baseline', 224, record(9, 2857, true), record(10, 3042, true)),
  sweep: runResult('sweep', {
    config: { ...PRESET_CONFIGS.blog, sweepSizes: [64, 384, 480] },
    recommendation: {
      best: 384,
      againstTrained: { won: 500, lost: 209, p: 1e-9 },
      recommended: 384,
      saved: 0,
      withinNoise: [384],
      sentence: '',
    },
    points: [point(64, 2392, 0.298), point(384, 3333, 0.01), point(480, 3260, 0.012)],
    reference: point(224, 3042),
  }),
  finetune: {
    ...training('finetune', 384, record(1, 3400, true), record(2, 3409, true), record(3, 3409, false)),
    gain: {
      sameView: { score: score(3333), changed: { won: 200, lost: 124, p: 1e-5 } },
      ownView: { score: score(3042), changed: { won: 600, lost: 233, p: 1e-9 } },
    },
  },
};

test('the best epoch and size', () => {
  expect(bestEpoch(state.finetune)?.epoch).toBe(2);
  expect(bestEpoch(null)).toBeNull();
  expect(leaderOf(state.sweep)?.size).toBe(384);
  expect(majorityAccuracy(state.dataset)).toBeCloseTo(0.618, 3);
});

test('guessing is told of the photos that a run tests: validation, all of them, or those of training', () => {
  const classes = [10, 44, 10].map((train, i) => ({ name: String(i), train, validation: 12, test: 0 }));
  const dataset = { ...state.dataset!, classes };
  expect(majorityAccuracyIn('finetune', dataset)).toBeCloseTo(12 / 36, 6);
  expect(majorityAccuracyIn('framing', dataset)).toBeCloseTo(12 / 36, 6);
  expect(majorityAccuracyIn('crossValidation', dataset)).toBeCloseTo(56 / 100, 6);
  expect(majorityAccuracyIn('labels', dataset)).toBeCloseTo(44 / 64, 6);
  expect(majorityAccuracyIn('labels', null)).toBeNull();
});

test('the path tells the story in words and figures', () => {
  expect(stageStatus(state, 'photos')).toEqual({ mood: 'done', word: 'opened', figure: '21,397' });
  expect(stageStatus(state, 'baseline')).toEqual({ mood: 'done', word: 'done', figure: '71.09 %' });
  expect(stageStatus(state, 'sweep').figure).toBe('best 384 px');
  expect(stageStatus(state, 'finetune').figure).toBe('79.67 %, +8.58');
  expect(stageStatus(initialState(), 'sweep')).toEqual({ mood: 'waiting', word: 'needs a baseline', figure: null });
  const half = { ...state, baseline: { ...state.baseline!, ended: 'stopped' } } as const;
  expect(stageStatus(half, 'baseline')).toEqual({ mood: 'neutral', word: 'stopped', figure: '71.09 %' });
  const running = { ...state, run: { state: 'paused', run: 'baseline' } } as const;
  expect(stageStatus(running, 'baseline')).toMatchObject({ mood: 'running', word: 'paused' });
});

test('an experiment that was stopped half-way is not done', () => {
  const row = { name: '', views: null, trainSize: 64, testSize: 64, score: score(1), changed: null, epochs: 1 };
  const rows = [{ ...row, note: null, trained: [] }];
  const [half, whole] = (['stopped', 'done'] as const).map((ended) =>
    stageStatus({ ...state, experiments: { framing: runResult('framing', { rows, ended }) } }, 'experiments'),
  );
  expect(half).toEqual({ mood: 'neutral', word: 'stopped', figure: null });
  expect(whole).toMatchObject({ mood: 'done', word: 'done' });
});

test('the work goes on where the last step says', () => {
  expect(nextOnPath(state)).toBe('export');
  expect(nextOnPath({ ...state, finetune: null })).toBe('finetune');
  expect(nextOnPath({ ...state, sweep: null, finetune: null })).toBe('sweep');
  expect(nextOnPath(initialState())).toBe('train');
  // What failed says nothing: it is to be run again.
  const failed = { ...training('finetune', 384), ended: 'failed' } as const;
  expect(nextOnPath({ ...state, finetune: failed })).toBe('finetune');
});

test('sentences follow the data', () => {
  expect(lossSentence(state.baseline!)).toContain('validation loss is 0.786, 0.104 above training');
  expect(accuracySentence(state.baseline!, state.dataset)).toContain(
    'Epoch 10 is best: right on 3,042 of 4,279 validation photos, 71.09 %',
  );
  const poor = { ...state.baseline!, epochs: [{ step: 1, record: record(2, 999, true) }] };
  expect(accuracySentence(poor, state.dataset)).toContain('no better than guessing (61.79 %)');
  expect(sweepSentence(state)).toBe(
    'Test at 384 px: 77.89 % (95 % interval 76.62 to 79.11 %). 384 px is the most accurate of 3 sizes. The best size was chosen on these very photos, so expect a little less on new ones.',
  );
  expect(activationsSentence(state)).toContain(
    'Exactly zero: 29.8 % at 64 px, 1.2 % at 480 px. The middle half spans ',
  );
  expect(tuneSentence(state)).toContain('Fine-tuning paid: 71.09 % → 79.67 %, +8.58 points, beyond chance');
  expect(tuneSentence(state)).toContain('At 384 px without tuning: 77.89 %; tuning itself gave +1.78 points');
});

test('what fine-tuning did to the activations is said by its distances', () => {
  const { activations } = point(224, 3042);
  const distance = (ks: number) => ({ ks, w1: 0.1, from: 224 });
  const shift = { reference: activations, before: activations, after: activations };
  expect(shiftSentence({ ...shift, beforeDistance: distance(0.12), afterDistance: distance(0.034) })).toBe(
    'Fine-tuning brings the activations back to those that the classifier was trained on, at 224 px: up to 12.0 points away before, 3.4 after (paper, figure 4).',
  );
  expect(shiftSentence({ ...shift, beforeDistance: distance(0.302), afterDistance: distance(0.277) })).toContain(
    'brings the activations nearer to those',
  );
  expect(shiftSentence({ ...shift, beforeDistance: distance(0.03), afterDistance: distance(0.05) })).toContain(
    'does not bring the activations back',
  );
});

test('the rows of a long training stay few, and its batches become means', () => {
  const long = training('baseline', 64, ...Array.from({ length: 300 }, (_, i) => record(i + 1, i, true)));
  const records = Array.from({ length: 300 * 268 }, (_, i) => ({
    globalStep: i + 1,
    epoch: Math.floor(i / 268) + 1,
    loss: 1,
    accuracy: i % 2,
  }));
  const { rows, batchesAPoint } = trainingRows({ ...long, series: appendSteps(EMPTY_SERIES, records) }, 'accuracy');
  expect(rows.length).toBeLessThanOrEqual(250);
  expect(batchesAPoint).toBeGreaterThan(300);
  expect(rows.every(({ batch }) => batch === undefined || Math.abs(batch - 50) < 1e-6)).toBe(true);
  expect(rows.at(-1)).toMatchObject({ step: 300 * 268, epoch: 300 });
});

test('chart rows', () => {
  expect(trainingRows(state.baseline!, 'loss')).toEqual({
    rows: [
      { step: 1, batch: 2, smoothed: 2 },
      { step: 268, epoch: 9, train: 0.682, validation: 0.786 },
      { step: 536, epoch: 10, train: 0.682, validation: 0.786 },
    ],
    batchesAPoint: 1,
  });
  const { rows: accuracies } = trainingRows(state.baseline!, 'accuracy');
  expect(accuracies.map((row) => Math.round(row.batch ?? row.validation ?? Number.NaN))).toEqual([0, 67, 71]);
  const [row] = sweepRows([point(64, 2392)]);
  expect(row!.band[0]).toBeCloseTo(54.4, 1);
  const rows = cdfRows(
    [
      { key: '64', cdf: point(64, 1, 0.3).activations.cdf },
      { key: 'empty', cdf: [] },
    ],
    'linear',
    3,
  );
  expect(rows.map((r) => r.x)).toEqual([0, 0.5, 1]);
  const logarithmic = cdfRows([{ key: '64', cdf: point(64, 1, 0.3).activations.cdf }], 'log', 4);
  expect(logarithmic.map((r) => Number(r.x.toFixed(9)))).toEqual([0.001, 0.01, 0.1, 1]);
  expect(logarithmic.map((r) => Math.round(r['64'] ?? 0))).toEqual([30, 31, 37, 100]);
  expect(logTicks(0.0124, 0.6)).toEqual([0.02, 0.05, 0.1, 0.2, 0.5]);
  expect(rows.map((r) => Math.round(r['64'] ?? 0))).toEqual([30, 65, 100]);
  expect(niceTicks(2.12)).toEqual([0, 0.5, 1, 1.5, 2, 2.5]);
  expect(niceTicks(2680)).toEqual([0, 500, 1000, 1500, 2000, 2500, 3000]);
  expect(niceTicks(0)).toHaveLength(2);
  expect(powersOfTen(1e-3, 10)).toEqual([0.001, 0.01, 0.1, 1, 10]);
  expect(spreadTicks([32, 48, 64, 80, 96])).toEqual([32, 48, 64, 80, 96]);
  expect(spreadTicks([128, 130, 160, 224, 225, 448])).toEqual([128, 224, 448]);
  expect(spreadTicks([64])).toEqual([64]);
  expect(epochTicks(3)).toEqual([1, 2, 3]);
  expect(epochTicks(50)).toEqual([10, 20, 30, 40, 50]);
  expect(percentTicks([20, 80])).toEqual([20, 40, 60, 80]);
  expect(accuracyDomain([])).toEqual([0, 100]);
  expect(accuracyDomain([71, 77.9])).toEqual([60, 80]);
  expect(accuracyDomain([13, 75])).toEqual([0, 80]);
  expect(accuracyDomain([95, 99])).toEqual([80, 100]);
});

test('a search’s axis shows its fall and as much above it, whatever runs away', () => {
  const ticksOf = (...losses: number[]) =>
    rateTicks(losses.map((smoothedLoss) => ({ lr: 1, loss: smoothedLoss, smoothedLoss })));
  // From 1.62 down to 1.31, and up to 1.93.
  expect(ticksOf(1.5, 1.62, 1.31, 5)).toEqual([1.2, 1.4, 1.6, 1.8, 2]);
  expect(ticksOf(1.5, 1.62, 1.31, 1.4)).toEqual([1.3, 1.4, 1.5, 1.6, 1.7]);
  expect(ticksOf(0.71)).toEqual([0.7, 0.72, 0.74, 0.76, 0.78, 0.8, 0.82]);
  expect(ticksOf(0.71, 5)).toEqual([0.7, 0.72, 0.74, 0.76, 0.78, 0.8, 0.82]);
  expect(ticksOf()).toEqual(niceTicks(1));
});

test('classes that gain and lose from size to size are named, and none where none does', () => {
  const classes = (...shares: number[]) => ({ classes: shares });
  const at = (before: number[], after: number[]): StudioState => ({
    ...state,
    sweep: {
      ...state.sweep!,
      points: [
        { ...point(224, 3042), ...classes(...before) },
        { ...point(384, 3333), ...classes(...after) },
      ],
    },
  });
  const [first, second] = state.dataset!.classes.map(({ name }) => name);
  expect(classSentence(at([0.5, 0.2], [0.5, 0.2]))).toBe('From 224 to 384 px no class gains or loses.');
  expect(classSentence(at([0.5, 0.2], [0.6, 0.1]))).toMatch(
    new RegExp(`most is gained by ${first}, \\+10.*; the most is lost by ${second}, −10`),
  );
  expect(classSentence(at([0.5, 0.2], [0.6, 0.4]))).toContain('; the least by');
  expect(classSentence(at([0.5, 0.2], [0.5, 0.1]))).toContain('no class gains; the most is lost by');
  expect(classSentence(at([0.5, 0.2], [0.6, 0.3]))).toBe('From 224 to 384 px every class changes by +10.00 points.');
  const { dataset, sweep } = at([0.5, 0.2, 0.2], [0.6, 0.3, 0.2]);
  const three = { ...dataset!, classes: [...dataset!.classes, { ...dataset!.classes[1]!, name: 'third' }] };
  expect(classSentence({ ...state, dataset: three, sweep })).toContain(
    'the most is gained by 2 classes, +10.00 points each; the least by third, ±0.00 points.',
  );
});

test('other photos take results and trained weights with them, not opened ones', () => {
  const [opened, trained] = (['import', 'baseline'] as const).map((run) => {
    const info = weightsInfo();
    return { ...info, history: [{ ...info.history[0]!, run }] };
  });
  const state = initialState();
  expect(lostWithPhotos({ ...state, weights: opened! })).toEqual({ results: false, weights: false });
  expect(lostWithPhotos({ ...state, weights: opened!, evaluate: runResult('evaluate') })).toMatchObject({
    results: true,
  });
  expect(lostWithPhotos({ ...state, weights: trained! })).toEqual({ results: false, weights: true });
});

test('a fine-tuning is held against what it says itself, and before that against what is known', () => {
  const [own, same, swept] = [score(2000), score(2100), point(64, 2200)];
  const state: StudioState = {
    ...initialState(),
    baseline: training('baseline', 48, record(1, 1900, true)),
    sweep: runResult('sweep', { points: [swept] }),
    finetune: training('finetune', 64),
  };
  expect(scoresBeforeTuning(state)).toMatchObject({ own: { correct: 1900 }, same: swept });
  const changed = { won: 1, lost: 0, p: 1 };
  const gain = { ownView: { score: own, changed }, sameView: { score: same, changed } };
  const told = (parts: Partial<typeof gain>): StudioState => ({
    ...state,
    finetune: { ...state.finetune!, gain: { ownView: null, sameView: null, ...parts } },
  });
  expect(scoresBeforeTuning(told(gain))).toEqual({ own, same });
  expect(scoresBeforeTuning(told({ sameView: gain.sameView }))).toEqual({ own: null, same });
});
