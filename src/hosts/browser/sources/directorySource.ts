/** A folder behind a directory handle (Chromium): a worker lists its names, files are opened when they are read. */
import { StudioError } from '../../../engine/base/errors';
import type { FileSource } from '../../../engine/dataset/types';
import { lastingFile } from './lastingFile';
import type { ListReply, ListRequest } from './list.worker';

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
    async sizes(wanted, signal) {
      const sizes = await sizesIn(root, signal);
      return wanted.map((path) => sizes.get(path) ?? null);
    },
    async read(path) {
      try {
        const nameAt = path.lastIndexOf('/') + 1;
        const folder = folders.get(path.slice(0, nameAt));
        if (!folder) throw new Error('it was not in the folder');
        return lastingFile(await (await folder.getFileHandle(path.slice(nameAt))).getFile());
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        throw new StudioError('bad-photo', `${path} could not be opened: ${reason}`, 'Open the folder again.');
      }
    },
  };
}

const goneError = (name: string): StudioError =>
  new StudioError(
    'bad-dataset',
    `${name} is not where it was: it was moved, renamed or deleted`,
    'Choose it where it is now.',
  );

async function listFolders(root: FileSystemDirectoryHandle, onProgress: (files: number) => void): Promise<Listing> {
  const folders = new Map<string, FileSystemDirectoryHandle>();
  const paths: string[] = [];
  await told({ root, sizes: false }, (reply) => {
    if ('folder' in reply) folders.set(reply.prefix, reply.folder);
    else if ('paths' in reply) onProgress(paths.push(...reply.paths));
  });
  return { folders, paths };
}

/** @throws The signal's reason. */
async function sizesIn(root: FileSystemDirectoryHandle, signal: AbortSignal): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  const take = (reply: ListReply) => {
    if ('sizes' in reply) for (const [path, bytes] of reply.sizes) sizes.set(path, bytes);
  };
  await told({ root, sizes: true }, take, signal);
  return sizes;
}

/** What a worker of its own says of the folder, to the end. */
function told(request: ListRequest, take: (reply: ListReply) => void, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./list.worker.ts', import.meta.url), { type: 'module', name: 'list' });
  return new Promise<void>((resolve, reject) => {
    const fail = (reason: string) =>
      reject(
        new StudioError('bad-dataset', `${request.root.name} could not be listed: ${reason}`, 'Open the folder again.'),
      );
    signal?.addEventListener('abort', () => reject(signal.reason as Error));
    worker.addEventListener('message', ({ data }: MessageEvent<ListReply>) => {
      if ('done' in data) resolve();
      else if (!('failed' in data)) take(data);
      else if (data.gone) reject(goneError(request.root.name));
      else fail(data.failed);
    });
    worker.addEventListener('error', (event) => fail(event.message || 'no worker could be started'));
    worker.postMessage(request, []);
  }).finally(() => worker.terminate());
}
