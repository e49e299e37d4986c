import { expect, test } from 'vitest';
import { parseStudioConfig } from '../engine/experiments/meta';
import type { QueuedRun } from '../protocol/queue';
import { moved, queueBlock, queuedDetails, queuePlanText, waitingIn } from './queue';
import { initialState } from './state';

const queued: QueuedRun = {
  id: 1,
  run: 'baseline',
  config: parseStudioConfig({ epochs: 3 }),
  study: null,
  begun: null,
};

test('a run is moved by so many places, and no farther than the ends', () => {
  expect(moved([1, 2, 3], 2, -1)).toEqual([2, 1, 3]);
  expect(moved([1, 2, 3], 2, 1)).toEqual([1, 3, 2]);
  expect(moved([1, 2, 3], 1, -1)).toEqual([1, 2, 3]);
  expect(moved([1, 2, 3], 3, 1)).toEqual([1, 2, 3]);
});

test('what is queued says what tells it apart', () => {
  expect(queuedDetails(queued)).toBe('trained at 224 px, 3 epochs');
  const study = { id: 1, runs: ['sweep'] as const, seeds: [42, 43] };
  expect(queuedDetails({ ...queued, run: 'sweep', study })).toBe('trained at 224 px, seed 42');
  expect(queuePlanText({ seconds: null, memoryBytes: 2 ** 30, images: 1234, refusal: null })).toBe(
    'time: measured once started, 1.0 GiB of GPU memory at most, 1,234 photos through the network',
  );
});

test('the first run alone is asked whether it can start, and nothing while one goes on', () => {
  const state = initialState();
  expect(queueBlock(state, [])).toBeNull();
  expect(queueBlock(state, ['baseline', 'sweep'])).toMatchObject({ reason: 'Looking for the GPU.' });
  const running = { ...state, run: { state: 'running', run: 'baseline' } as const };
  expect(queueBlock(running, ['sweep'])).toBeNull();
});

test('a run that has begun waits no more', () => {
  const queue = {
    runs: [
      { ...queued, begun: 'x' },
      { ...queued, id: 2 },
    ],
    going: true,
  };
  expect(waitingIn({ queue }).map(({ id }) => id)).toEqual([2]);
});
