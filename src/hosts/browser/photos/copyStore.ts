/**
 * Smaller copies of photos in the origin's own file system (OPFS), a file each. It is a help, never a need: what cannot be
 * read is not there, and what cannot be written is not kept.
 */

const FOLDER = 'smaller-copies';

export interface StoredCopies {
  count: number;
  bytes: number;
}

export class CopyStore {
  /** Why nothing more is kept: the disk is full, or the browser refuses. Null while it is. */
  failure: string | null = null;

  async get(key: string): Promise<File | null> {
    try {
      const file = await (await (await openFolder()).getFileHandle(key)).getFile();
      return file.size > 0 ? file : null;
    } catch {
      return null;
    }
  }

  /** Whole or not at all: a file that was not closed does not appear. */
  async put(key: string, copy: Blob): Promise<void> {
    if (this.failure !== null) return;
    try {
      const handle = await (await openFolder()).getFileHandle(key, { create: true });
      const writable = await handle.createWritable();
      try {
        await writable.write(copy);
        await writable.close();
      } catch (error) {
        await writable.abort().catch(() => undefined);
        await this.remove(key);
        throw error;
      }
    } catch (error) {
      this.failure = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    }
  }

  async remove(key: string): Promise<void> {
    try {
      await (await openFolder()).removeEntry(key);
    } catch {
      // It is gone, which is what was wanted.
    }
  }
}

/** Opened anew each time: it may have been cleared since. */
async function openFolder(): Promise<FileSystemDirectoryHandle> {
  return (await navigator.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true });
}

/** Of all folders of photos that were ever opened. */
export async function storedCopies(): Promise<StoredCopies> {
  const stored = { count: 0, bytes: 0 };
  try {
    for await (const entry of (await openFolder()).values()) {
      if (!(entry instanceof FileSystemFileHandle)) continue;
      stored.count++;
      stored.bytes += (await entry.getFile()).size;
    }
  } catch {
    // Another tab may be clearing it.
  }
  return stored;
}

export async function clearCopies(): Promise<void> {
  const root = await navigator.storage.getDirectory();
  await root.removeEntry(FOLDER, { recursive: true }).catch(() => undefined);
}
