import { expect, test } from 'vitest';
import { PRESET_CONFIGS } from '../engine/experiments/meta';
import type { Score, SweepPoint } from '../engine/train/records';
import type { StudioEvent } from '../protocol/messages';
import { reduce } from './reduce';
import { initialState, type StudioState } from './state';

const score: Score = { loss: 1, accuracy: 0.5, correct: 5, count: 10 };
const play = (events: StudioEvent[], from: StudioState = initialState()) => events.reduce(reduce, from);

const start = (run: 'baseline' | 'sweep' | 'finetune' | 'evaluate'): StudioEvent => ({
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
  activations: { size, count: 1, zeroFraction: 0, aboveTwoFraction: 0, mean: 0, cdf: [] },
});

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
  const other = play(
    [
      {
        kind: 'dataset',
        summary: {
          name: 'x',
          format: '',
          classes: [],
          trainCount: 0,
          validationCount: 0,
          warnings: [],
          warningCounts: {},
        },
      },
    ],
    failed,
  );
  expect(other.baseline).toBeNull();
});

test('a lost device is told, and what was trained stays', () => {
  const state = play([
    { kind: 'weights', info: { arch: 'resnet18', classes: ['a', 'b'], origin: 'baseline, epoch 1' } },
    { kind: 'deviceLost', error: { code: 'device-lost', message: 'gone' } },
  ]);
  expect(state.failure).toMatchObject({ fatal: false, error: { code: 'device-lost' } });
  expect(state.weights?.origin).toBe('baseline, epoch 1');
});
