import { expect, test } from 'vitest';
import { parseStudioConfig } from '../engine/experiments/meta';
import type { QueuedRun, SeedPlan } from '../protocol/queue';
import { moved, queueBlock, queuedDetails, queuePlanText, waitingIn } from './queue';
import { initialState } from './state';

const queued: QueuedRun = {
  id: 1,
  run: 'baseline',
  config: parseStudioConfig({ epochs: 3 }),
  study: null,
  begun: null,
};

test('a run is moved past its neighbour, and no farther than the ends', () => {
  const runs = [1, 2, 3].map((id) => ({ ...queued, id }));
  expect(moved(runs, 2, -1)).toEqual([2, 1, 3]);
  expect(moved(runs, 2, 1)).toEqual([1, 3, 2]);
  expect(moved(runs, 1, -1)).toBeNull();
  expect(moved(runs, 3, 1)).toBeNull();
});

test('the runs of a seed are moved as one, past those of another, and not past what has begun', () => {
  const study: SeedPlan = { id: 1, runs: ['baseline', 'sweep'], seeds: [42, 43, 44] };
  const runs = study.seeds.flatMap((seed, i) =>
    study.runs.map((run, k) => ({ ...queued, id: 2 * i + k, run, study, config: { ...queued.config, seed } })),
  );
  expect(moved(runs, 0, 1)).toEqual([2, 3, 0, 1, 4, 5]);
  expect(moved(runs, 5, -1)).toEqual([0, 1, 4, 5, 2, 3]);
  const going = [{ ...runs[0]!, begun: 'x' }, ...runs.slice(1)];
  expect([1, 2].map((id) => moved(going, id, id === 1 ? 1 : -1))).toEqual([null, null]);
  // Its baseline has been through: its sweep stands on the present weights.
  expect(moved(runs.slice(1), 2, -1)).toBeNull();
  expect(moved(runs.slice(1), 2, 1)).toEqual([1, 4, 5, 2, 3]);
});

test('what is queued says what tells it apart', () => {
  expect(queuedDetails(queued)).toBe('trained at 224 px, 3 epochs');
  const study = { id: 1, runs: ['sweep'] as const, seeds: [42, 43] };
  expect(queuedDetails({ ...queued, run: 'sweep', study })).toBe('trained at 224 px, seed 42');
  expect(queuedDetails({ ...queued, run: 'sweep', study, uncounted: true })).toBe(
    'trained at 224 px, seed 42, not counted for it',
  );
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
