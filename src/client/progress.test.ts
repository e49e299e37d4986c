import { expect, test } from 'vitest';
import { PRESET_CONFIGS } from '../engine/experiments/meta';
import type { Progress } from '../protocol/messages';
import { runFraction, spokenProgress, whatIsSafe } from './progress';
import { initialState, type StudioState } from './state';

const progress: Progress = {
  run: 'baseline',
  phase: 'training',
  epoch: 3,
  epochs: 10,
  batch: 134,
  batches: 268,
  size: 224,
  imagesPerSecond: 114,
  epochSecondsLeft: 75,
  runSecondsLeft: 1400,
};

const running: StudioState = { ...initialState(), run: { state: 'running', run: 'baseline' }, progress };

test('the share of a training counts epochs and batches, of a sweep the sizes', () => {
  expect(runFraction(initialState())).toBe(0);
  expect(runFraction(running)).toBeCloseTo(0.25);
  expect(runFraction({ ...running, progress: { ...progress, phase: 'evaluating', batch: 5 } })).toBeCloseTo(0.3);
  const sweep = {
    config: PRESET_CONFIGS.blog,
    startedAt: '',
    ended: 'running',
    seconds: null,
    points: [],
    reference: null,
  } as const;
  const sweeping: StudioState = { ...running, sweep, progress: { ...progress, run: 'sweep', epoch: 0, epochs: 0 } };
  expect(runFraction(sweeping)).toBeCloseTo(0.5 / 6);
});

test('screen readers hear tenths', () => {
  expect(spokenProgress(running)).toBe('Baseline: Training at 224 px, epoch 3 of 10, 20 % done');
  expect(spokenProgress({ ...running, run: { state: 'paused', run: 'baseline' } })).toBe('Baseline paused');
  expect(spokenProgress(initialState())).toBe('');
});

test('weights are safe after a lost GPU, not after the worker has died', () => {
  const weights = { arch: 'resnet18', classes: [], origin: 'baseline, epoch 3' };
  const lost: StudioState = {
    ...initialState(),
    weights,
    failure: { during: 'running', error: { code: 'device-lost', message: 'gone' }, fatal: false },
  };
  expect(whatIsSafe(lost)).toContain('baseline, epoch 3');
  expect(whatIsSafe({ ...lost, weights: null })).toBeNull();
  expect(whatIsSafe({ ...lost, failure: { ...lost.failure!, fatal: true } })).toBeNull();
});
