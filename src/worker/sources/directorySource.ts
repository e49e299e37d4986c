/** A folder behind a directory handle (Chromium): names are listed in the worker, files opened when they are read. */
import { StudioError } from '../../engine/base/errors';
import type { FileSource } from '../../engine/dataset/types';

/** Between two words of progress. */
const FILES_PER_REPORT = 500;

/** Lists `root` with its sub-folders. `onProgress` is told how many files there are so far, and all at the end. */
export async function directorySource(
  root: FileSystemDirectoryHandle,
  onProgress: (files: number) => void,
): Promise<FileSource> {
  const files = new Map<string, FileSystemFileHandle>();
  const list = async (folder: FileSystemDirectoryHandle, prefix: string): Promise<void> => {
    for await (const [name, entry] of folder.entries()) {
      if (entry instanceof FileSystemFileHandle) {
        files.set(prefix + name, entry);
        if (files.size % FILES_PER_REPORT === 0) onProgress(files.size);
      } else if (entry instanceof FileSystemDirectoryHandle) {
        await list(entry, `${prefix}${name}/`);
      }
    }
  };
  await list(root, '');
  onProgress(files.size);
  return {
    name: root.name,
    paths: [...files.keys()],
    async read(path) {
      try {
        const handle = files.get(path);
        if (!handle) throw new Error('it was not in the folder');
        return await handle.getFile();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new StudioError('bad-photo', `${path} could not be opened: ${reason}`, 'Open the folder again.');
      }
    },
  };
}
