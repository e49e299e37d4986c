/** Blobs in a folder of the origin's own file system (OPFS), a file each. */
import type { BlobStore } from '../../session/host';

/** `folder` is opened anew each time: it may have been cleared since. */
export function blobStore(folder: string): BlobStore {
  const open = async () => (await navigator.storage.getDirectory()).getDirectoryHandle(folder, { create: true });
  const remove = async (name: string) => {
    try {
      await (await open()).removeEntry(name);
    } catch {
      // It is gone, which is what was wanted.
    }
  };
  return {
    async get(name) {
      try {
        const file = await (await (await open()).getFileHandle(name)).getFile();
        return file.size > 0 ? file : null;
      } catch {
        return null;
      }
    },
    /** A file that was not closed does not appear. */
    async put(name, blob) {
      const handle = await (await open()).getFileHandle(name, { create: true });
      const writable = await handle.createWritable();
      try {
        await writable.write(blob);
        await writable.close();
      } catch (error) {
        await writable.abort().catch(() => undefined);
        await remove(name);
        throw error;
      }
    },
    remove,
    async stored() {
      const stored = { count: 0, bytes: 0 };
      try {
        for await (const entry of (await open()).values()) {
          if (!(entry instanceof FileSystemFileHandle)) continue;
          stored.count++;
          stored.bytes += (await entry.getFile()).size;
        }
      } catch {
        // Another tab may be clearing it.
      }
      return stored;
    },
    async clear() {
      const root = await navigator.storage.getDirectory();
      await root.removeEntry(folder, { recursive: true }).catch(() => undefined);
    },
    async freeBytes() {
      const { quota, usage } = await navigator.storage.estimate();
      return quota !== undefined && usage !== undefined ? quota - usage : null;
    },
  };
}
