/** The page's way back into what an earlier visit has left, over a real session, on a GPU that computes nothing. */
import { expect, test } from 'vitest';
import { toErrorData } from '../engine/base/errors';
import { nullWebGpu } from '../hosts/node/nullGpu';
import type { CommandMessage, StudioEvent } from '../protocol/messages';
import { folderOf, testHost } from '../testing/host';
import { MemoryFolder } from '../testing/memoryFolder';
import { createStudio, type Studio } from './studio';
import type { WorkerPort } from './workerClient';

const webgpu = await nullWebGpu();
const { Session } = await import('../session/session');

/** What the worker is in a browser. */
function portOn(folder: MemoryFolder): WorkerPort {
  const listeners: ((event: Event) => void)[] = [];
  const say = (data: unknown) => listeners.forEach((tell) => tell(Object.assign(new Event('message'), { data })));
  const emit = (event: StudioEvent) => say({ kind: 'event', event });
  const session = new Session(testHost(webgpu, { openStorage: () => Promise.resolve(folder) }), emit);
  return {
    postMessage({ id, kind, ask }: CommandMessage) {
      const handler = session as unknown as Record<string, (asked: unknown) => Promise<unknown>>;
      const answered = kind in session ? handler[kind]!(ask) : Promise.reject(new Error(`No ${kind} here`));
      answered.then(
        (result) => say({ kind: 'reply', id, ok: true, result }),
        (error: unknown) => say({ kind: 'reply', id, ok: false, error: toErrorData(error) }),
      );
    },
    addEventListener: (kind, listener) => void (kind === 'message' && listeners.push(listener)),
  };
}

const until = (studio: Studio, holds: (state: ReturnType<Studio['store']['getState']>) => boolean) =>
  new Promise<void>((resolve) => {
    const look = () => holds(studio.store.getState()) && resolve();
    studio.store.subscribe(look);
    look();
  });

/** As a folder input gives them. */
const filesOf = (name: string) =>
  folderOf(name, 12).files.map(({ path, file }) => Object.assign(file, { webkitRelativePath: `${name}/${path}` }));

const TINY = { arch: 'tiny18', batchSize: 4, epochs: 3, trainSize: 32, evalResize: 36, evalCrop: 32 };

test('a run that was interrupted is offered, taken up with its photos, and ends', async () => {
  const folder = new MemoryFolder();
  const first = createStudio(portOn(folder));
  await until(first, ({ machine }) => machine.status === 'ready');
  await first.openFiles(filesOf('pets'));
  first.setConfig(TINY);
  const running = first.start('baseline');
  await until(first, ({ saved }) => saved.at !== null);
  const left = folder.reopened();
  await running;
  const { baseline } = first.store.getState();

  const second = createStudio(portOn(left));
  await until(second, (state) => state.left !== null);
  expect(second.store.getState().left).toMatchObject({ name: 'pets', place: 'files', running: { run: 'baseline' } });
  // No browser keeps a way to files that were dropped one by one: they are asked for.
  await expect(second.takeUp()).rejects.toMatchObject({ code: 'bad-dataset' });
  await expect(second.takeUp(filesOf('pets').slice(1))).rejects.toThrow('a/1.jpg is missing');
  expect(second.store.getState().left).not.toBeNull();
  await second.takeUp(filesOf('pets'));
  const now = second.store.getState();
  expect(now).toMatchObject({ left: null, stage: 'baseline', failure: null, config: { arch: 'tiny18', epochs: 3 } });
  expect([now.baseline?.id, now.baseline?.ended]).toEqual([baseline?.id, 'done']);
  expect(now.baseline?.epochs.map(({ record }) => record.epoch)).toEqual([1, 2, 3]);
});

test('results that were left are there again, and a first run on other photos takes their place', async () => {
  const folder = new MemoryFolder();
  const first = createStudio(portOn(folder));
  await until(first, ({ machine }) => machine.status === 'ready');
  await first.openFiles(filesOf('pets'));
  first.setConfig({ ...TINY, epochs: 1 });
  await first.start('baseline');
  await first.start('sweep');

  const second = createStudio(portOn(folder.reopened()));
  await until(second, (state) => state.left !== null);
  await second.takeUp(filesOf('pets'));
  const { baseline, sweep, weights } = second.store.getState();
  expect([baseline?.ended, sweep?.ended, weights?.arch]).toEqual(['done', 'done', 'tiny18']);
  expect(sweep?.points.length).toBeGreaterThan(0);

  const third = createStudio(portOn(folder.reopened()));
  await until(third, (state) => state.left !== null);
  await third.openFiles(filesOf('others'));
  expect(third.store.getState().left).toMatchObject({ name: 'pets' });
  third.setConfig({ ...TINY, epochs: 1 });
  await third.start('baseline');
  expect(third.store.getState().left).toBeNull();
});

test('what was left can be deleted, had back, and is gone in the end', async () => {
  const folder = new MemoryFolder();
  const first = createStudio(portOn(folder));
  await until(first, ({ machine }) => machine.status === 'ready');
  await first.openFiles(filesOf('pets'));
  first.setConfig({ ...TINY, epochs: 1 });
  await first.start('baseline');
  const left = folder.reopened();
  const second = createStudio(portOn(left));
  await until(second, (state) => state.left !== null);
  const { left: there } = second.store.getState();
  expect(there!.bytes).toBe([...left.contents.values()].reduce((sum, { byteLength }) => sum + byteLength, 0));
  await second.forgetKept();
  expect(second.store.getState()).toMatchObject({ left: null, forgotten: there });
  await second.keepAgain();
  expect(second.store.getState()).toMatchObject({ left: { name: 'pets', ended: ['baseline'] }, forgotten: null });
  await second.forgetKept();
  await expect(second.takeUp(filesOf('pets'))).resolves.toBeUndefined();
  expect(second.store.getState().dataset).toBeNull();
  // A later visit finds nothing, and nothing is kept for it to find.
  const later = createStudio(portOn(left.reopened()));
  await until(later, ({ machine }) => machine.status === 'ready');
  await expect(later.findLeft()).resolves.toBeNull();
  await second.findLeft();
  await second.keepAgain();
  expect(second.store.getState().left).toBeNull();
  expect([...left.contents.values()].every(({ byteLength }) => byteLength === 0)).toBe(true);
});
