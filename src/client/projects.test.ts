import { expect, test, vi } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { toErrorData } from '../engine/base/errors';
import type { KeptProject } from '../protocol/projects';
import { projectControls } from './projects';
import { isToldInList } from './selectors';
import { initialState, type StudioState } from './state';

const PROJECT: KeptProject = {
  id: 'a',
  name: 'pets',
  contents: { place: 'folder', savedAt: '', ended: [], running: null, queued: 0, scores: {} },
  damages: [],
  bytes: 0,
  openIn: null,
  deleted: false,
};

/** A page whose browser gives these answers, one a question; it has kept no folder where there are none. */
function pageWith(...answers: readonly (PermissionState | Error)[]) {
  const asked = [...answers];
  const folder = {
    name: 'pets-folder',
    requestPermission: () => {
      const answer = asked.shift()!;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  } as unknown as FileSystemDirectoryHandle;
  const store = createStore<StudioState>(() => ({ ...initialState(), projects: [PROJECT] }));
  const openAgain = vi.fn(async () => store.setState({ project: { id: 'a', name: 'pets' } }));
  const controls = projectControls({
    client: { call: async () => [PROJECT] },
    store,
    attempt: async (during, act) => {
      try {
        return await act();
      } catch (error) {
        store.setState({ failure: { during, error: toErrorData(error), fatal: false } });
        throw error;
      }
    },
    opening: { openAgain },
    findFolder: async () => (answers.length > 0 ? folder : null),
    setConfig: () => undefined,
    goOn: async () => undefined,
  });
  return { controls, store, openAgain };
}

test('a folder that may not be read is told beside its project, and opens once that is allowed', async () => {
  const { controls, store, openAgain } = pageWith('denied', new DOMException('No click', 'SecurityError'), 'granted');
  const hints: (string | undefined)[] = [];
  for (const _ of [1, 2]) {
    await expect(controls.takeUp('a')).rejects.toThrow('The browser has no leave to read pets-folder');
    expect(store.getState().wanted).toEqual({ id: 'a', name: 'pets', tried: null, refused: true });
    expect(isToldInList(store.getState())).toBe(true);
    hints.push(store.getState().failure?.error.hint);
  }
  // What was refused is not asked anew by itself; what nobody answered is.
  expect(hints[0]).toMatch(/^Choose the folder again/);
  expect(hints[1]).toMatch(/^Ask again/);
  expect(openAgain).not.toHaveBeenCalled();
  await controls.takeUp('a');
  expect(openAgain).toHaveBeenCalledOnce();
  expect(store.getState()).toMatchObject({ wanted: null, failure: null, project: { id: 'a' } });
});

test('a project that is deleted is wanted no more, and of a folder that is gone nobody can be asked', async () => {
  const { controls, store } = pageWith();
  await expect(controls.takeUp('a')).rejects.toThrow('kept no way to the photos of pets');
  expect(store.getState().wanted).toMatchObject({ refused: false });
  vi.useFakeTimers();
  await controls.deleteProject('a');
  vi.useRealTimers();
  expect(store.getState()).toMatchObject({ wanted: null, failure: null });
});

test('where no list of projects is in sight, it is told above the stage', () => {
  const { store } = pageWith();
  store.setState({ wanted: { id: 'a', name: 'pets', tried: null, refused: true } });
  const told = (patch: Partial<StudioState>) => isToldInList({ ...store.getState(), ...patch });
  expect(told({})).toBe(true);
  expect(told({ stage: 'runs' })).toBe(false);
  expect(told({ stage: 'runs', projectsOpen: true })).toBe(true);
  expect(told({ projects: [] })).toBe(false);
});
