/** Where the terminal remembers which kernels proved quickest: a JSON file of texts by key. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ChoiceStore } from '../engine/memory/kernelTuning';

export function choiceFile(path: string): ChoiceStore {
  const read = async (): Promise<Record<string, unknown>> => {
    try {
      const parsed: unknown = JSON.parse(await readFile(path, 'utf8'));
      return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
    } catch {
      return {};
    }
  };
  return {
    async load(key) {
      const text = (await read())[key];
      return typeof text === 'string' ? text : null;
    },
    async save(key, text) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, JSON.stringify({ ...(await read()), [key]: text }));
    },
    clear: () => rm(path, { force: true }),
  };
}
