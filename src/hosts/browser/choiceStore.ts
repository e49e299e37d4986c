/** Where the page remembers which kernels proved quickest: IndexedDB. A browser that refuses it just forgets. */
import type { ChoiceStore } from '../../engine/memory/kernelTuning';
import { openDatabase } from '../../protocol/database';

const STORE = 'choices';

export const choiceStore: ChoiceStore = {
  async load(key) {
    try {
      const text: unknown = await (await openDatabase()).get(STORE, key);
      return typeof text === 'string' ? text : null;
    } catch {
      return null;
    }
  },
  async save(key, text) {
    try {
      await (await openDatabase()).put(STORE, text, key);
    } catch {
      // Private windows may have no storage: the next session tunes anew.
    }
  },
  async clear() {
    await (await openDatabase()).clear(STORE);
  },
};
