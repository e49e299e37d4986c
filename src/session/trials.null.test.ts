/** Trials of photos without labels, in Node, on a GPU that computes nothing: what is looked at, told, refused and stopped. */
import { expect, test } from 'vitest';
import { nullWebGpu } from '../hosts/node/nullGpu';
import { EventLog, folderOf, testHost } from '../testing/host';
import { TINY } from '../testing/tiny';
import type { NamedFile } from '../protocol/messages';
import type { Host } from './host';

const webgpu = await nullWebGpu();
const { Session } = await import('./session');

const options = { config: TINY, unlike: false };

/** A session with weights of a baseline. */
async function trained(changes: Partial<Host> = {}, photos = 12) {
  const log = new EventLog();
  const session = new Session(testHost(webgpu, changes), log.emit);
  await session.openFiles(folderOf('pets', photos));
  await session.start({ run: 'baseline', config: TINY });
  return { session, log, trials: session.trials };
}

const filesOf = (...paths: string[]): NamedFile[] => {
  const [{ file }] = folderOf('any', 2).files as [NamedFile, ...NamedFile[]];
  return paths.map((path) => ({ path, file: new File([file], path) }));
};

test('photos are named as a table would name them; what is none is counted, what cannot be read is named', async () => {
  const { trials, log } = await trained();
  const heic = { path: 'c.heic', file: new File(['\0\0\0\x18ftypheic\0\0\0\0'], 'c.heic') };
  const files = [...filesOf('b/1.jpg', 'a/2.jpg', '.hidden.jpg', 'notes.txt'), heic];
  expect(await trials.tryFiles({ ...options, name: 'new', files: files.slice(0, 2), last: false })).toBeNull();
  const said = await trials.tryFiles({ ...options, name: 'new', files: files.slice(2), last: true });
  expect(said).toMatchObject({
    weights: 'baseline, epoch 1',
    photos: [
      { path: 'a/2.jpg', imageId: '2.jpg' },
      { path: 'b/1.jpg', imageId: '1.jpg' },
    ],
    others: 1,
    unlike: null,
    viewIsGuessed: false,
    views: [{ resize: 36, crop: 32 }],
  });
  expect(said!.unreadable).toEqual([{ path: 'c.heic', reason: 'c.heic is no photo that browsers read: HEIC' }]);
  expect(said!.probabilities).toHaveLength(2 * said!.classes.length);
  const told = log.events.flatMap((event) => (event.kind === 'trying' ? [event.progress?.phase ?? null] : []));
  expect(told).toEqual(['listing', 'listing', 'trying', null]);

  // Where two would have the same name, their folders tell them apart.
  const again = await trials.tryFiles({ ...options, name: 'new', files: filesOf('a/1.jpg', 'b/1.jpg'), last: true });
  expect(again!.photos.map(({ imageId }) => imageId)).toEqual(['a/1.jpg', 'b/1.jpg']);
  const { blob } = await trials.exportTried({ what: 'submission' });
  expect((await blob.text()).split('\n').map((line) => line.split(',')[0])).toEqual([
    'image_id',
    'a/1.jpg',
    'b/1.jpg',
    '',
  ]);
});

test('several sizes are looked at one after the other, and their probabilities averaged', async () => {
  const { trials, log } = await trained();
  const files = filesOf('1.jpg', '2.jpg');
  const said = await trials.tryFiles({ ...options, sizes: [64, 32, 64], name: 'new', files, last: true });
  expect(said).toMatchObject({
    views: [
      { resize: 36, crop: 32 },
      { resize: 72, crop: 64 },
    ],
    temperature: null,
  });
  expect([said!.photos.length, said!.probabilities.length]).toEqual([2, 2 * said!.classes.length]);
  const told = log.events.flatMap((event) => (event.kind === 'trying' && event.progress ? [event.progress] : []));
  expect(told.at(-1)).toMatchObject({ phase: 'trying', of: 4 });
  const { view } = await trials.triedPhoto({ trial: said!.trial, row: 0, label: 0 });
  expect(view.size).toBe(32);
  const csv = await (await trials.exportTried({ what: 'probabilities' })).blob.text();
  expect(csv).toContain('"resize 36 and 72, centre crop 32 and 64, averaged"');
  await expect(trials.tryFiles({ ...options, sizes: [8], name: 'new', files, last: true })).rejects.toMatchObject({
    code: 'bad-config',
  });
});

test('one of them is looked at again, as long as no others were tried', async () => {
  const { trials } = await trained();
  const first = await trials.tryFiles({ ...options, name: 'new', files: filesOf('1.jpg'), last: true });
  const { view, map } = await trials.triedPhoto({ trial: first!.trial, row: 0, label: 1 });
  expect([view.size, view.rgba.length]).toEqual([32, 32 * 32 * 4]);
  expect([map?.width, map?.height]).toEqual([1, 1]);
  await expect(trials.triedPhoto({ trial: first!.trial, row: 1, label: 0 })).rejects.toMatchObject({
    code: 'bad-photo',
  });
  await trials.tryFiles({ ...options, name: 'new', files: filesOf('2.jpg'), last: true });
  await expect(trials.triedPhoto({ trial: first!.trial, row: 0, label: 0 })).rejects.toMatchObject({
    code: 'needs-step',
  });
});

test('nothing that is a photo, and no weights, are said to be so; the last trial stays', async () => {
  const { trials, session } = await trained();
  await trials.tryFiles({ ...options, name: 'new', files: filesOf('1.jpg'), last: true });
  const text = [{ path: 'a.txt', file: new File(['x'], 'a.txt') }];
  await expect(trials.tryFiles({ ...options, name: 'none', files: text, last: true })).rejects.toMatchObject({
    message: 'There is nothing to try: there is no photo among 1 file',
    hint: 'Choose JPEG, PNG, WebP, AVIF, GIF, BMP or TIFF.',
  });
  expect((await trials.exportTried({ what: 'probabilities' })).fileName).toBe('probabilities.csv');
  await session.openFiles(folderOf('others', 12));
  await expect(trials.tryFiles({ ...options, name: 'new', files: filesOf('1.jpg'), last: true })).rejects.toMatchObject(
    {
      code: 'needs-step',
    },
  );
});

test('a trial is stopped in the middle, leaves no memory behind, and another can begin', async () => {
  const host = testHost(webgpu);
  let onLoad = () => {};
  const { trials, session } = await trained({
    openPhotos: (source) => {
      const decoder = host.openPhotos(source);
      return {
        ...decoder,
        load(path, ...how) {
          onLoad();
          return decoder.load(path, ...how);
        },
      };
    },
  });
  const many = filesOf(...Array.from({ length: 40 }, (_, i) => `${i}.jpg`));
  let loads = 0;
  onLoad = () => void (++loads === 10 && trials.stopTrying());
  await expect(trials.tryFiles({ ...options, name: 'many', files: many, last: true })).rejects.toMatchObject({
    code: 'stopped',
  });
  expect(loads).toBeLessThan(40);
  onLoad = () => {};
  const trying = trials.tryFiles({ ...options, name: 'many', files: many, last: true });
  await expect(session.start({ run: 'sweep', config: TINY })).rejects.toMatchObject({ code: 'busy' });
  expect((await trying)!.photos).toHaveLength(40);
});

test('what is usual is measured on the open photos, or not said', async () => {
  const { trials } = await trained();
  const files = filesOf('1.jpg', '2.jpg');
  const said = await trials.tryFiles({ config: TINY, unlike: true, name: 'new', files, last: true });
  expect(said!.unlike).toBeNull();
  expect(said!.unlikeRefused).toContain('It takes 40 validation photos');
});

test('with photos enough, what is usual is measured first', async () => {
  const { trials, log } = await trained({}, 150);
  const files = filesOf('1.jpg', '2.jpg');
  const said = await trials.tryFiles({ config: TINY, unlike: true, name: 'new', files, last: true });
  expect(said!.unlikeRefused).toBeNull();
  expect(said!.unlike).toMatchObject({ share: 0.95 });
  expect(said!.unlike!.distances).toHaveLength(2);
  expect(said!.unlike!.trainCount + said!.unlike!.validationCount).toBe(300);
  const told = log.events.flatMap((event) => (event.kind === 'trying' ? [event.progress?.phase ?? null] : []));
  expect(new Set(told)).toEqual(new Set(['listing', 'measuring', 'trying', null]));
});
