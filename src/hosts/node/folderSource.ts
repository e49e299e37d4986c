/** A folder on this computer as a source of files. Links are followed, each folder once. */
import { openAsBlob, type Dirent } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { StudioError } from '../../engine/base/errors';
import { isPhoto } from '../../engine/dataset/listing';
import type { FileSource } from '../../engine/dataset/types';
import { isPacked } from '../../engine/sources/packed';

/** @throws StudioError `bad-dataset` if the folder cannot be listed. */
export async function folderSource(folder: string): Promise<FileSource> {
  try {
    const paths: string[] = [];
    await list(folder, '', new Set([await realpath(folder)]), paths);
    return {
      name: path.basename(path.resolve(folder)),
      paths,
      read: (file) => openAsBlob(path.join(folder, file)),
      sizes: (files, signal) => sizesIn(folder, files, signal),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StudioError('bad-dataset', `${folder} cannot be read as a folder: ${reason}`);
  }
}

async function sizesIn(folder: string, files: readonly string[], signal: AbortSignal): Promise<(number | null)[]> {
  const sizes: (number | null)[] = [];
  for (const file of files) {
    signal.throwIfAborted();
    const found = await stat(path.join(folder, file)).catch(() => null);
    sizes.push(found && found.size);
  }
  return sizes;
}

/** Whether the folder is a link, or holds one. */
export async function hasLinks(folder: string): Promise<boolean> {
  if ((await lstat(folder)).isSymbolicLink()) return true;
  return (await readdir(folder, { recursive: true, withFileTypes: true })).some((entry) => entry.isSymbolicLink());
}

/** The folder of that path, or the archive. @throws StudioError `bad-dataset` if it cannot be listed. */
export async function pathSource(place: string): Promise<FileSource> {
  return isPacked(place) && (await stat(place)).isFile() ? fileSource(place) : folderSource(place);
}

/** A file as a folder that holds it alone: an archive. */
export function fileSource(file: string): FileSource {
  return { name: path.basename(file), paths: [path.basename(file)], read: () => openAsBlob(file) };
}

/** `above`: real paths of the folders that this one is in, so that a link up is not followed for ever. */
async function list(folder: string, prefix: string, above: ReadonlySet<string>, paths: string[]): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    const kind = await kindOf(entry, full);
    if (kind === 'file') paths.push(prefix + entry.name);
    if (kind !== 'folder') continue;
    const real = entry.isSymbolicLink() ? await realpath(full) : full;
    if (above.has(real)) continue;
    await list(full, `${prefix}${entry.name}/`, new Set([...above, real]), paths);
  }
}

async function kindOf(entry: Dirent, full: string): Promise<'file' | 'folder' | null> {
  if (entry.isDirectory()) return 'folder';
  if (entry.isFile()) return 'file';
  if (!entry.isSymbolicLink()) return null;
  try {
    const target = await stat(full);
    return target.isDirectory() ? 'folder' : target.isFile() ? 'file' : null;
  } catch {
    // A link to nothing: a photo that cannot be opened, and is told.
    return isPhoto(full) ? 'file' : null;
  }
}
