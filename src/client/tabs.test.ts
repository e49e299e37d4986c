import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { GOOD, storyState } from '../testing/story';
import { initialState, type StudioState } from './state';
import { connectTabs, type TabPort } from './tabs';

/** Tabs that hear each other at once, by copies, as browsers make them. */
function browser() {
  const tabs: { hear: (event: Event) => void; store?: StoreApi<StudioState> }[] = [];
  return {
    said: [] as unknown[],
    open(state: Partial<StudioState> = {}) {
      const { said } = this;
      const own: (typeof tabs)[number] = { hear: (event) => void event };
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
      const openProjects = () => Promise.resolve(new Set(tabs.map((tab) => tab.store?.getState().project?.id ?? '')));
      const onChanged = vi.fn();
      const { other, askForProject } = connectTabs(store, { port: channel, openProjects, giveUp: gaveUp, onChanged });
      own.store = store;
      const close = () => void tabs.splice(tabs.indexOf(own), 1);
      const silence = () => void (own.hear = () => undefined);
      return { store, other, askForProject, gaveUp, onChanged, close, silence };
    },
  };
}

const PETS = { id: 'p1', name: 'pets' };
const RUNNING: Partial<StudioState> = { run: { state: 'running', run: 'sweep' } };
const story = (): StudioState => ({ ...initialState(), ...storyState(GOOD), project: PETS });
const WATCHING = { watching: 'p1' } as const;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a tab shows what the one that has the project shows, as it changes', () => {
  const tabs = browser();
  const first = tabs.open(story());
  const second = tabs.open();
  const third = tabs.open();
  for (const { store } of [second, third]) store.setState(WATCHING);
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
  expect(second.store.getState()).toEqual({ ...initialState(), ...WATCHING });
});

test('what does not answer is not shown for long, and who works itself asks nobody', () => {
  const tabs = browser();
  const first = tabs.open(story());
  const second = tabs.open();
  second.store.setState(WATCHING);
  first.silence();
  vi.advanceTimersByTime(9000);
  expect(second.other.getState().dataset).not.toBeNull();
  vi.advanceTimersByTime(3000);
  expect(second.other.getState()).toEqual(initialState());
  second.store.setState({ watching: null });
  const said = tabs.said.length;
  vi.advanceTimersByTime(10_000);
  expect(tabs.said.length).toBe(said);
});

test('a tab whose project is watched goes, and the other one is told that it may have it', async () => {
  const tabs = browser();
  const first = tabs.open(story());
  const second = tabs.open();
  second.store.setState(WATCHING);
  await vi.advanceTimersByTimeAsync(3000);
  expect(second.store.getState().watching).toBe('p1');
  first.close();
  await vi.advanceTimersByTimeAsync(1000);
  expect(second.store.getState().watching).toBeNull();
  expect(second.other.getState()).toEqual(initialState());
  expect(second.onChanged).toHaveBeenCalled();
});

test('of two projects in two tabs the one is shown that is watched', () => {
  const tabs = browser();
  tabs.open(story());
  const dogs = tabs.open({ project: { id: 'p2', name: 'dogs' } });
  const third = tabs.open();
  third.store.setState({ watching: 'p2' });
  expect(third.other.getState()).toMatchObject({ project: { name: 'dogs' }, baseline: null });
  third.askForProject();
  expect(dogs.gaveUp).toHaveBeenCalledOnce();
  // Who opens another one says so.
  dogs.store.setState({ project: { id: 'p3', name: 'birds' } });
  expect(third.onChanged).toHaveBeenCalled();
});

test('a tab without a project says nothing of itself', () => {
  const tabs = browser();
  tabs.open({ machine: { status: 'none', error: { code: 'no-webgpu', message: '' } } });
  const watching = tabs.open();
  watching.store.setState(WATCHING);
  expect(watching.other.getState().machine.status).toBe('connecting');
});

test('the project is given up for the asking, unless something goes on', () => {
  const tabs = browser();
  const first = tabs.open({ ...story(), ...RUNNING });
  const second = tabs.open();
  second.store.setState(WATCHING);
  second.askForProject();
  expect(first.gaveUp).not.toHaveBeenCalled();
  first.store.setState({ run: { state: 'idle', run: null } });
  second.askForProject();
  expect([first.gaveUp, second.gaveUp].map(({ mock }) => mock.calls.length)).toEqual([1, 0]);
});

test('what others say on the channel is dropped', () => {
  const hear: { listener?: (event: Event) => void } = {};
  const store = createStore<StudioState>(() => ({ ...initialState(), ...WATCHING }));
  const channel: TabPort = {
    postMessage: () => undefined,
    addEventListener: (_: string, listener: unknown) => (hear.listener = listener as (event: Event) => void),
  };
  const { other } = connectTabs(store, {
    port: channel,
    openProjects: () => Promise.resolve(new Set(['p1'])),
    giveUp: () => undefined,
    onChanged: () => undefined,
  });
  for (const data of [
    null,
    'ask',
    {},
    { kind: 'report' },
    { kind: 'report', id: 'p1', report: null },
    { kind: 'other' },
  ])
    hear.listener!(Object.assign(new Event('message'), { data }));
  expect(other.getState()).toEqual(initialState());
});
