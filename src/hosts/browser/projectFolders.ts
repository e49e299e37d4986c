/**
 * Projects in the origin's own file system (OPFS): `projects`, with a folder each. Earlier versions kept one alone, in
 * `project`: it is one of them, and stays where it is.
 */
import { openDatabase } from '../../protocol/database';
import { FORMER_PROJECT, HANDLES, handleKey, PROJECTS_FOLDER } from '../../protocol/projectPlaces';
import { openProjects } from '../../protocol/projectLocks';
import type { ProjectFolders, SlotFile } from '../../session/store/slotFile';
import { lockProject, openInAnotherTab } from './projectLock';

/** Browsers take a moment to let go of a closed page's files. */
const RETRIES_MS = [50, 100, 250, 500, 1000, 2000];

const mine = new Set<string>();

export const projectFolders: ProjectFolders = {
  async ids() {
    const root = await rootFolder();
    const ids: string[] = [];
    for await (const { name, kind } of (await parentOf('')).values()) if (kind === 'directory') ids.push(name);
    const former = await root.getDirectoryHandle(FORMER_PROJECT).catch(() => null);
    return former ? [...ids, FORMER_PROJECT] : ids;
  },
  newId: () => crypto.randomUUID(),
  async openElsewhere() {
    return new Set([...(await openProjects())].filter((id) => !mine.has(id)));
  },
  async look(id) {
    const folder = await (await parentOf(id)).getDirectoryHandle(id);
    return {
      blob: (name) => blobIn(folder, name),
      async bytes() {
        let bytes = 0;
        for await (const entry of folder.values())
          if (entry instanceof FileSystemFileHandle) bytes += (await entry.getFile()).size;
        return bytes;
      },
    };
  },
  async open(id) {
    const parent = await parentOf(id);
    const letGo = await lockProject((navigator as Partial<WorkerNavigator>).locks, id);
    mine.add(id);
    const release = () => {
      mine.delete(id);
      letGo();
    };
    try {
      const folder = await parent.getDirectoryHandle(id, { create: true });
      return { open: (name) => openFile(folder, name), release };
    } catch (error) {
      release();
      throw error;
    }
  },
  async remove(id) {
    await (await parentOf(id)).removeEntry(id, { recursive: true });
    const database = await openDatabase().catch(() => null);
    await database?.delete(HANDLES, handleKey(id));
  },
};

const parentOf = async (id: string): Promise<FileSystemDirectoryHandle> =>
  id === FORMER_PROJECT ? rootFolder() : (await rootFolder()).getDirectoryHandle(PROJECTS_FOLDER, { create: true });

/** Files are missing where the page is not served safely, and in some private windows. */
function rootFolder(): Promise<FileSystemDirectoryHandle> {
  const { storage } = navigator as Partial<WorkerNavigator>;
  const handles = (globalThis as Partial<Pick<typeof globalThis, 'FileSystemFileHandle'>>).FileSystemFileHandle;
  const keeps = storage !== undefined && 'getDirectory' in storage;
  if (!keeps || !('createSyncAccessHandle' in (handles?.prototype ?? {})))
    return Promise.reject(new Error('this browser keeps no files for pages'));
  return storage.getDirectory();
}

/** @throws DOMException where it is there and cannot be read. */
async function blobIn(folder: FileSystemDirectoryHandle, name: string): Promise<Blob | null> {
  try {
    return await (await folder.getFileHandle(name)).getFile();
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return null;
    throw error;
  }
}

async function openFile(folder: FileSystemDirectoryHandle, name: string): Promise<SlotFile> {
  const handle = await folder.getFileHandle(name, { create: true });
  for (const wait of RETRIES_MS) {
    try {
      return slotFile(await handle.createSyncAccessHandle());
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'NoModificationAllowedError') throw error;
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  }
  throw openInAnotherTab();
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
