import { expect, test } from 'vitest';
import made from '../testing/photos/photos.json';
import type { Dataset, FileSource, Orientations } from '../engine/dataset/types';
import { countOrientations } from './orientations';

const files = new Map(made.photos.map(({ name, file }) => [name, Buffer.from(file, 'base64')]));
const source: FileSource = {
  name: 'kinds',
  paths: [...files.keys()],
  read: (path) => {
    const bytes = files.get(path);
    return bytes ? Promise.resolve(new Blob([bytes])) : Promise.reject(new Error('it is gone'));
  },
};
const samples = [...source.paths, 'gone.jpg'].map((path) => ({ path, imageId: path, label: 0 }));
const dataset = { train: samples.slice(5), validation: samples.slice(0, 5) } as unknown as Dataset;

async function count(from: FileSource, signal = new AbortController().signal): Promise<Orientations[]> {
  const reports: Orientations[] = [];
  await countOrientations(from, dataset, signal, (report) => reports.push(report));
  return reports;
}

test('photos of all eight orientations are counted, those as stored are not', async () => {
  expect((await count(source)).at(-1)).toEqual({ looked: samples.length, of: samples.length, turned: 7 });
});

test('of a large folder, some thousands spread over it are looked at', async () => {
  const train = Array.from({ length: 5000 }, () => samples.find(({ path }) => path === 'exif_6.jpg')!);
  const validation = Array.from({ length: 5000 }, () => samples.find(({ path }) => path === 'exif_1.jpg')!);
  const reports: Orientations[] = [];
  const large = { train, validation } as unknown as Dataset;
  await countOrientations(source, large, new AbortController().signal, (report) => reports.push(report));
  expect(reports.at(-1)).toEqual({ looked: 2000, of: 2000, turned: 1000 });
});

test('nothing is read of a source that has no EXIF data, and nothing is told once the folder was closed', async () => {
  expect(await count({ ...source, plain: true, read: () => Promise.reject(new Error('read')) })).toEqual([]);
  expect(await count(source, AbortSignal.abort())).toEqual([]);
});
