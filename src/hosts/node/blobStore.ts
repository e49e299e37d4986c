/** Blobs in a folder on disk, a file each. */
import { openAsBlob } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BlobStore } from '../../session/host';

/** What is being written; a file of that name is half of one. */
const UNFINISHED = '.part';

export function blobStore(folder: string): BlobStore {
  const file = (name: string) => path.join(folder, name);
  return {
    async get(name) {
      try {
        const blob = await openAsBlob(file(name));
        return blob.size > 0 ? blob : null;
      } catch {
        return null;
      }
    },
    async put(name, blob) {
      await mkdir(folder, { recursive: true });
      const part = file(name) + UNFINISHED;
      await writeFile(part, blob.stream());
      await rename(part, file(name));
    },
    remove: (name) => rm(file(name), { force: true }),
    async stored() {
      const names = await readdir(folder).catch(() => []);
      const sizes = await Promise.all(
        names.filter((name) => !name.endsWith(UNFINISHED)).map(async (name) => (await stat(file(name))).size),
      );
      return { count: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
    },
    clear: () => rm(folder, { recursive: true, force: true }),
    async freeBytes() {
      await mkdir(folder, { recursive: true });
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
  };
}
