import { expect, test } from 'vitest';
import { fromFileList, portionsOf, readDrop } from './intake';

const fakeFile = (name: string) => ({
  isFile: true,
  isDirectory: false,
  name,
  file: (done: (file: File) => void) => done(new File(['x'], name)),
});

/** Like Chromium's: at most 100 entries a call, then none. */
function fakeDirectory(name: string, children: readonly object[]): object {
  return {
    isFile: false,
    isDirectory: true,
    name,
    createReader() {
      let given = 0;
      return {
        readEntries(done: (entries: readonly object[]) => void) {
          done(children.slice(given, given + 100));
          given += 100;
        },
      };
    },
  };
}

function fakeTransfer(entries: readonly object[], files: File[] = []): DataTransfer {
  const items = entries.map((entry) => ({ kind: 'file', webkitGetAsEntry: () => entry }));
  return { items, files } as unknown as DataTransfer;
}

async function pathsOf(transfer: DataTransfer): Promise<{ name: string; paths: string[] }> {
  const intake = await readDrop(transfer);
  if (intake.kind !== 'files') throw new Error(`expected files, got ${intake.kind}`);
  const paths: string[] = [];
  for await (const { path } of intake.files) paths.push(path);
  return { name: intake.name, paths };
}

test('a dropped folder of 250 photos gives all of them, with paths relative to it', async () => {
  const photos = Array.from({ length: 250 }, (_, i) => fakeFile(`${i}.jpg`));
  const root = fakeDirectory('cassava', [fakeFile('train.csv'), fakeDirectory('train_images', photos)]);
  const { name, paths } = await pathsOf(fakeTransfer([root]));
  expect(name).toBe('cassava');
  expect(paths).toHaveLength(251);
  expect(paths[0]).toBe('train.csv');
  expect(paths.at(-1)).toBe('train_images/249.jpg');
});

test('several dropped things keep their own names', async () => {
  const { paths } = await pathsOf(fakeTransfer([fakeDirectory('healthy', [fakeFile('1.jpg')]), fakeFile('train.csv')]));
  expect(paths).toEqual(['healthy/1.jpg', 'train.csv']);
});

test('a directory handle is preferred, a weights file is told from photos', async () => {
  const handle = { kind: 'directory', name: 'x' };
  const item = { kind: 'file', webkitGetAsEntry: () => null, getAsFileSystemHandle: () => Promise.resolve(handle) };
  expect(await readDrop({ items: [item], files: [] } as unknown as DataTransfer)).toEqual({
    kind: 'directory',
    handle,
  });
  const file = new File(['x'], 'best.SAFETENSORS');
  expect(await readDrop(fakeTransfer([fakeFile(file.name)], [file]))).toEqual({ kind: 'weights', file });
  expect(await readDrop(fakeTransfer([]))).toEqual({ kind: 'nothing' });
});

test('a folder input drops the folder from the paths', async () => {
  const file = Object.defineProperty(new File(['x'], '1.jpg'), 'webkitRelativePath', { value: 'corn/Blight/1.jpg' });
  const intake = fromFileList([file]);
  if (intake.kind !== 'files') throw new Error('expected files');
  expect(intake.name).toBe('corn');
  expect([...(intake.files as Iterable<{ path: string }>)].map((f) => f.path)).toEqual(['Blight/1.jpg']);
});

test('portions are whole but the last', async () => {
  const sizes: number[] = [];
  for await (const portion of portionsOf(Array(1201).keys(), 500)) sizes.push(portion.length);
  expect(sizes).toEqual([500, 500, 201]);
});
