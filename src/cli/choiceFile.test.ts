import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { choiceFile } from './choiceFile';

test('texts are kept by key, beside others, until cleared', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'choices-')), 'deeper', 'tuned.json');
  const store = choiceFile(path);
  expect(await store.load('a')).toBeNull();
  await store.save('a', 'one');
  await store.save('b', 'two');
  expect([await choiceFile(path).load('a'), await choiceFile(path).load('b')]).toEqual(['one', 'two']);
  await store.clear();
  await store.clear();
  expect(await store.load('a')).toBeNull();
});

test('a file that cannot be read is as good as none', async () => {
  const path = join(await mkdtemp(join(tmpdir(), 'choices-')), 'tuned.json');
  await writeFile(path, '{"a": 1, "b"');
  const store = choiceFile(path);
  expect(await store.load('a')).toBeNull();
  await store.save('a', 'one');
  expect(await store.load('a')).toBe('one');
});
