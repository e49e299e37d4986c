import { expect, test } from 'vitest';
import { PRESET_CONFIGS, type RunId } from '../engine/experiments/meta';
import type { ExperimentRow, RunRecord, Score } from '../engine/base/records';
import type { StudioEvent } from '../protocol/messages';
import type { WeightsInfo } from '../protocol/weights';
import { newRun } from '../protocol/results';
import { datasetSummary, sweepPoint, weightsInfo } from '../testing/runs';
import { reduce } from './reduce';
import { initialState, type StudioState } from './state';

const score: Score = { loss: 1, accuracy: 0.5, correct: 5, count: 10 };
const play = (events: StudioEvent[], from: StudioState = initialState()) => events.reduce(reduce, from);

const CONFIG = PRESET_CONFIGS.quick;
const fresh = (run: RunId, startedAt = '2026-01-01T00:00:00Z') => newRun({ run, config: CONFIG, size: 64, startedAt });
const start = (run: RunId): StudioEvent => ({ kind: 'runStarted', result: fresh(run) });
const idOf = (run: RunId) => fresh(run).id;
const say = (run: RunId, ...records: RunRecord[]): StudioEvent => ({ kind: 'records', id: idOf(run), records });
const end = (run: RunId, parts: Partial<Extract<StudioEvent, { kind: 'runEnded' }>> = {}): StudioEvent => ({
  kind: 'runEnded',
  id: idOf(run),
  ended: 'done',
  error: null,
  seconds: 12,
  copies: null,
  ...parts,
});
const weigh = (info: WeightsInfo | null): StudioEvent => ({ kind: 'weights', info, slot: 'baseline', misfit: null });

const steps = say(
  'baseline',
  { kind: 'step', record: { globalStep: 1, epoch: 1, loss: 2, accuracy: 0.2 }, images: 8 },
  { kind: 'step', record: { globalStep: 2, epoch: 1, loss: 1, accuracy: 0.4 }, images: 8 },
);
const epochRecord = { epoch: 1, train: score, validation: score, best: true, seconds: 3, imagesPerSecond: 20 };
const epoch = say('baseline', { kind: 'epoch', record: epochRecord });
const point = (size: number, accuracy: number) => sweepPoint(size, { ...score, accuracy });

const photos: StudioEvent = { kind: 'dataset', summary: datasetSummary() };

const trained = weightsInfo();
const imported = weightsInfo({ origin: 'imported from x.safetensors' });

test('a training fills its series and its epochs, and ends', () => {
  const state = play([
    { kind: 'runState', state: 'running', run: 'baseline' },
    start('baseline'),
    steps,
    epoch,
    end('baseline'),
    { kind: 'runState', state: 'idle', run: null },
  ]);
  expect(state.baseline?.series.points).toHaveLength(2);
  expect(state.baseline?.epochs).toEqual([{ step: 2, record: epochRecord }]);
  expect(state.baseline).toMatchObject({ ended: 'done', seconds: 12, size: 64 });
  expect(state.run).toEqual({ state: 'idle', run: null });
  expect(state.progress).toBeNull();
});

test('sweep points are kept by size, the reference apart', () => {
  const state = play([
    start('sweep'),
    say('sweep', { kind: 'sweepPoint', point: point(128, 0.6), reference: false }),
    say('sweep', { kind: 'sweepPoint', point: point(64, 0.4), reference: false }),
    say('sweep', { kind: 'sweepPoint', point: point(64, 0.5), reference: true }),
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
  const failed = play([start('baseline'), steps, end('baseline', { ended: 'failed', error })]);
  expect(failed.failure).toEqual({ during: 'running', error, fatal: false });
  expect(failed.baseline?.series.points).toHaveLength(2);
  expect(play([photos], failed).baseline).toBeNull();
});

test('what was refused because of a run is over with it, any other failure is not', () => {
  const failed = (code: 'busy' | 'bad-weights') =>
    play([end('baseline')], {
      ...play([start('baseline')]),
      failure: { during: 'opening', error: { code, message: 'no', hint: '' }, fatal: false },
    }).failure;
  expect(failed('busy')).toBeNull();
  expect(failed('bad-weights')?.error.code).toBe('bad-weights');
});

test('a lost device ends its run, and neither the weights nor the page', () => {
  const error = { code: 'device-lost' as const, message: 'gone' };
  const lost = play([
    { kind: 'runState', state: 'running', run: 'baseline' },
    start('baseline'),
    weigh(trained),
    { kind: 'deviceLost', error },
  ]);
  expect(lost.failure).toEqual({ during: 'machine', error, fatal: false });
  expect(lost.weights).toBe(trained);
  const after = play(
    [end('baseline', { ended: 'failed', error }), { kind: 'runState', state: 'idle', run: null }],
    lost,
  );
  expect(after.failure).toEqual({ during: 'running', error, fatal: false });
  expect(after.run.state).toBe('idle');
  expect(after.weights).toBe(trained);
});

test('other photos drop trained weights and keep opened ones', () => {
  const none = play([weigh(trained), photos, weigh(null)]);
  expect(none.weights).toBeNull();
  const opened = { ...initialState(), weights: imported, imported };
  const trainedOn = play([start('baseline'), weigh(trained)], opened);
  expect(trainedOn).toMatchObject({ weights: trained, imported });
  const other = play([photos, weigh(imported)], trainedOn);
  expect(other).toMatchObject({ weights: imported, imported, baseline: null });
  expect(play([weigh(null)], other).imported).toBeNull();
});

test('an experiment fills its table; a new baseline leaves only what stands on none', () => {
  const row = (name: string): ExperimentRow => {
    return { name, views: null, trainSize: 64, testSize: 80, score, changed: null, epochs: 0, note: null };
  };
  const state = play([
    start('ablation'),
    say('ablation', { kind: 'row', row: row('nothing') }),
    steps,
    say('ablation', { kind: 'row', row: row('the classifier') }),
    end('ablation', { ended: 'stopped', seconds: 7 }),
    start('lowResolution'),
    say('lowResolution', { kind: 'row', row: row('trained at 51 px') }),
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
  const partialActivations = say('sweep', { kind: 'partialActivations', activations });
  expect(play([start('sweep'), partialActivations]).sweep).toMatchObject({ partialActivations: activations });
  expect(
    play([
      start('sweep'),
      partialActivations,
      say('sweep', { kind: 'sweepPoint', point: point(64, 0.4), reference: false }),
    ]).sweep,
  ).toMatchObject({ partialActivations: null });
  const stopped = end('sweep', { ended: 'stopped' });
  expect(play([start('sweep'), partialActivations, stopped]).sweep).toMatchObject({ partialActivations: null });
  // Other experiments evaluate, too.
  expect(play([start('sweep'), say('ablation', { kind: 'partialActivations', activations })]).sweep).toMatchObject({
    partialActivations: null,
  });
});

test('a recommendation ends a sweep', () => {
  const recommendation = {
    best: 96,
    againstTrained: null,
    recommended: 64,
    saved: 0.55,
    withinNoise: [64, 96],
    sentence: 'so',
  };
  expect(play([start('sweep'), say('sweep', { kind: 'recommendation', recommendation })]).sweep).toMatchObject({
    recommendation,
  });
});

test('a search for a learning rate fills its curve, and stays when a baseline starts', () => {
  const found = { lr: 1e-7, loss: 2, smoothedLoss: 2 };
  const suggested = { valley: 1e-3, steep: 1e-4 };
  const state = play([
    start('baseline'),
    steps,
    start('lrFinder'),
    say('lrFinder', { kind: 'ratePoint', point: found }),
    say('lrFinder', { kind: 'ratePoint', point: { ...found, lr: 1e-6 } }),
    say('lrFinder', { kind: 'suggestedRates', suggested }),
    end('lrFinder', { seconds: 9 }),
  ]);
  expect(state.lrFinder).toMatchObject({ suggestedRates: suggested, ended: 'done', seconds: 9 });
  expect(state.lrFinder?.rates.map(({ lr }) => lr)).toEqual([1e-7, 1e-6]);
  expect(state.baseline?.series.points).toHaveLength(2);
  expect(reduce(state, start('baseline')).lrFinder).toBe(state.lrFinder);
  expect(reduce(state, start('lrFinder')).lrFinder).toMatchObject({ rates: [], suggestedRates: null });
  expect(reduce(state, photos).lrFinder).toBeNull();
});

test('a search that was stopped before its first step leaves nothing behind', () => {
  const stopped = end('lrFinder', { ended: 'stopped' });
  expect(play([start('lrFinder'), stopped]).lrFinder).toBeNull();
  const ratePoint = say('lrFinder', { kind: 'ratePoint', point: { lr: 1e-5, loss: 2, smoothedLoss: 2 } });
  expect(play([start('lrFinder'), ratePoint, stopped]).lrFinder).toMatchObject({ ended: 'stopped' });
});

test('what a run says after another of its kind has started is not taken for the other’s', () => {
  const late = { kind: 'records', id: idOf('baseline'), records: [{ kind: 'epoch', record: epochRecord }] } as const;
  const second: StudioEvent = { kind: 'runStarted', result: fresh('baseline', '2026-01-02T00:00:00Z') };
  expect(play([start('baseline'), second, { ...late, records: [...late.records] }]).baseline?.epochs).toEqual([]);
});
