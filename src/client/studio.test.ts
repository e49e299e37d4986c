import { expect, test, vi } from 'vitest';
import type { ErrorData } from '../engine/base/errors';
import type { DatasetSummary } from '../engine/dataset/types';
import { PRESET_CONFIGS } from '../engine/experiments/meta';
import type { CommandKind, CommandMessage, StudioEvent } from '../protocol/messages';
import { datasetSummary, runResult, weightsInfo } from '../testing/runs';
import { ALL_PHOTOS } from './photoFilter';
import { replacesOthers, startBlock } from './selectors';
import { stageStatus } from './stageStatus';
import { initialState, type StudioState } from './state';
import { createStudio } from './studio';

const imported = weightsInfo({ arch: 'resnet34', origin: 'imported from x.safetensors' });

const dataset = datasetSummary({ name: 'photos', format: '' });

interface Reply {
  events: StudioEvent[];
  result?: unknown;
  /** Fails with it. */
  error?: ErrorData;
}

/** A worker that answers every command at once, after the events that belong to it. */
function answering(replies: Partial<Record<CommandKind, Reply>>) {
  let listener: (event: Event) => void = () => {};
  const say = (data: unknown) => listener(Object.assign(new Event('message'), { data }));
  return {
    postMessage({ id, kind }: CommandMessage) {
      const { events, result, error }: Reply = replies[kind] ?? { events: [], result: {} };
      for (const event of events) say({ kind: 'event', event });
      say(error ? { kind: 'reply', id, ok: false, error } : { kind: 'reply', id, ok: true, result });
    },
    addEventListener(kind: string, listen: (event: Event) => void) {
      if (kind === 'message') listener = listen;
    },
  };
}

test('opened weights set the network, and stay where a baseline starts after other photos', async () => {
  const told: StudioEvent[] = [{ kind: 'weights', info: imported, slot: 'baseline', misfit: null }];
  const studio = createStudio(
    answering({
      importWeights: { events: told, result: imported },
      openSample: { events: [{ kind: 'dataset', summary: dataset }, ...told], result: dataset },
    }),
  );
  await studio.importWeights(new File([], 'x.safetensors'));
  expect(studio.store.getState()).toMatchObject({ weights: imported, imported, config: { arch: 'resnet34' } });
  await studio.openSample();
  expect(studio.store.getState()).toMatchObject({ weights: imported, imported, dataset });
});

test.each([true, false])('back to random weights, and what stood on the opened ones goes: %s', async (cleared) => {
  const baseline = runResult('baseline');
  const told: StudioEvent[] = [{ kind: 'weights', info: cleared ? null : imported, slot: 'baseline', misfit: null }];
  const studio = createStudio(answering({ closeWeights: { events: told, result: { cleared } } }));
  studio.store.setState({ weights: imported, imported, baseline });
  await studio.startFromScratch();
  expect(studio.store.getState()).toMatchObject({
    imported: null,
    weights: cleared ? null : imported,
    baseline: cleared ? null : { run: 'baseline' },
  });
});

test('a refused folder leaves the page free, and the photos that were open as they were', async () => {
  const refused = { code: 'bad-dataset', message: '"empty" holds no photos' } as const;
  const replies: Partial<Record<CommandKind, Reply>> = {
    openSample: { events: [{ kind: 'dataset', summary: dataset }], result: dataset },
    openDirectory: { events: [{ kind: 'listing', files: 1 }], error: refused },
    openFiles: { events: [{ kind: 'listing', files: 1 }], error: refused },
  };
  const studio = createStudio(answering(replies));
  await studio.openSample();
  const handle = { name: 'empty', kind: 'directory' } as FileSystemDirectoryHandle;
  for (const open of [() => studio.openDirectory(handle), () => studio.openFiles([chosen('lone/photos.csv')])]) {
    await expect(open()).rejects.toThrow('holds no photos');
    expect(studio.store.getState()).toMatchObject({ opening: null, dataset, failure: { error: refused } });
  }
  await studio.openSample();
  expect(studio.store.getState()).toMatchObject({ opening: null, dataset, failure: null });
});

test('a run that cannot begin is told as such, and one that has begun by its end', async () => {
  // Without WebGPU, which is no failure.
  vi.stubGlobal('navigator', {});
  const error = { code: 'needs-step', message: 'The best size is not known yet' } as const;
  const baseline = runResult('baseline');
  const begun: StudioEvent = { kind: 'runStarted', result: baseline };
  const through = { id: baseline.id, seconds: 1, copies: null };
  const done: StudioEvent = { kind: 'runEnded', ...through, ended: 'done', error: null };
  const failed: StudioEvent = { kind: 'runEnded', ...through, ended: 'failed', error };
  const toldOf = async (events: StudioEvent[]) => {
    const studio = createStudio(answering({ runQueue: { events, error } }));
    await expect(studio.runQueue()).rejects.toThrow(error.message);
    return studio.store.getState().failure;
  };
  expect(await toldOf([])).toMatchObject({ during: 'starting', error });
  expect(await toldOf([begun, done])).toMatchObject({ during: 'starting', error });
  expect(await toldOf([begun, failed])).toMatchObject({ during: 'running', error });
  vi.unstubAllGlobals();
});

test('a second folder waits until the first is open, and does not disturb it', async () => {
  const studio = createStudio({ postMessage: () => {}, addEventListener: () => {} });
  void studio.openSample();
  await expect(studio.openFiles([chosen('photos/a.jpg')])).rejects.toThrow('is being read');
  expect(studio.store.getState().opening).toMatchObject({ name: 'the sample leaves' });
});

test('a search for a learning rate that has ended can be put away', async () => {
  const studio = createStudio(answering({}));
  const search = runResult('lrFinder', { ended: 'running' });
  studio.store.setState({ lrFinder: search });
  studio.dismissSearch();
  expect(studio.store.getState().lrFinder).not.toBeNull();
  studio.store.setState({ lrFinder: { ...search, ended: 'stopped' } });
  studio.dismissSearch();
  expect(studio.store.getState().lrFinder).toBeNull();
});

test('weights of another network leave the settings alone', async () => {
  const other = { ...imported, arch: 'vgg16' };
  const studio = createStudio(answering({ importWeights: { events: [], result: other } }));
  await studio.importWeights(new File([], 'x.safetensors'));
  expect(studio.store.getState()).toMatchObject({ weights: other, config: { arch: PRESET_CONFIGS.blog.arch } });
});

/** As a folder input names it. */
function chosen(path: string): File {
  return Object.assign(new File([], path), { webkitRelativePath: path });
}

const opened: StudioState = {
  ...initialState({ ...PRESET_CONFIGS.quick, arch: 'resnet34' }),
  machine: {
    status: 'ready',
    report: {
      vendor: '',
      architecture: '',
      description: '',
      software: false,
      features: [],
      maxBufferBytes: 0,
      maxBindingBytes: 0,
      subgroupSize: null,
    },
  },
  dataset,
  weights: imported,
  imported,
};

test('with opened weights every step can start without a baseline', () => {
  for (const run of ['baseline', 'sweep', 'evaluate'] as const) expect(startBlock(opened, run)).toBeNull();
  expect(startBlock(opened, 'finetune')).toMatchObject({ goTo: 'sweep' });
  expect(startBlock({ ...opened, config: { ...opened.config, tuneSize: 64 } }, 'finetune')).toBeNull();
  expect(stageStatus(opened, 'baseline').word).toBe('weights opened');
  expect(stageStatus(opened, 'sweep').word).toBe('to do');
  expect(stageStatus(opened, 'takehome').word).toBe('ready');
  expect(stageStatus({ ...opened, dataset: null }, 'sweep').word).toBe('needs photos');
});

test('a run that was interrupted, and the weights of the baseline before it, are not called opened weights', () => {
  const { config } = runResult('baseline');
  const origin = {
    run: 'baseline',
    name: 'baseline, epoch 1',
    madeAt: '',
    config,
    data: null,
    view: null,
    score: null,
  } as const;
  const kept = { ...opened, imported: null, weights: weightsInfo({ history: [origin] }) };
  expect(stageStatus(kept, 'baseline').word).toBe('weights kept');
  const file = { ...origin, run: 'import', config: null } as const;
  expect(stageStatus({ ...kept, weights: weightsInfo({ history: [origin, file] }) }, 'baseline').word).toBe(
    'weights opened',
  );
  const interrupted = { run: 'baseline', config, epoch: 3, trained: 0, measured: true } as const;
  const status = { mood: 'neutral', word: 'interrupted', figure: 'epoch 3 of 10' };
  expect(stageStatus({ ...kept, interrupted }, 'baseline')).toEqual(status);
  expect(stageStatus({ ...kept, interrupted: { ...interrupted, run: 'sweep', epoch: 0 } }, 'sweep')).toMatchObject({
    word: 'interrupted',
    figure: null,
  });
});

test('an experiment that would compare a size with itself is told before the start', () => {
  const smallest = { ...opened, config: { ...opened.config, trainSize: 32 } };
  expect(startBlock(smallest, 'lowResolution')?.reason).toMatch(/32 px, is not below .*\. Set a lower one/);
  expect(startBlock(opened, 'lowResolution')).toBeNull();
});

test('nothing starts while photos are being read', () => {
  const reading = { ...opened, opening: { name: 'others', files: 3 } };
  for (const run of ['baseline', 'sweep'] as const) expect(startBlock(reading, run)?.reason).toContain('being read');
});

test('weights that are gone close what needs them', () => {
  const gone: StudioState = { ...opened, weights: null, imported: null };
  expect(startBlock(gone, 'baseline')).toBeNull();
  for (const run of ['sweep', 'finetune', 'evaluate'] as const) expect(startBlock(gone, run)?.goTo).toBe('baseline');
  expect(stageStatus(gone, 'takehome').word).toBe('needs weights');
});

test('weights that do not fit are told before the start', () => {
  const deeper: StudioState = { ...opened, config: { ...opened.config, arch: 'resnet50' } };
  expect(startBlock(deeper, 'baseline')?.reason).toContain('are a resnet34');
  expect(startBlock(deeper, 'sweep')).toBeNull();
  const otherHead: StudioState = { ...opened, config: { ...opened.config, arch: 'resnet34-fastai' } };
  expect(startBlock(otherHead, 'baseline')).toBeNull();
  const strange: StudioState = { ...opened, misfit: 'The classifier was trained for other classes.' };
  for (const run of ['evaluate', 'sweep', 'finetune'] as const)
    expect(startBlock(strange, run)).toEqual({ reason: strange.misfit, goTo: 'baseline' });
  expect(startBlock(strange, 'baseline')).toBeNull();
});

test('a baseline asks before it takes with it what was measured on opened weights, too', () => {
  expect(replacesOthers(opened, 'baseline')).toBe(false);
  const evaluated = runResult('evaluate');
  expect(replacesOthers({ ...opened, evaluate: evaluated }, 'baseline')).toBe(true);
  expect(replacesOthers({ ...opened, evaluate: evaluated }, 'sweep')).toBe(false);
  expect(replacesOthers({ ...opened, experiments: { ablation: runResult('ablation') } }, 'baseline')).toBe(true);
  expect(replacesOthers({ ...opened, experiments: { lowResolution: runResult('lowResolution') } }, 'baseline')).toBe(
    false,
  );
});

test('changes to photos leave the grid’s filter as it was, but for what the photos were numbered or measured by', async () => {
  const summary = { ...dataset, edits: { id: 'e', leftOut: 1, relabelled: 0, moved: 0 } };
  const reply = (of: DatasetSummary): Reply => ({ events: [{ kind: 'dataset', summary: of }], result: of });
  const studio = createStudio(
    answering({
      openSample: reply(dataset),
      editPhotos: reply(summary),
      understand: reply({ ...dataset, classes: dataset.classes.toReversed() }),
    }),
  );
  await studio.openSample();
  studio.showPhotos({ split: 'train', label: 1, outcome: 'wrong', among: new Set([3]) });
  studio.store.setState({ gridPlace: 12 });
  await studio.makeChanges({ train: 18, validation: 6, test: 0 });
  const filter = () => studio.store.getState().photoFilter;
  expect(filter()).toEqual({ ...ALL_PHOTOS, split: 'train', label: 1 });
  expect(studio.store.getState().gridPlace).toBe(0);
  // Nor is the place lost where the grid shows the same photos.
  studio.store.setState({ gridPlace: 4 });
  await studio.leaveOutCopies();
  expect([filter().label, studio.store.getState().gridPlace]).toEqual([1, 4]);
  // The same number would be another class.
  await studio.putPhotosBack();
  expect(filter()).toEqual({ ...ALL_PHOTOS, split: 'train' });
});
