import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { StudioError } from '../engine/base/errors';
import type { RunPlan } from '../protocol/messages';
import { keepPlanning } from './planner';
import { initialState, type StudioState } from './state';
import type { WorkerClient } from './workerClient';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const PLAN: RunPlan = { steps: 1, images: 1, memoryBytes: 1, microBatch: 1, seconds: 1, refusal: null, losses: 0 };

/** A worker that plans whatever it is asked to, or says that it is busy. */
function planner() {
  const answer = vi.fn<() => Promise<RunPlan>>(() => Promise.resolve(PLAN));
  const store = createStore<StudioState>(() => initialState());
  keepPlanning(store, { call: answer } as WorkerClient);
  const report = { status: 'ready', report: {} } as StudioState['machine'];
  store.setState({ stage: 'sweep', machine: report, dataset: {} as StudioState['dataset'] });
  return { answer, store };
}

test('a plan follows the settings, and is asked for by nobody while a run is on', async () => {
  const { answer, store } = planner();
  await vi.advanceTimersByTimeAsync(500);
  expect(answer).toHaveBeenCalledTimes(1);
  expect(store.getState().plan).toEqual({ run: 'sweep', plan: PLAN });

  // Asked for just before the run begins, and after every size that a sweep has measured.
  const { config } = store.getState();
  store.setState({ config: { ...config, batchSize: 8 } });
  store.setState({ run: { state: 'running', run: 'sweep' } });
  await vi.advanceTimersByTimeAsync(5000);
  store.setState({ sweep: { points: [{}] } as unknown as StudioState['sweep'] });
  store.setState({ config: { ...config, batchSize: 16 } });
  await vi.advanceTimersByTimeAsync(5000);
  expect(answer).toHaveBeenCalledTimes(1);

  store.setState({ run: { state: 'idle', run: null } });
  await vi.advanceTimersByTimeAsync(500);
  expect(answer).toHaveBeenCalledTimes(2);
});

test('beside a long plan stands what a quick look would take', async () => {
  const { answer, store } = planner();
  answer.mockResolvedValueOnce({ ...PLAN, seconds: 9e4 }).mockResolvedValueOnce({ ...PLAN, seconds: 360 });
  store.setState({ stage: 'baseline', speed: { flopsPerSecond: 5, blogSeconds: 1e5, loadingBound: false } });
  await vi.advanceTimersByTimeAsync(500);
  expect(store.getState().plan).toMatchObject({ run: 'baseline', plan: { seconds: 9e4 }, quickSeconds: 360 });
  expect(answer.mock.calls.map(([, ask]: unknown[]) => ask)).toMatchObject([
    { config: { arch: 'resnet50' }, flopsPerSecond: 5 },
    { config: { arch: 'resnet18' }, flopsPerSecond: 5 },
  ]);
});

test('where the worker does something else the plan comes later', async () => {
  const { answer, store } = planner();
  answer.mockRejectedValueOnce(new StudioError('busy', 'The machine is being measured'));
  await vi.advanceTimersByTimeAsync(500);
  expect(store.getState().plan).toBeNull();
  await vi.advanceTimersByTimeAsync(2000);
  expect(store.getState().plan).toEqual({ run: 'sweep', plan: PLAN });
  expect(answer).toHaveBeenCalledTimes(2);
});
