import 'fake-indexeddb/auto';
import { beforeEach, expect, test, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { PRESET_CONFIGS } from '../engine/experiments/meta';
import type { EpochRecord, SweepPoint } from '../engine/base/records';
import {
  curvesOf,
  deletedSentence,
  runColors,
  differingSettings,
  figuresOf,
  overlayRows,
  runsSentence,
} from './comparison';
import { describeRun, keepNow, keepRuns, photosOf, runOf, type RunStore, runStore, withRun } from './keptRuns';
import { BLOG } from './published';
import { datasetSummary, runResult } from '../testing/runs';
import { initialState, type KeptRun, type StudioState } from './state';

const score = (accuracy: number) => ({ loss: 1, accuracy, correct: accuracy * 100, count: 100 });
const epoch = (number: number, accuracy: number, best: boolean): EpochRecord => ({
  epoch: number,
  train: score(0.5),
  validation: score(accuracy),
  best,
  seconds: 1,
  imagesPerSecond: 1,
});
const point = (size: number, accuracy: number) =>
  ({ ...score(accuracy), size, activations: { cdf: [{ x: 0, p: 0.25 }] } }) as unknown as SweepPoint;

const trained: StudioState = {
  ...initialState(),
  dataset: datasetSummary({ format: '', classes: [], trainCount: 3, validationCount: 2 }),
  baseline: runResult('baseline', {
    config: PRESET_CONFIGS.quick,
    startedAt: '2026-02-01T10:00:00Z',
    size: 64,
    epochs: [epoch(1, 0.4, true), epoch(2, 0.3, false)].map((record) => ({ step: 1, record })),
  }),
};
const run: KeptRun = { ...runOf(trained)!, name: 'first', note: '' };
const other: KeptRun = {
  ...run,
  id: '2026-03-01T10:00:00Z',
  name: 'second',
  config: { ...run.config, lr: 0.01 },
  sweep: [point(64, 0.5), point(96, 0.6)],
  finetune: { size: 96, epochs: [epoch(1, 0.7, true)] },
};

beforeEach(() => void vi.stubGlobal('indexedDB', new IDBFactory()));

function emptyShelf() {
  const saved: KeptRun[] = [];
  const shelf: RunStore = {
    load: async () => [other],
    save: async (one) => {
      saved.push(one);
      return one;
    },
    describe: async (one, words) => ({ ...one, ...words }),
    remove: async () => undefined,
    putBack: async () => undefined,
  };
  return { shelf, saved };
}

test('a name loses the blanks around it, and one of blanks is none', async () => {
  const { shelf } = emptyShelf();
  const store = createStore<StudioState>(() => ({ ...initialState(), kept: [run] }));
  await describeRun(store, shelf, run, { name: ' slow one ' });
  expect(store.getState().kept).toMatchObject([{ name: 'slow one' }]);
  await describeRun(store, shelf, run, { name: '   ' });
  expect(store.getState().kept).toMatchObject([{ name: '', note: run.note }]);
});

test('nothing is kept before a step has a result', () => {
  expect(runOf(initialState())).toBeNull();
  expect(runOf({ ...trained, baseline: { ...trained.baseline!, epochs: [] } })).toBeNull();
});

test('each step’s settings are kept as they were when it started', () => {
  const tuned = { ...PRESET_CONFIGS.quick, tuneLr: 0.5, lr: 9 };
  const swept = { ...PRESET_CONFIGS.quick, sweepSizes: [32, 48], lr: 8 };
  const { config } = runOf({
    ...trained,
    sweep: runResult('sweep', { config: swept }),
    finetune: runResult('finetune', { config: tuned }),
  })!;
  expect(config).toMatchObject({ lr: PRESET_CONFIGS.quick.lr, tuneLr: 0.5, sweepSizes: [32, 48] });
});

test('a lone search for a learning rate is kept, and a lone experiment', () => {
  const photos = { ...initialState(), dataset: trained.dataset };
  const rates = [{ lr: 1e-3, loss: 2, smoothedLoss: 2 }];
  expect(runOf({ ...photos, lrFinder: runResult('lrFinder', { rates }) })?.lrFinder?.rates).toEqual(rates);
  const row = { name: 'from the start', views: null, trainSize: 51, testSize: 64, score: score(0.5) };
  const rows = [{ ...row, changed: null, epochs: 1, note: null, trained: [] }];
  const experiments = { lowResolution: runResult('lowResolution', { rows }) };
  expect(runOf({ ...photos, experiments })?.experiments['lowResolution']).toHaveLength(1);
});

test('a run is kept when a step ends, again when the next one does, with its name and note', async () => {
  const store = createStore<StudioState>(() => initialState());
  const { shelf, saved } = emptyShelf();
  keepRuns(store, shelf);
  await vi.waitFor(() => expect(store.getState().kept).toEqual([other]));
  const idle = { state: 'idle', run: null } as const;
  store.setState({ ...trained, kept: [other], run: { state: 'running', run: 'baseline' } });
  store.setState({ run: idle });
  expect(saved.map(({ name }) => name)).toEqual(['leaves, resnet18, 64 px']);
  await vi.waitFor(() => expect(store.getState().kept.map(({ id }) => id)).toEqual([other.id, run.id]));

  store.setState(({ kept }) => ({ kept: withRun(kept, { ...run, name: 'renamed', note: 'dark leaves' }) }));
  const config = { ...PRESET_CONFIGS.quick, tuneLr: 0.5 };
  const finetune = { ...trained.baseline!, config, startedAt: '2026-02-01T11:00:00Z', size: 96 };
  store.setState({ finetune, run: { state: 'running', run: 'finetune' } });
  store.setState({ run: idle });
  expect(store.getState().kept).toHaveLength(2);
  expect(saved.at(-1)).toMatchObject({ id: run.id, name: 'renamed', note: 'dark leaves', finetune: { size: 96 } });
});

test('a search that was kept alone becomes a part of the baseline’s run', async () => {
  const store = createStore<StudioState>(() => initialState());
  const removed: string[] = [];
  const shelf = { ...emptyShelf().shelf, load: async () => [], remove: async (id: string) => void removed.push(id) };
  keepRuns(store, shelf);
  const idle = { state: 'idle', run: null } as const;
  const rates = [{ lr: 1e-3, loss: 2, smoothedLoss: 2 }];
  const lrFinder = runResult('lrFinder', { rates, startedAt: '2026-02-01T09:00:00Z' });
  store.setState({ dataset: trained.dataset, lrFinder, run: { state: 'running', run: 'lrFinder' } });
  store.setState({ run: idle });
  const kept = () => store.getState().kept.map(({ id }) => id);
  await vi.waitFor(() => expect(kept()).toEqual([lrFinder.startedAt]));
  store.setState({ ...trained, lrFinder, kept: store.getState().kept, run: { state: 'running', run: 'baseline' } });
  store.setState({ run: idle });
  await vi.waitFor(() => expect(kept()).toEqual([run.id]));
  expect(removed).toEqual([lrFinder.startedAt]);
  expect(store.getState().kept[0]?.lrFinder?.rates).toEqual(rates);
});

test('what several tabs write of a run is all kept, and what one deletes stays deleted in all', async () => {
  await runStore.save(run, '');
  await runStore.describe(run, { note: 'dark leaves' });
  // The other tab has read it before that.
  expect(await runStore.describe(run, { tags: ['final'] })).toMatchObject({ note: 'dark leaves', tags: ['final'] });
  expect(await runStore.save({ ...run, sweep: other.sweep }, '')).toMatchObject({
    note: 'dark leaves',
    tags: ['final'],
  });
  await runStore.remove(run.id);
  expect(await runStore.describe(run, { name: 'again' })).toBeNull();
  expect(await runStore.load()).toEqual([]);
  await runStore.putBack(run);
  expect(await runStore.load()).toEqual([run]);
});

test('a run that was deleted does not come back by being measured, but by being gone on with', async () => {
  const measured: StudioState = { ...trained, evaluate: runResult('evaluate', { startedAt: '2999-01-01T10:00:00Z' }) };
  const store = createStore<StudioState>(() => measured);
  await keepNow(store, runStore);
  expect(store.getState().kept).toHaveLength(1);
  await runStore.remove(run.id);
  store.setState({ kept: [] });
  await keepNow(store, runStore);
  expect([store.getState().kept, await runStore.load()]).toEqual([[], []]);
  store.setState({ sweep: runResult('sweep', { startedAt: '2999-01-01T11:00:00Z', points: [point(64, 0.5)] }) });
  await keepNow(store, runStore);
  expect(await runStore.load()).toMatchObject([{ id: run.id, sweep: [{ size: 64 }] }]);
});

test('runs become curves, published ones beside them', () => {
  const { epochs, sizes, activations } = curvesOf([run, other], runColors([run, other]));
  expect(epochs.map(({ name }) => name)).toEqual(['first', 'second', 'second, fine-tuned']);
  expect(sizes).toEqual([
    {
      name: 'second',
      published: false,
      color: 1,
      points: [
        { x: 64, y: 50 },
        { x: 96, y: 60 },
      ],
    },
  ]);
  expect(activations).toMatchObject([{ name: 'second, 96 px', ending: ', 96 px', points: [{ x: 0, y: 25 }] }]);
  const rows = overlayRows([...sizes, ...BLOG.sizes]);
  expect(rows[0]).toEqual({ x: 64, '0': 50, '1': 55.9 });
  expect(rows.map(({ x }) => x)).toEqual([64, 96, 128, 224, 384, 480]);
});

test('settings are listed where they differ, results in short', () => {
  expect(differingSettings([run, other])).toEqual([{ label: 'Learning rate', values: ['0.001', '0.01'] }]);
  expect(differingSettings([run, run])).toEqual([]);
  const chosen = { ...run, config: { ...run.config, selectBy: 'macroF1', normalize: !run.config.normalize } as const };
  expect(differingSettings([run, chosen])).toEqual([
    { label: 'Normalise by ImageNet', values: ['off', 'on'] },
    { label: 'Best epoch and size by', values: ['Accuracy', 'Macro F1'] },
  ]);
  expect(figuresOf(run)).toEqual(['40.0 %', '–', '–']);
  expect(figuresOf(other)).toEqual(['40.0 %', '60.0 % at 96 px', '70.0 % at 96 px']);
});

test('the first sentence names the most that a run on the newest one’s photos reached, in any step, and where', () => {
  expect(runsSentence([run])).toBe('1 run on leaves: “first” reached 40.0 % (baseline).');
  expect(runsSentence([run, other])).toBe('2 runs on leaves: “second” reached most, 70.0 % (fine-tuned at 96 px).');
  const worseTuned = { ...other, finetune: { size: 96, epochs: [epoch(1, 0.5, true)] } };
  expect(runsSentence([worseTuned])).toBe('1 run on leaves: “second” reached 60.0 % (baseline at 96 px).');
  const elsewhere = { ...other, dataset: { ...run.dataset, name: 'roots' } };
  expect(runsSentence([run, elsewhere])).toBe('1 run on leaves: “first” reached 40.0 % (baseline).');
  expect(runsSentence([{ ...run, baseline: [] }])).toBe('1 run kept in this browser.');
});

test('where photos are open that have runs, the sentence is of theirs, and says what is no better than guessing', () => {
  const open = datasetSummary({ classes: ['a', 'b'].map((name) => ({ name, train: 9, validation: 50, test: 0 })) });
  const here = { ...run, dataset: photosOf(open) };
  const newest = { ...other, dataset: { ...run.dataset, name: 'roots' } };
  expect(runsSentence([newest, here], open)).toBe(
    '1 run on leaves: “first” reached 40.0 % (baseline), no better than guessing (50.0 %).',
  );
  const better = { ...here, baseline: [epoch(1, 0.8, true)] };
  expect(runsSentence([newest, better], open)).toBe('1 run on leaves: “first” reached 80.0 % (baseline).');
  expect(runsSentence([newest], open)).toBe('1 run on roots: “second” reached 70.0 % (fine-tuned at 96 px).');
});

test('runs that reached the same are told as equal, and those of one name apart', () => {
  const again = (newer: KeptRun) => ({ ...newer, id: `${newer.id}, again` });
  expect(runsSentence([run, again(run)])).toBe('2 runs on leaves: each reached 40.0 %.');
  expect(runsSentence([run, other, again(other)])).toBe('3 runs on leaves: 2 of them reached most, 70.0 %.');
  const better = { ...run, id: '2026-01-01T09:00:00Z', baseline: [epoch(1, 0.9, true)] };
  expect(runsSentence([run, better])).toMatch(/: “first \(.+\)” reached most, 90\.0 % \(baseline\)\.$/);
});

test('runs are told by what all of them were chosen by, and else by accuracy, which is said', () => {
  const by = (one: KeptRun, selectBy: 'accuracy' | 'macroF1', macroF1: number): KeptRun => ({
    ...one,
    config: { ...one.config, selectBy },
    baseline: one.baseline.map((record) => ({ ...record, validation: { ...record.validation, macroF1 } })),
  });
  const later = { ...run, id: '2026-04-01T10:00:00Z', name: 'third', baseline: [epoch(1, 0.9, true)] };
  const [first, third] = [by(run, 'macroF1', 0.8), by(later, 'macroF1', 0.2)];
  expect(runsSentence([third, first])).toBe('2 runs on leaves: “first” reached most, 80.0 % of macro F1 (baseline).');
  const mixed = [third, by(run, 'accuracy', 0.8)];
  expect(runsSentence(mixed)).toBe('2 runs on leaves: “third” reached most, 90.0 % of accuracy (baseline).');
});

test('runs that were deleted are counted, and one is named as the list names it', () => {
  expect(deletedSentence([run])).toBe('first was deleted.');
  expect(deletedSentence([run, other])).toBe('2 runs were deleted.');
  expect(deletedSentence([{ ...run, name: ' ' }])).toMatch(/^The unnamed run of .*2026.* was deleted\.$/);
});
