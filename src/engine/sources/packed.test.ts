/** Archives and Parquet files are folders: the same photos, classes and splits; and those made to harm are refused. */
import { expect, test } from 'vitest';
import { openDataset } from '../dataset/open';
import { gzipped, parquetOf, sourceOf, tarred, zipped } from '../../testing/archives';
import { JPEG, photos } from '../../testing/folders';
import { zipOf } from '../../testing/zipOf';
import { warningText } from '../../words/datasetWarnings';
import { unpacked } from './packed';

const PETS = {
  ...photos('pets/train/cat/#.jpg', 4),
  ...photos('pets/train/dog/#.jpg', 4),
  ...photos('pets/val/cat/#.jpg', 2),
  ...photos('pets/val/dog/#.jpg', 2),
};

async function understood(files: Record<string, Blob>) {
  const source = await unpacked(sourceOf(files));
  const dataset = await openDataset(source, { seed: 1 });
  const { classes, train, validation, test: held } = dataset;
  return {
    source,
    classes,
    counts: [train.length, validation.length, held.length],
    paths: [...train, ...validation].map(({ path }) => path),
    told: dataset.warnings.map(warningText).join('\n'),
    refusal: dataset.refusal,
  };
}

const PETS_UNDERSTOOD = { classes: ['cat', 'dog'], counts: [8, 4, 0], refusal: null };

test.each([
  ['deflated zip', async () => ({ 'pets.zip': await zipped(PETS) })],
  ['stored zip', async () => ({ 'pets.zip': await zipped(PETS, { level: 0 }) })],
  ['tar', async () => ({ 'pets.tar': await tarred(PETS) })],
  ['tar.gz', async () => ({ 'pets.tar.gz': await gzipped(await tarred(PETS)) })],
  ['zip in a zip', async () => ({ 'download.zip': await zipped({ 'pets.zip': await zipped(PETS) }) })],
  [
    'tar.gz in a zip',
    async () => ({ 'download.zip': await zipped({ 'a/pets.tgz': await gzipped(await tarred(PETS)) }) }),
  ],
])('a %s is the folder that it packs', async (_, files) => {
  const found = await understood(await files());
  expect(found).toMatchObject(PETS_UNDERSTOOD);
  expect(found.source.name).toMatch(/^(pets|download)$/);
  const photo = await found.source.read(found.paths[0]!);
  expect(new Uint8Array(await photo.arrayBuffer())).toEqual(JPEG);
});

test('archives in a folder are folders of their own, tables beside them apply', async () => {
  const found = await understood({
    'train.zip': await zipped({ ...photos('train/#.jpg', 6) }),
    'test.zip': await zipped({ ...photos('#.jpg', 3) }),
    'labels.csv.gz': await gzipped(
      new Blob([`id,label\n${[0, 1, 2, 3, 4, 5].map((i) => `${i},${'ab'[i % 2]!}`).join('\n')}`]),
    ),
  });
  expect(found.classes).toEqual(['a', 'b']);
  expect(found.paths.every((path) => path.startsWith('train/'))).toBe(true);
  expect(found.told).toContain('test/0.jpg is in no row of labels.csv');
});

test('an archive whose files lie beside it is left out, and said', async () => {
  const files = Object.fromEntries(Object.keys(PETS).map((path) => [path, new Blob([JPEG])]));
  const found = await understood({ ...files, 'pets.zip': await zipped(PETS) });
  expect(found).toMatchObject(PETS_UNDERSTOOD);
  expect(found.told).toContain('pets.zip was not opened: what it holds lies beside it, unpacked.');
});

test.each(['gnu', 'pax'] as const)('long names (%s) and links in a tar', async (kind) => {
  const deep = 'very long folder name/'.repeat(6);
  const found = await understood({
    'pets.tar': await tarred(
      {
        ...photos(`${deep}cat/#.jpg`, 4),
        ...photos(`${deep}dog/#.jpg`, 4),
        [`${deep}dog/9.jpg`]: JPEG,
        'x/l.jpg': '-> ../y.jpg',
      },
      kind,
    ),
  });
  expect(found.classes).toEqual(['cat', 'dog']);
  expect(found.paths.filter((path) => path.startsWith(deep))).toHaveLength(9);
});

test('what is made to harm, or broken, is refused by name', async () => {
  const refused = (files: Record<string, Blob>) => unpacked(sourceOf(files));
  const entry = (name: string) => ({ name, bytes: JPEG });
  await expect(refused({ 'a.zip': zipOf([entry('../../etc/1.jpg')]) })).rejects.toThrow(
    /"\.\.\/\.\.\/etc\/1\.jpg" leads out/,
  );
  await expect(refused({ 'a.tar': await tarred({ '/etc/1.jpg': JPEG }) })).rejects.toThrow(/leads out/);
  await expect(refused({ 'a.zip': await zipped(PETS, { password: 'x' }) })).rejects.toThrow(/is encrypted/);
  await expect(refused({ 'a.zip': (await zipped(PETS)).slice(0, 300) })).rejects.toThrow(
    /^a\.zip cannot be opened: its end is missing/,
  );
  await expect(refused({ 'a.tar': (await tarred(PETS)).slice(0, 1600) })).rejects.toThrow(/cut off/);
  await expect(refused({ 'a.tgz': (await gzipped(await tarred(PETS))).slice(0, 60) })).rejects.toThrow(
    /^a\.tgz cannot be opened: /,
  );
  await expect(refused({ 'a.zip': new Blob(['no zip']) })).rejects.toThrow(/^a\.zip cannot be opened: /);
  await expect(refused({ 'a.zip': new Blob(['<!DOCTYPE html><p>Sign in']) })).rejects.toThrow(/it is a web page/);
  await expect(refused({ 'a.tar.bz2': new Blob(['BZh91AY']) })).rejects.toThrow(/a bzip2 archive, which is not read/);
  await expect(
    refused({ 'a.7z': new Blob([Uint8Array.of(0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c)]) }),
  ).rejects.toMatchObject({ hint: 'Unpack it and open the folder, or make a .zip of it.' });
  const third = await zipped({ 'c.zip': await zipped(PETS) });
  const deep = await understood({ 'a.zip': await zipped({ 'b.zip': third }) });
  expect(deep.told).toContain('it lies in an archive that lies in an archive');
  expect(deep.refusal).toMatchObject({ code: 'no-photos' });
});

/** A zip of one file, said to be of another size than it is. */
async function zipSaying(size: number, bytes: number): Promise<Blob> {
  const archive = new Uint8Array(await (await zipped({ 'cat/1.jpg': new Uint8Array(bytes) })).arrayBuffer());
  const view = new DataView(archive.buffer);
  for (let at = 0; at < archive.length - 46; at++) {
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, size, true);
    if (view.getUint32(at, true) === 0x04034b50) view.setUint32(at + 22, size, true);
  }
  return new Blob([archive]);
}

test('an entry that holds more than it says is not unpacked, nor one of too much', async () => {
  const lying = await unpacked(sourceOf({ 'a.zip': await zipSaying(10, 5_000_000) }));
  await expect(lying.read('cat/1.jpg')).rejects.toMatchObject({ code: 'bad-photo' });
  const large = await unpacked(sourceOf({ 'a.zip': await zipSaying(600 * 2 ** 20, 5_000_000) }));
  await expect(large.read('cat/1.jpg')).rejects.toThrow(/more than the 536870912 that are unpacked/);
  expect(await large.head!('cat/1.jpg', 512)).toHaveLength(512);
});

test('Hugging Face’s Parquet: photos by row, classes by their names, splits by the files’ names', async () => {
  const photo = (i: number) => Uint8Array.of(...JPEG, i);
  const range = (count: number) => Array.from({ length: count }, (_, i) => i);
  const part = (from: number, count: number) =>
    parquetOf(
      range(count).map((i) => photo(from + i)),
      range(count).map((i) => i % 2),
      ['cat', 'dog'],
      3,
    );
  const found = await understood({
    'data/train-00000-of-00002.parquet': part(0, 8),
    'data/train-00001-of-00002.parquet': part(8, 4),
    'data/test-00000-of-00001.parquet': part(12, 4),
    'README.md': new Blob(['']),
  });
  expect(found).toMatchObject({ classes: ['cat', 'dog'], counts: [12, 4, 0], refusal: null });
  for (const [path, i] of [
    ['data/train-00000-of-00002/000007.jpg', 7],
    ['data/test-00000-of-00001/000003.jpg', 15],
  ] as const)
    expect(new Uint8Array(await (await found.source.read(path)).arrayBuffer())).toEqual(photo(i));
});

test('Parquet whose columns say the split, or whose photos have no class', async () => {
  const range = (count: number) => Array.from({ length: count }, (_, i) => i);
  const all = range(12).map((i) => Uint8Array.of(...JPEG, i));
  const labels = range(12).map((i) => i % 2);
  const split = range(12).map((i) => (i < 8 ? 'train' : 'validation'));
  const told = await understood({ 'data.parquet': parquetOf(all, labels, ['cat', 'dog'], 5, { split }) });
  expect(told).toMatchObject({ classes: ['cat', 'dog'], counts: [8, 4, 0], refusal: null });
  const unknown = await understood({
    'train-00000-of-00001.parquet': parquetOf(all, labels, ['cat', 'dog'], 5),
    'test-00000-of-00001.parquet': parquetOf(all.slice(0, 4), [-1, -1, -1, -1], ['cat', 'dog'], 5),
  });
  expect(unknown).toMatchObject({ classes: ['cat', 'dog'], refusal: null });
  expect(unknown.counts[0]! + unknown.counts[1]!).toBe(12);
  expect(unknown.told).toContain('has no label');
});

test('the parts that a download was cut into are one folder, unless their files have the same names', async () => {
  const cats = await zipped(photos('pets/cat/#.jpg', 4));
  const rest = await zipped({ ...photos('pets/dog/#.jpg', 4), ...photos('pets/cat/more#.jpg', 2) });
  const name = (part: string) => `drive-download-20240501T101112Z-${part}.zip`;
  const joined = await understood({ [name('001')]: cats, [name('002')]: rest });
  expect(joined.classes).toEqual(['cat', 'dog']);
  expect(joined.counts[0]! + joined.counts[1]!).toBe(10);
  // No photo is lost where two have one name.
  const { source } = await understood({ [name('001')]: cats, [name('002')]: cats });
  expect(source.paths.filter((path) => path.endsWith('.jpg'))).toHaveLength(8);
});

test('an archive behind other bytes, as one that unpacks itself, is read all the same', async () => {
  const found = await understood({ 'pets.zip': new Blob(['MZ: not for this system', await zipped(PETS)]) });
  expect(found).toMatchObject(PETS_UNDERSTOOD);
  const photo = await found.source.read(found.paths[0]!);
  expect(new Uint8Array(await photo.arrayBuffer())).toEqual(JPEG);
});

test('names of a zip that say no encoding are read as what they are: Chinese ones of Windows', async () => {
  const archive = new Uint8Array(
    await (await zipped({ ...photos('AAAA/#.jpg', 6), ...photos('BB/#.jpg', 6) })).arrayBuffer(),
  );
  const [apple, pear] = [
    [0xc6, 0xbb, 0xb9, 0xfb],
    [0xc0, 0xe6],
  ] as const;
  const rename = (letter: string, bytes: readonly number[]) => {
    const name = `${letter.repeat(bytes.length)}/`;
    for (let at = 0; at < archive.length; at++)
      if (new TextDecoder().decode(archive.subarray(at, at + name.length)) === name) archive.set(bytes, at);
  };
  rename('A', apple);
  rename('B', pear);
  // Zip.js marks names as UTF-8.
  const view = new DataView(archive.buffer);
  for (let at = 0; at < archive.length - 10; at++) {
    const signature = view.getUint32(at, true);
    if (signature === 0x02014b50) view.setUint16(at + 8, 0, true);
    if (signature === 0x04034b50) view.setUint16(at + 6, 0, true);
  }
  expect(await understood({ 'set.zip': new Blob([archive]) })).toMatchObject({
    classes: ['梨', '苹果'],
    refusal: null,
  });
});
