import { expect, test } from 'vitest';
import type { Dataset, FileSource } from '../engine/dataset/types';
import { findSplitCopies } from './splitCopies';

const groupsOf = async (...asked: Parameters<typeof findSplitCopies>) => (await findSplitCopies(...asked)).groups;

const bytes = (length: number, seed: number) => Uint8Array.from({ length }, (_, i) => (i * 31 + seed) % 251);
/** `c` is `a` once more; `d` differs from them in its last byte, `e` in size. */
const FILES: Record<string, Uint8Array<ArrayBuffer>> = {
  a: bytes(9000, 1),
  b: bytes(9000, 2),
  c: bytes(9000, 1),
  d: bytes(9000, 1).fill(7, 8999),
  e: bytes(9001, 1),
};
function sourceOf(files: Record<string, Uint8Array<ArrayBuffer>>) {
  const read: string[] = [];
  const source: FileSource = {
    name: 'x',
    paths: Object.keys(files),
    sizes: (paths) => Promise.resolve(paths.map((path) => files[path]?.length ?? null)),
    read(path) {
      read.push(path);
      const content = files[path];
      return content ? Promise.resolve(new Blob([content])) : Promise.reject(new Error('gone'));
    },
  };
  return { source, read };
}
const dataset = (train: string[], validation: string[], test: string[] = []): Dataset =>
  Object.fromEntries(
    Object.entries({ train, validation, test }).map(([split, paths]) => [
      split,
      paths.map((path) => ({ path, imageId: path, label: 0 })),
    ]),
  ) as unknown as Dataset;
const { signal } = new AbortController();

test('equal files in several splits are found, whatever they are called; files that differ in a byte are not', async () => {
  const { source } = sourceOf(FILES);
  expect(await groupsOf(source, dataset(['a', 'd', 'e'], ['b', 'c']), signal)).toEqual([
    [
      { split: 'train', index: 0, path: 'a' },
      { split: 'validation', index: 1, path: 'c' },
    ],
  ]);
  expect(await groupsOf(source, dataset(['a', 'c'], ['b', 'd']), signal)).toEqual([]);
  expect(await groupsOf(source, dataset(['b'], ['a'], ['c', 'c']), signal)).toHaveLength(1);
});

test('only files of a size that another split has, too, are read', async () => {
  const files = { ...FILES, ...Object.fromEntries([1, 2, 3].map((i) => [`t${i}`, bytes(100 + i, i)])) };
  const { source, read } = sourceOf(files);
  await findSplitCopies(source, dataset(['a', 't1', 't2'], ['b', 't3']), signal);
  expect(read).toEqual(['a', 'b']);
});

test('of too many files of equal size those are opened whose size is rarest, and the rest is counted', async () => {
  const same = Object.fromEntries(['p', 'q', 'r', 's'].map((path) => [path, bytes(50, 5)]));
  const { source, read } = sourceOf({ ...FILES, ...same });
  const found = await findSplitCopies(source, dataset(['a', 'p', 'q'], ['c', 'r', 's']), signal, 3);
  expect(found.groups.map((group) => group.map(({ path }) => path))).toEqual([['a', 'c']]);
  expect(found.unlooked).toBe(4);
  expect(new Set(read)).toEqual(new Set(['a', 'c']));
});

test('files that have gone, and photos that are drawn, have no copies', async () => {
  const { source } = sourceOf({ a: FILES['a']!, c: FILES['c']! });
  const bare: FileSource = { name: 'x', paths: source.paths, read: (path) => source.read(path) };
  expect(await groupsOf(bare, dataset(['a', 'gone'], ['c']), signal)).toHaveLength(1);
  expect(await groupsOf({ ...source, plain: true }, dataset(['a'], ['c']), signal)).toEqual([]);
});

test('it ends when the folder is closed', async () => {
  const closed = AbortSignal.abort(new Error('closed'));
  await expect(findSplitCopies(sourceOf(FILES).source, dataset(['a'], ['c']), closed)).rejects.toThrow('closed');
});
