/** A folder behind a directory handle (Chromium): a worker lists its names, files are opened when they are read. */
import { StudioError } from '../../../engine/base/errors';
import type { FileSource } from '../../../engine/dataset/types';
import type { ListReply } from './list.worker';

interface Listing {
  /** By prefix: what stands before a file's own name in its path. */
  folders: ReadonlyMap<string, FileSystemDirectoryHandle>;
  paths: readonly string[];
}

/**
 * Lists `root` with its sub-folders. `onProgress` is told how many files there are so far, and all at the end.
 * @throws StudioError `bad-dataset` if it cannot be listed.
 */
export async function directorySource(
  root: FileSystemDirectoryHandle,
  onProgress: (files: number) => void,
): Promise<FileSource> {
  const { folders, paths } = await listFolders(root, onProgress);
  return {
    name: root.name,
    paths,
    async read(path) {
      try {
        const nameAt = path.lastIndexOf('/') + 1;
        const folder = folders.get(path.slice(0, nameAt));
        if (!folder) throw new Error('it was not in the folder');
        return await (await folder.getFileHandle(path.slice(nameAt))).getFile();
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new StudioError('bad-photo', `${path} could not be opened: ${reason}`, 'Open the folder again.');
      }
    },
  };
}

function listFolders(root: FileSystemDirectoryHandle, onProgress: (files: number) => void): Promise<Listing> {
  const worker = new Worker(new URL('./list.worker.ts', import.meta.url), { type: 'module', name: 'list' });
  const folders = new Map<string, FileSystemDirectoryHandle>();
  const paths: string[] = [];
  return new Promise<Listing>((resolve, reject) => {
    const fail = (reason: string) =>
      reject(new StudioError('bad-dataset', `${root.name} could not be listed: ${reason}`, 'Open the folder again.'));
    worker.addEventListener('message', ({ data }: MessageEvent<ListReply>) => {
      if ('folder' in data) folders.set(data.prefix, data.folder);
      else if ('paths' in data) onProgress(paths.push(...data.paths));
      else if ('done' in data) resolve({ folders, paths });
      else fail(data.failed);
    });
    worker.addEventListener('error', (event) => fail(event.message || 'no worker could be started'));
    worker.postMessage({ root }, []);
  }).finally(() => worker.terminate());
}
