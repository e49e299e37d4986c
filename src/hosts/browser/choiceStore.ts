/** Where the page remembers which kernels proved quickest: IndexedDB. A browser that refuses it just forgets. */
import { openDB } from 'idb';
import type { ChoiceStore } from '../../engine/memory/kernelTuning';

const STORE = 'choices';

const database = () =>
  openDB('fixres-studio', 1, {
    upgrade: (db) => {
      db.createObjectStore(STORE);
    },
  });

export const choiceStore: ChoiceStore = {
  async load(key) {
    try {
      const text: unknown = await (await database()).get(STORE, key);
      return typeof text === 'string' ? text : null;
    } catch {
      return null;
    }
  },
  async save(key, text) {
    try {
      await (await database()).put(STORE, text, key);
    } catch {
      // Private windows may have no storage: the next session tunes anew.
    }
  },
  async clear() {
    await (await database()).clear(STORE);
  },
};
