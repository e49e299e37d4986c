import { expect, test, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { PRESET_CONFIGS } from '../engine/experiments/meta';
import type { EpochRecord, SweepPoint } from '../engine/base/records';
import { curvesOf, runColors, differingSettings, figuresOf, overlayRows, runsSentence } from './comparison';
import { keepRuns, runOf, type RunStore, withRun } from './keptRuns';
import { BLOG } from './published';
import { runResult } from '../testing/runs';
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
  dataset: {
    name: 'leaves',
    format: '',
    classes: [],
    trainCount: 3,
    validationCount: 2,
    testCount: 0,
    unusedCount: 0,
    choices: [],
    settings: {},
    warnings: [],
    warningCounts: {},
  },
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

function emptyShelf() {
  const saved: KeptRun[] = [];
  const shelf: RunStore = {
    load: async () => [other],
    save: async (one) => void saved.push(one),
    remove: async () => undefined,
  };
  return { shelf, saved };
}

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
  expect(store.getState().kept.map(({ id }) => id)).toEqual([other.id, run.id]);

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
  const shelf = { load: async () => [], save: async () => {}, remove: async (id: string) => void removed.push(id) };
  keepRuns(store, shelf);
  const idle = { state: 'idle', run: null } as const;
  const rates = [{ lr: 1e-3, loss: 2, smoothedLoss: 2 }];
  const lrFinder = runResult('lrFinder', { rates, startedAt: '2026-02-01T09:00:00Z' });
  store.setState({ dataset: trained.dataset, lrFinder, run: { state: 'running', run: 'lrFinder' } });
  store.setState({ run: idle });
  expect(store.getState().kept.map(({ id }) => id)).toEqual([lrFinder.startedAt]);
  store.setState({ ...trained, lrFinder, kept: store.getState().kept, run: { state: 'running', run: 'baseline' } });
  store.setState({ run: idle });
  expect(store.getState().kept.map(({ id }) => id)).toEqual([run.id]);
  expect(removed).toEqual([lrFinder.startedAt]);
  expect(store.getState().kept[0]?.lrFinder?.rates).toEqual(rates);
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

test('runs that reached the same are told as equal, and those of one name apart', () => {
  const again = (newer: KeptRun) => ({ ...newer, id: `${newer.id}, again` });
  expect(runsSentence([run, again(run)])).toBe('2 runs on leaves: each reached 40.0 %.');
  expect(runsSentence([run, other, again(other)])).toBe('3 runs on leaves: 2 of them reached most, 70.0 %.');
  const better = { ...run, id: '2026-01-01T09:00:00Z', baseline: [epoch(1, 0.9, true)] };
  expect(runsSentence([run, better])).toMatch(/: “first \(.+\)” reached most, 90\.0 % \(baseline\)\.$/);
});
