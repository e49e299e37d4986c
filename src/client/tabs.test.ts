import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { GOOD, storyState } from '../testing/story';
import { initialState, type StudioState } from './state';
import { connectTabs, type TabPort } from './tabs';

/** Tabs that hear each other at once, by copies, as browsers make them. */
function browser() {
  const tabs: { hear: (event: Event) => void }[] = [];
  return {
    said: [] as unknown[],
    open(state: Partial<StudioState> = {}) {
      const { said } = this;
      const own = { hear: (event: Event) => void event };
      tabs.push(own);
      const channel: TabPort = {
        postMessage(message: unknown) {
          said.push(message);
          for (const tab of tabs)
            if (tab !== own) tab.hear(Object.assign(new Event('message'), { data: structuredClone(message) }));
        },
        addEventListener: (_: string, hear: unknown) => (own.hear = hear as typeof own.hear),
      };
      const store = createStore<StudioState>(() => ({ ...initialState(), ...state }));
      const gaveUp = vi.fn();
      const { other, askForProject } = connectTabs(store, channel, gaveUp);
      const close = () => void tabs.splice(tabs.indexOf(own), 1);
      return { store, other, askForProject, gaveUp, close };
    },
  };
}

const RUNNING: Partial<StudioState> = { run: { state: 'running', run: 'sweep' } };
const story = (): StudioState => ({ ...initialState(), ...storyState(GOOD), owns: true });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a tab shows what the one that has the project shows, as it changes', () => {
  const tabs = browser();
  const first = tabs.open(story());
  const second = tabs.open();
  const third = tabs.open();
  for (const { store } of [second, third]) store.setState({ owns: false });
  const before = first.store.getState();
  expect(second.other.getState()).toMatchObject({
    dataset: before.dataset,
    baseline: before.baseline,
    run: before.run,
  });
  expect(third.other.getState().sweep).toEqual(before.sweep);
  first.store.setState({ ...RUNNING, baseline: null });
  vi.advanceTimersByTime(1000);
  expect(second.other.getState()).toMatchObject({ ...RUNNING, baseline: null });
  // Its own state is as it was: nothing of it may be kept.
  expect(second.store.getState()).toEqual({ ...initialState(), owns: false });
});

test('what does not answer is not shown for long, and who has the project asks nobody', () => {
  const tabs = browser();
  const first = tabs.open(story());
  const second = tabs.open();
  second.store.setState({ owns: false });
  first.close();
  vi.advanceTimersByTime(9000);
  expect(second.other.getState().dataset).not.toBeNull();
  vi.advanceTimersByTime(3000);
  expect(second.other.getState()).toEqual(initialState());
  second.store.setState({ owns: true });
  const said = tabs.said.length;
  vi.advanceTimersByTime(10_000);
  expect(tabs.said.length).toBe(said);
});

test('a tab that does not know yet whether it has the project says nothing of itself', () => {
  const tabs = browser();
  tabs.open({ machine: { status: 'none', error: { code: 'no-webgpu', message: '' } } });
  const watching = tabs.open();
  watching.store.setState({ owns: false });
  expect(watching.other.getState().machine.status).toBe('connecting');
});

test('the project is given up for the asking, unless something goes on', () => {
  const tabs = browser();
  const first = tabs.open({ ...story(), ...RUNNING });
  const second = tabs.open();
  second.store.setState({ owns: false });
  second.askForProject();
  expect(first.gaveUp).not.toHaveBeenCalled();
  first.store.setState({ run: { state: 'idle', run: null } });
  second.askForProject();
  expect([first.gaveUp, second.gaveUp].map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
});

test('what others say on the channel is dropped', () => {
  const hear: { listener?: (event: Event) => void } = {};
  const store = createStore<StudioState>(() => ({ ...initialState(), owns: false }));
  const channel: TabPort = {
    postMessage: () => undefined,
    addEventListener: (_: string, listener: unknown) => (hear.listener = listener as (event: Event) => void),
  };
  const { other } = connectTabs(store, channel, () => undefined);
  for (const data of [null, 'ask', {}, { kind: 'report' }, { kind: 'report', report: null }, { kind: 'other' }])
    hear.listener!(Object.assign(new Event('message'), { data }));
  expect(other.getState()).toEqual(initialState());
});
