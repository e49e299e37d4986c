/** Mending a data set: what a look at every photo finds, what changes do, and what is told of them. No GPU. */
import { expect, test } from 'vitest';
import { parseStudioConfig } from '../engine/experiments/meta';
import { problemBit, type Problem } from '../protocol/photos';
import { type Files, JPEG, photos, table } from '../testing/folders';
import { EventLog, testHost } from '../testing/host';
import type { Host } from './host';
import { Session } from './session';

const FILES: Files = {
  ...Object.fromEntries(Object.keys(photos('#.jpg', 20)).map((path, i) => [path, Uint8Array.of(...JPEG, i)])),
  't.csv': table('image,label,split', 20, (i) => `${i}.jpg,${i % 2 ? 'rust' : 'blight'},${i < 14 ? 'train' : 'val'}`),
};
const asked = (files: Record<string, string | Uint8Array<ArrayBuffer>>) => ({
  name: 'leaves',
  files: Object.entries(files).map(([path, content]) => ({ path, file: new File([content], path) })),
  last: true,
});

/** Photos whose facts are their own but where said otherwise; `broken` cannot be read. */
function hostWith(facts: Record<string, object>, broken: readonly string[] = []) {
  const plain = testHost(undefined);
  const looked: string[] = [];
  const open: Host['openPhotos'] = (source) => {
    const decoder = plain.openPhotos(source);
    return {
      ...decoder,
      async inspect(path, signal) {
        signal.throwIfAborted();
        looked.push(path);
        if (broken.includes(path)) throw new Error('cut off');
        return { ...(await decoder.inspect(path, signal)), ...facts[path] };
      },
    };
  };
  return { host: testHost(undefined, { openPhotos: open }), looked };
}

async function opened(facts: Record<string, object> = {}, broken: readonly string[] = []) {
  const { host, looked } = hostWith(facts, broken);
  const log = new EventLog();
  const session = new Session(host, log.emit);
  await session.openFiles(asked(FILES));
  const has = async (problem: Problem) => {
    const { problems } = await session.room.photoColumns();
    return [...problems.keys()].filter((photo) => problems[photo]! & problemBit(problem));
  };
  return { session, log, looked, has };
}

test('copies, leaks and conflicts are found with all that is odd, by looking once', async () => {
  const { session, looked, has, log } = await opened(
    {
      '2.jpg': { hash: [1, 1], fingerprint: [9, 9] },
      '16.jpg': { hash: [1, 1], fingerprint: [9, 9] },
      '5.jpg': { fingerprint: [0xf0f0f0f0, 0x0f0f0f0f] },
      '8.jpg': { fingerprint: [0xf0f0f0f1, 0x0f0f0f0e] },
      '6.jpg': { fingerprint: [0, 0], contrast: 0 },
      '7.jpg': { fingerprint: [0, 0], contrast: 0 },
      '3.jpg': { brightness: 4 },
    },
    ['11.jpg'],
  );
  expect((await session.room.photoColumns()).check).toBeNull();
  await session.room.checkPhotos();
  expect(log.events.at(-1)).toEqual({ kind: 'checking', progress: null });
  const { check } = await session.room.photoColumns();
  expect(check).toMatchObject({
    photos: 20,
    counts: { exact: 2, near: 2, leak: 2, conflict: 2, dark: 1, unreadable: 1 },
  });
  expect(check!.groups).toEqual([
    [2, 16],
    [5, 8],
  ]);
  expect(await has('exact')).toEqual([2, 16]);
  expect(await has('leak')).toEqual([2, 16]);
  // Two plain pictures look alike, and are not said to be copies.
  expect(await has('near')).toEqual([5, 8]);
  expect(await has('conflict')).toEqual([5, 8]);
  expect(await has('unreadable')).toEqual([11]);

  // Without the leak the rest is judged anew, of what is known already.
  await session.editPhotos({ changes: [{ split: 'train', index: 2, leaveOut: true }] });
  expect(await has('leak')).toEqual([]);
  expect(await has('near')).toEqual([4, 7]);
  expect(looked).toHaveLength(20);
});

test('files that are in two splits are told without a look at pixels, and left out where they train', async () => {
  const log = new EventLog();
  const session = new Session(testHost(undefined), log.emit);
  const told = () => log.events.filter((event) => event.kind === 'splitCopies').at(-1)?.copies.groups;
  await session.openFiles(asked({ ...FILES, '16.jpg': FILES['2.jpg']! }));
  await expect.poll(told).toEqual([
    [
      { split: 'train', index: 2, path: '2.jpg' },
      { split: 'validation', index: 2, path: '16.jpg' },
    ],
  ]);
  const { problems } = await session.room.photoColumns();
  expect([...problems.keys()].filter((photo) => problems[photo]! & problemBit('leak'))).toEqual([2, 16]);
  const changes = [{ split: 'train', index: 2, leaveOut: true }] as const;
  expect(await session.editPhotos({ changes })).toMatchObject({ trainCount: 13, validationCount: 6 });
  await expect.poll(told).toEqual([]);
});

test('groups on both sides of a given split are a problem of their photos', async () => {
  const session = new Session(testHost(undefined), () => undefined);
  const csv = table('image,label,plant,split', 20, (i) => `${i}.jpg,${i % 2},${i >> 1},${i < 13 ? 'train' : 'val'}`);
  const summary = await session.openFiles(asked({ ...FILES, 't.csv': csv }));
  expect(summary!.groupsAcross).toEqual({ column: 'plant', groups: 1, photos: 2, examples: ['6'] });
  const { problems } = await session.room.photoColumns();
  expect([...problems.keys()].filter((photo) => problems[photo]! & problemBit('group'))).toEqual([12, 13]);
  const anew = await session.understand({ settings: { splitColumn: 'none' } });
  expect(anew.groupsAcross).toBeUndefined();
});

test('a check that is stopped says so, and finds nothing', async () => {
  const { session } = await opened();
  const checking = session.room.checkPhotos();
  await session.room.stopChecking();
  await expect(checking).rejects.toMatchObject({ code: 'stopped' });
  expect((await session.room.photoColumns()).check).toBeNull();
});

test('the mended photos as a table are the mended photos, and a later visit finds them mended', async () => {
  const { host } = hostWith({});
  const session = new Session(host, () => undefined);
  await session.openFiles(asked(FILES));
  const summary = await session.editPhotos({
    changes: [
      { split: 'train', index: 0, leaveOut: true },
      { split: 'train', index: 1, label: 0 },
      { split: 'train', index: 2, to: 'validation' },
    ],
  });
  expect(summary).toMatchObject({ trainCount: 12, validationCount: 7, edits: { leftOut: 1, relabelled: 1, moved: 1 } });
  const again = await session.editPhotos({ changes: [{ split: 'validation', index: 0, leaveOut: true }] });
  expect(again.edits).toMatchObject({ leftOut: 2, relabelled: 1 });

  const { blob } = await session.exportFile({ what: 'photos' });
  const csv = await blob.text();
  expect(csv.split('\n')[0]).toBe('image_id,label,split');
  const { 't.csv': _replaced, ...rest } = FILES;
  const reopened = new Session(testHost(undefined), () => undefined);
  expect(await reopened.openFiles(asked({ ...rest, 'photos.csv': csv }))).toMatchObject({
    trainCount: again.trainCount,
    validationCount: again.validationCount,
    classes: again.classes,
  });

  const later = await new Session(host, () => undefined).openFiles(asked(FILES));
  expect(later!.edits).toEqual(again.edits);
  const { edits: _undone, ...settings } = again.settings;
  expect((await session.understand({ settings })).edits).toBeUndefined();
});

test('changes that leave nothing to measure on are not made', async () => {
  const { session } = await opened();
  const changes = Array.from({ length: 6 }, (_, index) => ({
    split: 'validation' as const,
    index,
    leaveOut: true as const,
  }));
  await expect(session.editPhotos({ changes })).rejects.toMatchObject({ code: 'bad-dataset' });
  expect((await session.room.photoColumns()).counts).toEqual({ train: 14, validation: 6, test: 0 });
});

test('one photo with all that is known of it: its views lie on it, and its file is named', async () => {
  const { session } = await opened();
  const config = parseStudioConfig({ trainSize: 32, evalResize: 36, evalCrop: 32, sweepSizes: [32] });
  const detail = await session.room.photoDetail({ split: 'train', index: 3, config });
  expect(detail).toMatchObject({ path: '3.jpg', label: 'rust', width: 44, height: 38, measured: [] });
  expect(detail.train).toHaveLength(3);
  expect(detail.test.map(({ size }) => size)).toEqual([32, 32]);
  for (const [x, y] of detail.test[0]!.outline) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x).toBeLessThanOrEqual(44);
    expect(y).toBeLessThanOrEqual(38);
  }
  await expect(session.room.photoDetail({ split: 'test', index: 0, config })).rejects.toMatchObject({
    code: 'bad-photo',
  });
});
