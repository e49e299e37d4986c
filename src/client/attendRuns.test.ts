import { expect, test, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { attendRuns } from './attendRuns';
import { initialState, type StudioState } from './state';

function attended({ promises = true }: { promises?: boolean } = {}) {
  const store = createStore<StudioState>(() => initialState());
  const told: string[] = [];
  const listeners: (() => void)[] = [];
  const page = { visible: true, on: 0, asked: 0 };
  attendRuns(store, {
    isVisible: () => page.visible,
    onVisibility: (listener) => listeners.push(listener),
    keepScreenOn: () => Promise.resolve((page.on++, () => void page.on--)),
    persist: () => Promise.resolve((page.asked++, promises)),
    notify: (text) => told.push(text),
  });
  const run = (state: StudioState['run']['state']) =>
    store.setState({ run: { state, run: state === 'idle' ? null : 'baseline' } });
  const show = (visible: boolean) => {
    page.visible = visible;
    // A browser takes the lock of a page that is hidden.
    if (!visible) page.on = 0;
    listeners.forEach((listener) => listener());
  };
  return { store, page, told, run, show };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 0));

test('the screen is kept on while a run is looked at, and no longer', async () => {
  const { page, run, show } = attended();
  run('running');
  await soon();
  expect(page.on).toBe(1);
  show(false);
  await soon();
  expect(page.on).toBe(0);
  show(true);
  await soon();
  expect(page.on).toBe(1);
  run('idle');
  await soon();
  expect(page.on).toBe(0);
  // Over before the browser has answered.
  run('running');
  run('idle');
  await soon();
  expect(page.on).toBe(0);
});

test('once something is saved the browser is asked to keep it, once, and its answer is there', async () => {
  const { store, page } = attended({ promises: false });
  const save = (at: string) => store.setState(({ saved }) => ({ saved: { ...saved, at } }));
  save('2026-01-01T00:00:00Z');
  await soon();
  save('2026-01-01T00:01:00Z');
  await soon();
  expect([page.asked, store.getState().saved.lasts]).toEqual([1, false]);
});

test('who is elsewhere is told when nothing runs any more', async () => {
  vi.useFakeTimers();
  const { told, run, show } = attended();
  run('running');
  run('idle');
  await vi.runAllTimersAsync();
  expect(told).toEqual([]);
  show(false);
  run('running');
  run('idle');
  run('running');
  await vi.runAllTimersAsync();
  expect(told).toEqual([]);
  run('idle');
  await vi.runAllTimersAsync();
  expect(told).toHaveLength(1);
  vi.useRealTimers();
});
