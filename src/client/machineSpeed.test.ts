import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { StudioError } from '../engine/base/errors';
import type { AdapterReport } from '../engine/gpu/report';
import { keepMeasuring, loadSpeed, saveSpeed } from './machineSpeed';
import { initialState, type StudioState } from './state';
import type { WorkerClient } from './workerClient';

const REPORT = { vendor: 'acme', architecture: 'one', description: '', software: false } as AdapterReport;
const MEASURED = {
  imagesPerSecond: 100,
  flopsPerSecond: 2e12,
  measured: { rows: 4, size: 64 },
  loading: null,
  blogSeconds: 3600,
  loadingBound: false,
};

beforeEach(() => {
  vi.useFakeTimers();
  const kept = new Map<string, string>();
  vi.stubGlobal('navigator', { userAgent: 'test' });
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function machine() {
  const answer = vi.fn<() => Promise<unknown>>(() => Promise.resolve(MEASURED));
  const store = createStore<StudioState>(() => initialState());
  keepMeasuring(store, { call: answer } as unknown as WorkerClient);
  const ready = () => store.setState({ machine: { status: 'ready', report: REPORT } });
  return { answer, store, ready };
}

test('a machine that is left alone is measured once, and known at the next visit', async () => {
  const { answer, store, ready } = machine();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(answer).not.toHaveBeenCalled();
  ready();
  await vi.advanceTimersByTimeAsync(2000);
  expect(store.getState()).toMatchObject({ measuring: false, speed: { blogSeconds: 3600, flopsPerSecond: 2e12 } });
  store.setState({ stage: 'baseline' });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(answer).toHaveBeenCalledTimes(1);
  expect(loadSpeed(REPORT)).toEqual({ blogSeconds: 3600, flopsPerSecond: 2e12, loadingBound: false });
  expect(loadSpeed({ ...REPORT, architecture: 'two' })).toBeNull();
});

test('who begins at once is not kept waiting, and measured in a quiet moment later', async () => {
  const { answer, store, ready } = machine();
  ready();
  await vi.advanceTimersByTimeAsync(500);
  store.setState({ opening: { name: 'leaves', files: 0 } });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(answer).not.toHaveBeenCalled();
  store.setState({ opening: null, dataset: {} as StudioState['dataset'] });
  answer.mockRejectedValueOnce(new StudioError('busy', 'A step is running'));
  await vi.advanceTimersByTimeAsync(30_000);
  expect(store.getState()).toMatchObject({ measuring: false, speed: null });
  store.setState({ run: { state: 'running', run: 'baseline' } });
  await vi.advanceTimersByTimeAsync(60_000);
  store.setState({ run: { state: 'idle', run: null } });
  await vi.advanceTimersByTimeAsync(30_000);
  expect(answer).toHaveBeenCalledTimes(2);
  expect(store.getState().speed).not.toBeNull();
});

test.each(['{', '{"flopsPerSecond":"x"}', 'null', '[]'])('what was kept as %s is not believed', (text) => {
  saveSpeed(REPORT, { flopsPerSecond: 1, blogSeconds: 1, loadingBound: false });
  localStorage.setItem('fixres-studio.speed', text);
  expect(loadSpeed(REPORT)).toBeNull();
});
