import { expect, test } from 'vitest';
import { PRESET_CONFIGS, type RunId } from '../engine/experiments/meta';
import type { ExperimentRow, Score, SweepPoint } from '../engine/base/records';
import type { StudioEvent } from '../protocol/messages';
import { reduce } from './reduce';
import { initialState, type StudioState } from './state';

const score: Score = { loss: 1, accuracy: 0.5, correct: 5, count: 10 };
const play = (events: StudioEvent[], from: StudioState = initialState()) => events.reduce(reduce, from);

const start = (run: RunId): StudioEvent => ({
  kind: 'runStarted',
  run,
  config: PRESET_CONFIGS.quick,
  resolvedSize: 64,
  startedAt: '2026-01-01T00:00:00Z',
});

const steps: StudioEvent = {
  kind: 'steps',
  run: 'baseline',
  records: [
    { globalStep: 1, epoch: 1, loss: 2, accuracy: 0.2 },
    { globalStep: 2, epoch: 1, loss: 1, accuracy: 0.4 },
  ],
};

const epoch: StudioEvent = {
  kind: 'epoch',
  run: 'baseline',
  record: { epoch: 1, train: score, validation: score, best: true, seconds: 3, imagesPerSecond: 20 },
};

const point = (size: number, accuracy: number): SweepPoint => ({
  ...score,
  accuracy,
  size,
  resize: size * 1.25,
  seconds: 1,
  distance: null,
  classes: [],
  changed: null,
  activations: { size, count: 1, zeroFraction: 0, aboveTwoFraction: 0, mean: 0, cdf: [] },
});

const photos: StudioEvent = {
  kind: 'dataset',
  summary: {
    name: 'x',
    format: '',
    classes: [],
    trainCount: 0,
    validationCount: 0,
    testCount: 0,
    warnings: [],
    warningCounts: {},
  },
};

const trained = { arch: 'resnet18', classes: ['a', 'b'], origin: 'baseline, epoch 1' };
const imported = { ...trained, origin: 'imported from x.safetensors' };

test('a training fills its series and its epochs, and ends', () => {
  const state = play([
    { kind: 'runState', state: 'running', run: 'baseline' },
    start('baseline'),
    steps,
    epoch,
    { kind: 'runEnded', run: 'baseline', ended: 'done', error: null, seconds: 12 },
    { kind: 'runState', state: 'idle', run: null },
  ]);
  expect(state.baseline?.series.points).toHaveLength(2);
  expect(state.baseline?.epochs).toEqual([{ step: 2, record: epoch.kind === 'epoch' && epoch.record }]);
  expect(state.baseline).toMatchObject({ ended: 'done', seconds: 12, size: 64 });
  expect(state.run).toEqual({ state: 'idle', run: null });
  expect(state.progress).toBeNull();
});

test('sweep points are kept by size, the reference apart', () => {
  const state = play([
    start('sweep'),
    { kind: 'sweepPoint', point: point(128, 0.6), reference: false },
    { kind: 'sweepPoint', point: point(64, 0.4), reference: false },
    { kind: 'sweepPoint', point: point(64, 0.5), reference: true },
  ]);
  expect(state.sweep?.points.map((p) => p.size)).toEqual([64, 128]);
  expect(state.sweep?.reference?.accuracy).toBe(0.5);
});

test('a new baseline clears what stood on the old one; a new sweep keeps the baseline', () => {
  const before = play([start('baseline'), steps, start('sweep'), start('finetune')]);
  expect(before.finetune).not.toBeNull();
  const again = play([start('sweep')], before);
  expect(again.baseline).toBe(before.baseline);
  const anew = play([start('baseline')], before);
  expect(anew.sweep).toBeNull();
  expect(anew.finetune).toBeNull();
});

test('other photos clear results, a failed run leaves what it reached', () => {
  const error = { code: 'not-finite' as const, message: 'The loss became NaN at step 3' };
  const failed = play([
    start('baseline'),
    steps,
    { kind: 'runEnded', run: 'baseline', ended: 'failed', error, seconds: 1 },
  ]);
  expect(failed.failure).toEqual({ during: 'running', error, fatal: false });
  expect(failed.baseline?.series.points).toHaveLength(2);
  expect(play([photos], failed).baseline).toBeNull();
});

test('a lost device ends its run, and neither the weights nor the page', () => {
  const error = { code: 'device-lost' as const, message: 'gone' };
  const lost = play([
    { kind: 'runState', state: 'running', run: 'baseline' },
    start('baseline'),
    { kind: 'weights', info: trained },
    { kind: 'deviceLost', error },
  ]);
  expect(lost.failure).toEqual({ during: 'machine', error, fatal: false });
  expect(lost.weights).toBe(trained);
  const after = play(
    [
      { kind: 'runEnded', run: 'baseline', ended: 'failed', error, seconds: 1 },
      { kind: 'runState', state: 'idle', run: null },
    ],
    lost,
  );
  expect(after.failure).toEqual({ during: 'running', error, fatal: false });
  expect(after.run.state).toBe('idle');
  expect(after.weights).toBe(trained);
});

test('other photos drop trained weights and keep opened ones', () => {
  const none = play([{ kind: 'weights', info: trained }, photos, { kind: 'weights', info: null }]);
  expect(none.weights).toBeNull();
  const opened = { ...initialState(), weights: imported, imported };
  const trainedOn = play([start('baseline'), { kind: 'weights', info: trained }], opened);
  expect(trainedOn).toMatchObject({ weights: trained, imported });
  const other = play([photos, { kind: 'weights', info: imported }], trainedOn);
  expect(other).toMatchObject({ weights: imported, imported, baseline: null });
  expect(play([{ kind: 'weights', info: null }], other).imported).toBeNull();
});

test('an experiment fills its table; a new baseline leaves only what stands on none', () => {
  const row = (name: string): ExperimentRow => {
    return { name, views: null, trainSize: 64, testSize: 80, score, changed: null, epochs: 0, note: null };
  };
  const state = play([
    start('ablation'),
    { kind: 'row', run: 'ablation', row: row('nothing') },
    steps,
    { kind: 'row', run: 'ablation', row: row('the classifier') },
    { kind: 'runEnded', run: 'ablation', ended: 'stopped', error: null, seconds: 7 },
    start('lowResolution'),
    { kind: 'row', run: 'lowResolution', row: row('trained at 51 px') },
  ]);
  expect(state.experiments.ablation).toMatchObject({ ended: 'stopped', seconds: 7 });
  expect(state.experiments.ablation?.rows.map(({ name }) => name)).toEqual(['nothing', 'the classifier']);
  expect(state.experiments.lowResolution?.ended).toBe('running');
  const anew = reduce(state, start('baseline'));
  expect(Object.keys(anew.experiments)).toEqual(['lowResolution']);
  expect(reduce(state, photos).experiments).toEqual({});
});

test('activations of a size being measured make room for its result', () => {
  const activations = { size: 64, count: 512, zeroFraction: 0.5, aboveTwoFraction: 0, mean: 0.4, cdf: [] };
  const partialActivations: StudioEvent = { kind: 'partialActivations', run: 'sweep', activations };
  expect(play([start('sweep'), partialActivations]).sweep).toMatchObject({ partialActivations: activations });
  expect(
    play([start('sweep'), partialActivations, { kind: 'sweepPoint', point: point(64, 0.4), reference: false }]).sweep,
  ).toMatchObject({ partialActivations: null });
  const stopped: StudioEvent = { kind: 'runEnded', run: 'sweep', ended: 'stopped', error: null, seconds: 1 };
  expect(play([start('sweep'), partialActivations, stopped]).sweep).toMatchObject({ partialActivations: null });
  // Other experiments evaluate, too.
  expect(play([start('sweep'), { ...partialActivations, run: 'ablation' }]).sweep).toMatchObject({
    partialActivations: null,
  });
});

test('a recommendation ends a sweep', () => {
  const recommendation = { best: 96, recommended: 64, withinNoise: [64, 96], sentence: 'so' };
  expect(play([start('sweep'), { kind: 'recommendation', recommendation }]).sweep).toMatchObject({ recommendation });
});

test('a search for a learning rate fills its curve, and stays when a baseline starts', () => {
  const found = { lr: 1e-7, loss: 2, smoothedLoss: 2 };
  const suggested = { valley: 1e-3, steep: 1e-4 };
  const state = play([
    start('baseline'),
    steps,
    start('lrFinder'),
    { kind: 'ratePoint', point: found },
    { kind: 'ratePoint', point: { ...found, lr: 1e-6 } },
    { kind: 'suggestedRates', suggested },
    { kind: 'runEnded', run: 'lrFinder', ended: 'done', error: null, seconds: 9 },
  ]);
  expect(state.lrFinder).toMatchObject({ suggested, ended: 'done', seconds: 9 });
  expect(state.lrFinder?.points.map(({ lr }) => lr)).toEqual([1e-7, 1e-6]);
  expect(state.baseline?.series.points).toHaveLength(2);
  expect(reduce(state, start('baseline')).lrFinder).toBe(state.lrFinder);
  expect(reduce(state, start('lrFinder')).lrFinder).toMatchObject({ points: [], suggested: null });
  expect(reduce(state, photos).lrFinder).toBeNull();
});

test('a search that was stopped before its first step leaves nothing behind', () => {
  const end: StudioEvent = { kind: 'runEnded', run: 'lrFinder', ended: 'stopped', error: null, seconds: 1 };
  expect(play([start('lrFinder'), end]).lrFinder).toBeNull();
  const ratePoint: StudioEvent = { kind: 'ratePoint', point: { lr: 1e-5, loss: 2, smoothedLoss: 2 } };
  expect(play([start('lrFinder'), ratePoint, end]).lrFinder).toMatchObject({ ended: 'stopped' });
});
