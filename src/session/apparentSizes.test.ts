import { expect, test } from 'vitest';
import type { Dataset } from '../engine/dataset/types';
import { PhotoSizes } from './apparentSizes';

const sample = (path: string) => ({ path, imageId: path, label: 0 });
const dataset = {
  train: ['t0', 't1'].map(sample),
  validation: ['v0', 'gone', 'v2'].map(sample),
  test: [],
} as unknown as Dataset;

const decoder = {
  header: (path: string) =>
    path === 'gone'
      ? Promise.reject(new Error('gone'))
      : Promise.resolve({ type: 'image/jpeg' as const, width: 400, height: 100, orientation: path === 'v2' ? 6 : 1 }),
};

test('where objects are known each photo has its own, by its place; one that cannot be read has none', async () => {
  const lengths: Record<string, number> = { t0: 50, t1: 60, v0: 70, v2: 80 };
  const sizes = new PhotoSizes(dataset, decoder, { objectLength: (path) => Promise.resolve(lengths[path] ?? null) });
  const { trained, tested, known } = await sizes.objects({ respectExif: true });
  expect(known).toBe(true);
  expect(trained.map(({ object }) => object)).toEqual([50, 60]);
  expect(tested).toEqual([{ width: 400, height: 100, object: 70 }, null, { width: 100, height: 400, object: 80 }]);
});

test('where any is not known, all are taken to fill the same part of their photo', async () => {
  const some = { objectLength: (path: string) => Promise.resolve(path === 'v0' ? 70 : null) };
  for (const source of [{}, some]) {
    const { trained, tested, known } = await new PhotoSizes(dataset, decoder, source).objects({ respectExif: false });
    expect(known).toBe(false);
    // √(400 · 100)
    expect([...trained, tested[0], tested[2]].map((shown) => shown!.object)).toEqual([200, 200, 200, 200]);
  }
});
