/** The page's half of a trial: what is sent, what is shown meanwhile, and what becomes of a Stop. */
import { expect, test } from 'vitest';
import { StudioError } from '../engine/base/errors';
import type { CommandKind } from '../protocol/messages';
import { initialState, type StudioState } from './state';
import { trialControls } from './trials';
import type { WorkerClient } from './workerClient';

/** As an input gives them, which Node's are not. */
const filesOf = (count: number) =>
  Array.from({ length: count }, (_, i) => Object.assign(new File(['x'], `${i}.jpg`), { webkitRelativePath: '' }));

function controls(answer: (kind: CommandKind, ask: { last?: boolean; unlike?: boolean }) => unknown) {
  let state: StudioState = initialState();
  const calls: CommandKind[] = [];
  const client = {
    call: async (kind: CommandKind, ask: object) => {
      calls.push(kind);
      return answer(kind, ask);
    },
  } as WorkerClient;
  const trials = trialControls({
    client,
    state: () => state,
    set: (patch) => (state = { ...state, ...patch }),
    attempt: (_, act) => act(),
    importWeights: () => Promise.reject(new Error('No weights were chosen')),
    takeResults: () => Promise.reject(new Error('No results were chosen')),
  });
  return { trials, calls, state: () => state };
}

test('files go in portions, the last of which is answered; what was tried stays until then', async () => {
  const predicted = { trial: 7 };
  const asked: boolean[] = [];
  const { trials, calls, state } = controls((_, { last, unlike }) => {
    expect(state().trying).not.toBeNull();
    asked.push(unlike!);
    return last ? predicted : null;
  });
  trials.chooseUnlike(true);
  await trials.tryFiles(filesOf(120));
  expect(calls).toEqual(['tryFiles', 'tryFiles', 'tryFiles', 'tryFiles']);
  expect(asked).toEqual([true, true, true, true]);
  expect([state().tried, state().trying]).toEqual([predicted, null]);
});

test('a Stop while files are still on their way ends it without a word, and the next trial goes through', async () => {
  const { trials, calls, state } = controls(async (kind, { last }) => {
    if (kind === 'tryFiles' && calls.length === 1) await trials.stopTrying();
    return last ? { trial: 8 } : null;
  });
  await trials.tryFiles(filesOf(500));
  expect(calls).toEqual(['tryFiles', 'stopTrying']);
  expect([state().tried, state().trying]).toEqual([null, null]);
  await trials.tryFiles(filesOf(1));
  expect(state().tried).toEqual({ trial: 8 });
});

test('a failure is told, and nothing goes on', async () => {
  const { trials, state } = controls(() => {
    throw new StudioError('bad-photo', 'none of 1 files is a photo');
  });
  await expect(trials.tryFiles(filesOf(1))).rejects.toMatchObject({ code: 'bad-photo' });
  expect(state().trying).toBeNull();
});
