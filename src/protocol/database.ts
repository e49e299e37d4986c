/** What page and worker keep in the browser besides files: one database, whose version says what is in it. */
import { deleteDB, type IDBPDatabase, openDB } from 'idb';

/**
 * `choices`: which kernels proved quickest, by adapter. `runs`: kept runs, by id. `handles`: folders that photos were opened
 * from, by use.
 */
const STORES = ['choices', 'runs', 'handles'] as const;

const NAME = 'fixres-studio';
/** 1: choices alone. 2: what had databases of its own before. */
const VERSION = 2;
/** Those databases, and the store of each. */
const FORMER = [
  { name: 'fixres-studio-runs', store: 'runs' },
  { name: 'fixres-studio-project', store: 'handles' },
] as const;

/** @throws DOMException where the browser refuses to keep anything; Error while a tab of an earlier version is open. */
export async function openDatabase(): Promise<IDBPDatabase> {
  let isNew = false;
  const database = await new Promise<IDBPDatabase>((resolve, reject) => {
    const opening = openDB(NAME, VERSION, {
      upgrade: (db) => {
        isNew = true;
        for (const store of STORES) if (!db.objectStoreNames.contains(store)) db.createObjectStore(store);
      },
      // A tab of a later version goes first; one of an earlier version cannot be made to.
      blocking: (_now, _next, event) => (event.target as IDBDatabase).close(),
      blocked: () => reject(new Error('A tab with an earlier version of the studio is open')),
    });
    opening.then(resolve, reject);
  });
  if (isNew) await takeOver(database);
  return database;
}

/** Everything of former databases, which then go. What cannot be read stays where it is. */
async function takeOver(database: IDBPDatabase): Promise<void> {
  const names = await indexedDB.databases().catch(() => []);
  for (const { name, store } of FORMER) {
    if (!names.some((one) => one.name === name)) continue;
    const former = await openDB(name);
    try {
      for (const key of await former.getAllKeys(store)) await database.put(store, await former.get(store, key), key);
    } finally {
      former.close();
    }
    await deleteDB(name);
  }
}
