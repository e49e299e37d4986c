/** Slot files in a folder of the origin's own file system (OPFS), which one worker has at a time. */
import type { SlotFile, SlotFolder } from '../../session/store/slotFile';

/** Browsers take a moment to let go of a closed page's files. */
const RETRIES_MS = [50, 100, 250, 500, 1000, 2000];

export async function slotFolder(name: string): Promise<SlotFolder> {
  if (!keepsFiles()) throw new Error('this browser keeps no files for pages');
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });
  return {
    async open(file) {
      const handle = await folder.getFileHandle(file, { create: true });
      for (const wait of RETRIES_MS) {
        try {
          return slotFile(await handle.createSyncAccessHandle());
        } catch (error) {
          if (!(error instanceof DOMException) || error.name !== 'NoModificationAllowedError') throw error;
          await new Promise((resolve) => setTimeout(resolve, wait));
        }
      }
      throw new Error('the studio is open in another tab');
    },
  };
}

/** Files are missing where the page is not served safely, and in some private windows. */
function keepsFiles(): boolean {
  const { storage } = navigator as Partial<WorkerNavigator>;
  const handles = (globalThis as Partial<Pick<typeof globalThis, 'FileSystemFileHandle'>>).FileSystemFileHandle;
  return storage !== undefined && 'getDirectory' in storage && 'createSyncAccessHandle' in (handles?.prototype ?? {});
}

function slotFile(access: FileSystemSyncAccessHandle): SlotFile {
  return {
    size: () => access.getSize(),
    read: (at, bytes) => access.read(bytes, { at }),
    write(at, bytes) {
      const written = access.write(bytes, { at });
      if (written !== bytes.byteLength) throw new DOMException('the disk is full', 'QuotaExceededError');
    },
    truncate: (size) => access.truncate(size),
    flush: () => access.flush(),
    close: () => access.close(),
  };
}
