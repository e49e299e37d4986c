/**
 * Runs that are stored after any step and gone on with on another device end as if nothing had happened: the same bytes of
 * weights, moments and averages, the same records, the same best.
 */
import { createHash } from 'node:crypto';
import { afterAll, expect, test } from 'vitest';
import { newContext } from '../../testing/experimentRun';
import { nodeBackend } from '../../hosts/node/gpu';
import { PATTERN_CLASSES, patternLoader, patternSamples } from '../../testing/patterns';
import type { RunRecord } from '../base/records';
import { StudioError } from '../base/errors';
import type { StudioBackend } from '../gpu/backend';
import type { Kept } from '../train/runState';
import type { TrainingRun } from '../train/run';
import type { RunState } from '../train/runState';
import type { ExperimentContext } from './context';
import { parseStudioConfig, type PresetId, type StudioConfig } from './meta';

const first = await nodeBackend();
const { installBackend } = await import('../gpu/backend');
const { openGpu } = await import('../gpu/device');
const { baseline } = await import('./baseline/run');
const { finetune } = await import('./finetune/run');
const { stateSpecs } = await import('../models/registry');
const { initialHostState } = await import('../nn/state');

interface Case {
  name: string;
  run: 'baseline' | 'finetune';
  settings: Partial<StudioConfig>;
  preset?: PresetId;
  /** After which optimiser steps the run is stored, and after which records of another kind. */
  steps: readonly number[];
  after?: readonly RunRecord['kind'][];
  context?: Partial<ExperimentContext>;
}

const SMALL = { batchSize: 4, epochs: 2, trainSize: 32, evalResize: 36, evalCrop: 32 } as const;

/** Cannot read one photo of every epoch. */
const withBadPhoto = {
  loader: {
    ...patternLoader(),
    load: (...given: Parameters<ReturnType<typeof patternLoader>['load']>) =>
      given[0].startsWith('train/2/')
        ? Promise.reject(new StudioError('bad-photo', 'torn', ''))
        : patternLoader().load(...given),
  },
  onUnreadable: () => {},
};

const CASES: readonly Case[] = [
  {
    name: 'AdamW with an average, mixup, float16',
    run: 'baseline',
    settings: { averaging: 0.9, mixup: 0.2 },
    steps: [1, 3, 5],
    after: ['evaluated', 'epoch'],
    context: { precision: 'float16' },
  },
  {
    name: 'SGD with momentum in step decay, drawn by class, without a photo that is broken',
    run: 'baseline',
    settings: {
      optimizer: 'sgd',
      momentum: 0.8,
      schedule: 'step',
      balance: 'sampling',
      decayAll: false,
      trainable: 'layer4',
    },
    steps: [1, 5],
    after: ['epoch'],
    context: withBadPhoto,
  },
  {
    name: 'Lion on what is frozen below, its features kept, float16’s left out',
    run: 'baseline',
    settings: { optimizer: 'lion', trainable: 'classifier', patience: 1, epochs: 4, lr: 1e-5 },
    steps: [2],
    after: ['epoch'],
    context: { precision: 'float16' },
  },
  {
    name: 'fastai’s two stages, its dropouts',
    run: 'baseline',
    preset: 'fastai',
    settings: { epochs: 2 },
    steps: [1, 3, 5],
    after: ['epoch'],
  },
  {
    name: 'the last two of four epochs on test views, without mixup',
    run: 'baseline',
    settings: { epochs: 4, coolDownEpochs: 2, mixup: 0.2, cutmix: 0.5 },
    // In the middle of what is cropped, at the end of it, and twice within what cools down.
    steps: [5, 6, 8, 10],
    after: ['epoch'],
  },
  {
    name: 'fine-tuning on test views, from features that are kept',
    run: 'finetune',
    settings: { tuneEpochs: 3, tuneAugmentation: 'test', tuneSize: 32 },
    steps: [2, 8],
    after: ['epoch'],
  },
];

const digest = (values: ArrayBufferView) =>
  createHash('sha1')
    .update(Buffer.from(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');

/** Arrays by their sums. Anything but plain data throws. */
function fingerprint(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function' || typeof value === 'symbol') throw new Error('Not plain');
    return value;
  }
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} ${value.byteLength} ${digest(value)}`;
  if (Array.isArray(value)) return value.map(fingerprint);
  if (value instanceof Map) return [...value].map(([key, one]) => [key, fingerprint(one)]);
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new Error(`Not plain: ${Object.keys(value).join()}`);
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, fingerprint(one)]));
}

interface Told {
  /** What counts: of phases and batches of an evaluation that is done again there are more. */
  records: RunRecord[];
  kept: Kept[];
  /** As the last epoch ends. */
  end: unknown;
}

interface Stored {
  state: RunState;
  /** Of the records that were told until then. */
  told: number;
}

const COUNTS: readonly RunRecord['kind'][] = ['step', 'epoch', 'shift', 'gain'];

/** The whole run, or the rest of one, and its states where they are asked for. */
async function run(backend: StudioBackend, one: Case, saved: RunState | null): Promise<Told & { stored: Stored[] }> {
  const parsed = parseStudioConfig({ ...SMALL, ...one.settings }, one.preset);
  const config: StudioConfig = { ...parsed, arch: one.preset === 'fastai' ? 'tiny10-fastai' : 'tiny10' };
  const initial = initialHostState(stateSpecs(config.arch, PATTERN_CLASSES.length), config.seed);
  const context = { ...newContext(backend), now: () => 0, saved, ...one.context };
  context.dataset = { ...context.dataset, train: patternSamples('train', 11), validation: patternSamples('v', 5) };
  const runs: TrainingRun[] = [];
  context.onTraining = (training) => runs.push(training);
  const before = backend.usedBytes();
  const records: RunRecord[] = [];
  const stored: Stored[] = [];
  let end: RunState | null = null;
  const weights = { arch: config.arch, state: initial };
  const going = one.run === 'baseline' ? baseline(context, config, initial) : finetune(context, config, weights, 32);
  for await (const record of going) {
    if (COUNTS.includes(record.kind)) records.push(record);
    if (record.kind === 'epoch') end = await runs[0]!.state();
    const wanted =
      record.kind === 'step' ? one.steps.includes(record.record.globalStep) : one.after?.includes(record.kind);
    if (wanted && !saved && runs[0]) {
      const state = await runs[0].state();
      if (state) stored.push({ state: structuredClone(state), told: records.length });
    }
  }
  expect(runs).toHaveLength(1);
  expect(backend.usedBytes()).toBe(before);
  backend.gpu.throwIfFailed();
  return { records, kept: context.kept, end: fingerprint(end), stored };
}

const whole = new Map<string, Awaited<ReturnType<typeof run>>>();

test.each(CASES)('$name', async (one) => {
  const told = await run(first, one, null);
  expect(told.stored.length).toBeGreaterThanOrEqual(one.steps.length);
  whole.set(one.name, told);
});

let second: StudioBackend | undefined;
const onSecondDevice = async () => (second ??= await installBackend(await openGpu(navigator.gpu)));
afterAll(() => second?.device.destroy());

test.each(CASES)('… stored, and gone on with: $name', async (one) => {
  const backend = await onSecondDevice();
  const { stored, records, kept, end } = whole.get(one.name)!;
  for (const { state, told } of stored) {
    const rest = await run(backend, one, state);
    const place = `stage ${state.position.stage}, epoch ${state.position.epoch}, step ${state.progress.steps}`;
    expect({ place, records: [...records.slice(0, told), ...rest.records] }).toEqual({ place, records });
    expect({ place, end: rest.end ?? end }).toEqual({ place, end });
    expect({ place, kept: fingerprint(plain(rest.kept.at(-1))) }).toEqual({
      place,
      kept: fingerprint(plain(kept.at(-1))),
    });
  }
});

const plain = (kept: Kept | undefined) =>
  kept?.evaluation
    ? { ...kept, evaluation: { ...kept.evaluation, histogram: kept.evaluation.histogram.counts } }
    : kept;

test('a state of another format or another training is refused, and of an earlier one it is left alone', async () => {
  const { stored } = whole.get(CASES[0]!.name)!;
  const { state } = stored[0]!;
  const { TrainingRun } = await import('../train/run');
  const network = { arch: 'tiny10', classes: PATTERN_CLASSES, state: null as never } as const;
  const options = { name: 'baseline', stages: [], batchSize: 4, seed: 1, size: 32 };
  const views = { spec: { kind: 'train', size: 32 }, view: { kind: 'eval', resize: 0, crop: 32 } } as const;
  const newRun = (name: string) => new TrainingRun(newContext(first), network, { ...options, ...views, name });
  expect(() => newRun('baseline').restore({ ...state, version: 99 })).toThrow('format 99');
  expect(() => newRun('fine-tuning at 48 px').restore(state)).toThrow('"baseline"');
  const untouched = newRun('baseline');
  expect(await untouched.state()).toBeNull();
  untouched.restore(state);
  expect(await untouched.state()).toBe(state);
});
