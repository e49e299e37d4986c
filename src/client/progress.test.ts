import { expect, test } from 'vitest';
import type { Progress } from '../protocol/messages';
import { goingOn, runFraction, spokenProgress, whatIsSafe } from './progress';
import { weightsInfo } from '../testing/runs';
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
  fraction: 0.25,
};

const running: StudioState = { ...initialState(), run: { state: 'running', run: 'baseline' }, progress };

test('screen readers hear tenths', () => {
  expect(spokenProgress(running)).toBe('Baseline: Training at 224 px, epoch 3 of 10, 20 % done');
  expect(spokenProgress({ ...running, run: { state: 'paused', run: 'baseline' } })).toBe('Baseline paused');
  expect(spokenProgress(initialState())).toBe('');
  expect(runFraction(initialState())).toBe(0);
});

test('before the first phase it is said what is being prepared', () => {
  expect(goingOn(running)).toBe('Training at 224 px');
  expect(goingOn({ ...running, progress: null })).toBe('Preparing Baseline: first photos, memory');
  expect(goingOn(initialState())).toBe('');
});

test('weights are safe after a lost GPU, not after the worker has died', () => {
  const weights = weightsInfo({ origin: 'baseline, epoch 3' });
  const lost: StudioState = {
    ...initialState(),
    weights,
    failure: { during: 'running', error: { code: 'device-lost', message: 'gone' }, fatal: false },
  };
  expect(whatIsSafe(lost)).toContain('baseline, epoch 3');
  expect(whatIsSafe({ ...lost, weights: null })).toBeNull();
  expect(whatIsSafe({ ...lost, failure: { ...lost.failure!, fatal: true } })).toBeNull();
});
