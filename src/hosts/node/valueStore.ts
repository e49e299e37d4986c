/** Small texts by key in one JSON file. A file that cannot be read or written is forgotten, as a browser's storage may be. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ChoiceStore } from '../../engine/memory/kernelTuning';

export function valueStore(file: string): ChoiceStore {
  const all = async (): Promise<Record<string, unknown>> => {
    try {
      const values: unknown = JSON.parse(await readFile(file, 'utf8'));
      return typeof values === 'object' && values !== null ? { ...values } : {};
    } catch {
      return {};
    }
  };
  return {
    async load(key) {
      const value = (await all())[key];
      return typeof value === 'string' ? value : null;
    },
    async save(key, text) {
      try {
        await mkdir(path.dirname(file), { recursive: true });
        await writeFile(`${file}.part`, JSON.stringify({ ...(await all()), [key]: text }));
        await rename(`${file}.part`, file);
      } catch {
        // A full or read-only disk: the next session finds out anew.
      }
    },
    clear: () => rm(file, { force: true }),
  };
}
