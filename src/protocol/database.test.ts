import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { beforeEach, expect, test, vi } from 'vitest';
import { openDatabase } from './database';

// Other files of the process may have left something in the one that all share.
beforeEach(() => void vi.stubGlobal('indexedDB', new IDBFactory()));

test('what former versions kept in databases of their own is found in the one of today', async () => {
  const choices = await openDB('fixres-studio', 1, { upgrade: (db) => void db.createObjectStore('choices') });
  await choices.put('choices', 'quickest', 'adapter');
  choices.close();
  const runs = await openDB('fixres-studio-runs', 1, { upgrade: (db) => void db.createObjectStore('runs') });
  await runs.put('runs', { id: 'a' }, 'a');
  runs.close();

  const database = await openDatabase();
  expect(await database.get('choices', 'adapter')).toBe('quickest');
  expect(await database.getAll('runs')).toEqual([{ id: 'a' }]);
  expect(await database.getAll('handles')).toEqual([]);
  expect((await indexedDB.databases()).map(({ name }) => name)).toEqual(['fixres-studio']);

  await database.put('runs', { id: 'b' }, 'b');
  database.close();
  const again = await openDatabase();
  expect(await again.getAllKeys('runs')).toEqual(['a', 'b']);
  again.close();
});

test('a tab of an earlier version that does not let go holds nothing up', async () => {
  const old = await openDB('fixres-studio', 1, { upgrade: (db) => void db.createObjectStore('choices') });
  await expect(openDatabase()).rejects.toThrow('earlier version');
  old.close();
});
