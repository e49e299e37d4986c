/** A batch seen on its way, without a GPU that computes. */
import { beforeAll, expect, test } from 'vitest';
import { nullBackend } from '../../hosts/node/nullGpu';
import type { StudioBackend } from '../gpu/backend';
import { BatchViewer } from './batchViewer';
import type { InputBatch } from './inputs';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nullBackend();
});

const batch: InputBatch = {
  labels: new Int32Array(5),
  indices: Int32Array.of(7, 3, 9, 4, 1),
  end: 5,
  toGpu: (to, { start, end }) => to.allocate([end - start, 8, 8, 3]),
};

test('where nobody looks a batch is left as it is', () => {
  expect(new BatchViewer().watched(batch, false)).toBe(batch);
});

test('whoever looks sees the first photos of the next batch, once, and the batch goes in whole', async () => {
  const viewer = new BatchViewer();
  viewer.begin();
  const looking = viewer.next(3);
  const before = backend.usedBytes();
  const watched = viewer.watched(batch, true);
  const parts = [
    { start: 0, end: 4 },
    { start: 4, end: 5 },
  ].map((rows) => watched.toGpu(backend, rows));
  expect(parts.map(({ shape }) => shape[0])).toEqual([4, 1]);
  for (const part of parts) backend.release(part);
  const seen = await looking;
  expect(seen).toMatchObject({ batchSize: 5, indices: Int32Array.of(7, 3, 9), size: 8, normalized: true });
  expect(seen!.values).toHaveLength(3 * 8 * 8 * 3);
  expect(backend.usedBytes()).toBe(before);
  expect(viewer.watched(batch, true)).toBe(batch);
});

test('where a batch goes in parts, no more is seen than of the first', async () => {
  const viewer = new BatchViewer();
  viewer.begin();
  const looking = viewer.next(3);
  backend.release(viewer.watched(batch, false).toGpu(backend, { start: 0, end: 2 }));
  expect((await looking)!.indices).toEqual(Int32Array.of(7, 3));
});

test('a look that no batch comes for sees nothing', async () => {
  const viewer = new BatchViewer();
  viewer.begin();
  const looking = viewer.next(3);
  viewer.end();
  expect(await looking).toBeNull();
  expect(await viewer.next(3)).toBeNull();
});
