import { expect, test } from 'vitest';
import type { DatasetSummary } from '../engine/dataset/types';
import { PRESET_CONFIGS } from '../engine/experiments/meta';
import type { CommandKind, CommandMessage, StudioEvent, WeightsInfo } from '../protocol/messages';
import { startBlock } from './selectors';
import { stageStatus } from './stageStatus';
import { initialState, type StudioState } from './state';
import { createStudio } from './studio';

const imported: WeightsInfo = { arch: 'resnet34', classes: ['a', 'b'], origin: 'imported from x.safetensors' };

const dataset: DatasetSummary = {
  name: 'photos',
  format: '',
  classes: [
    { name: 'a', train: 9, validation: 3, test: 0 },
    { name: 'b', train: 9, validation: 3, test: 0 },
  ],
  trainCount: 18,
  validationCount: 6,
  testCount: 0,
  warnings: [],
  warningCounts: {},
};

/** A worker that answers every command at once, after the events that belong to it. */
function answering(replies: Partial<Record<CommandKind, { events: StudioEvent[]; result: unknown }>>) {
  let listener: (event: Event) => void = () => {};
  const say = (data: unknown) => listener(Object.assign(new Event('message'), { data }));
  return {
    postMessage({ id, kind }: CommandMessage) {
      const { events, result } = replies[kind] ?? { events: [], result: {} };
      for (const event of events) say({ kind: 'event', event });
      say({ kind: 'reply', id, ok: true, result });
    },
    addEventListener(kind: string, listen: (event: Event) => void) {
      if (kind === 'message') listener = listen;
    },
  };
}

test('opened weights set the network, and stay where a baseline starts after other photos', async () => {
  const told: StudioEvent[] = [{ kind: 'weights', info: imported }];
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

test('weights of another network leave the settings alone', async () => {
  const other = { ...imported, arch: 'vgg16' };
  const studio = createStudio(answering({ importWeights: { events: [], result: other } }));
  await studio.importWeights(new File([], 'x.safetensors'));
  expect(studio.store.getState()).toMatchObject({ weights: other, config: { arch: PRESET_CONFIGS.blog.arch } });
});

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
  const more = { ...imported, classes: ['a', 'b', 'c'] };
  expect(startBlock({ ...opened, weights: more, imported: more }, 'sweep')?.reason).toContain('3 classes');
});
