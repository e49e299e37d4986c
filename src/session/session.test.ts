/** Commands that come in the gaps of others, in Node: whatever needs a GPU waits for an adapter that is never told. */
import { beforeEach, expect, test } from 'vitest';
import { PRESET_CONFIGS } from '../engine/experiments/meta';
import type { StudioEvent } from '../protocol/messages';
import { folderOf, testHost } from '../testing/host';
import { Session } from './session';

let adapter: PromiseWithReject;

interface PromiseWithReject {
  promise: Promise<never>;
  reject: (error: Error) => void;
}

function never(): PromiseWithReject {
  let reject: (error: Error) => void = () => {};
  const promise = new Promise<never>((_, fail) => (reject = fail));
  return { promise, reject };
}

beforeEach(() => {
  adapter = never();
});

/** Weights whose file is as slow as told, and is none in the end. */
function slowFile() {
  let end: (error: Error) => void = () => {};
  const bytes = new Promise<never>((_, reject) => (end = reject));
  // It may end before its reader has been loaded.
  bytes.catch(() => undefined);
  const file = { size: 1e6, slice: () => file, arrayBuffer: () => bytes, text: () => bytes } as unknown as Blob;
  return { file, end };
}

const config = PRESET_CONFIGS.quick;
const busy = { code: 'busy' };

function sessionOf() {
  const events: StudioEvent[] = [];
  const webgpu = { requestAdapter: () => adapter.promise } as unknown as GPU;
  return { session: new Session(testHost(webgpu), (event) => events.push(event)), events };
}

test('a Start in the gap of an import is refused, and works once that is over', async () => {
  const { session } = sessionOf();
  await session.openFiles(folderOf('pets'));
  const { file, end } = slowFile();
  const importing = session.importWeights({ file, name: 'w.safetensors' });
  await expect(session.start({ run: 'baseline', config })).rejects.toMatchObject({
    ...busy,
    message: 'Weights are being opened',
  });
  end(new Error('the disk is gone'));
  await expect(importing).rejects.toThrow('the disk is gone');
  const starting = session.start({ run: 'baseline', config });
  adapter.reject(new Error('no adapter'));
  await expect(starting).rejects.not.toMatchObject(busy);
});

test('photos and weights that are opened in the gap of a Start are refused, and the open ones stay', async () => {
  const { session, events } = sessionOf();
  await session.openFiles(folderOf('pets'));
  const starting = session.start({ run: 'baseline', config });
  await expect(session.openFiles(folderOf('others'))).rejects.toMatchObject(busy);
  await expect(session.openSample()).rejects.toMatchObject(busy);
  await expect(session.importWeights({ file: new Blob(), name: 'w' })).rejects.toMatchObject(busy);
  const trial = { ...folderOf('new'), config, unlike: false };
  await expect(session.trials.tryFiles(trial)).rejects.toMatchObject(busy);
  await expect(session.trials.triedPhoto({ trial: 1, row: 0, label: 0 })).rejects.toMatchObject(busy);
  await expect(session.benchmark({ config })).rejects.toMatchObject(busy);
  for (const other of ['clearCopies', 'forgetChoices'] as const)
    await expect(session[other]()).rejects.toMatchObject(busy);
  adapter.reject(new Error('no adapter'));
  await expect(starting).rejects.not.toMatchObject(busy);
  expect(events.flatMap((event) => (event.kind === 'dataset' ? [event.summary.name] : []))).toEqual(['pets']);
  await session.openFiles(folderOf('others'));
  expect(events.flatMap((event) => (event.kind === 'dataset' ? [event.summary.name] : []))).toEqual(['pets', 'others']);
});

test('of two Starts at once the second is refused before it says or plans anything', async () => {
  const { session, events } = sessionOf();
  await session.openFiles(folderOf('pets'));
  const first = session.start({ run: 'baseline', config });
  await expect(session.start({ run: 'baseline', config })).rejects.toMatchObject(busy);
  await expect(session.plan({ run: 'baseline', config })).rejects.toMatchObject(busy);
  await expect(session.views({ split: 'train', index: 0, config, epochs: [1] })).rejects.toMatchObject(busy);
  expect(events.filter(({ kind }) => ['warning', 'runState', 'runStarted'].includes(kind))).toEqual([]);
  adapter.reject(new Error('no adapter'));
  await expect(first).rejects.not.toMatchObject(busy);
});

test('a folder in portions that was refused does not become part of the next', async () => {
  const { session, events } = sessionOf();
  await session.openFiles({ ...folderOf('abandoned'), last: false });
  await session.openFiles(folderOf('pets'));
  await session.openFiles({ ...folderOf('again'), last: false });
  const { file, end } = slowFile();
  const importing = session.importWeights({ file, name: 'w' });
  await expect(session.openFiles(folderOf('again'))).rejects.toMatchObject(busy);
  end(new Error('gone'));
  await importing.catch(() => undefined);
  await session.openFiles({ name: 'again', files: folderOf('again').files.slice(1), last: true });
  const opened = events.flatMap((event) => (event.kind === 'dataset' ? [event.summary] : []));
  expect(opened.map(({ name, trainCount, validationCount }) => [name, trainCount + validationCount])).toEqual([
    ['pets', 6],
    ['again', 5],
  ]);
});

test('a folder on which nothing can run does not take the place of one on which it can', async () => {
  const { session, events } = sessionOf();
  const { files } = folderOf('pets');
  const oneClass = { name: 'cats', files: files.filter(({ path }) => path.startsWith('a/')), last: true };
  await session.openFiles(oneClass);
  await session.openFiles(folderOf('pets'));
  await expect(session.openFiles(oneClass)).rejects.toMatchObject({ code: 'bad-dataset', hint: 'pets is still open.' });
  expect(events.flatMap((event) => (event.kind === 'dataset' ? [event.summary.name] : []))).toEqual(['cats', 'pets']);
});
