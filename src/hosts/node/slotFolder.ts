/** Slot files in a folder on disk, which one process has at a time. */
import {
  closeSync,
  existsSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openAsBlob,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type { OnlyFolder } from '../../session/store/onlyProject';
import type { FolderView, SlotFile, SlotFolder } from '../../session/store/slotFile';

/** Holds the id of the process that has the folder. */
const LOCK = 'lock';

/** The project in that folder. */
export const slotFolder = (folder: string): OnlyFolder => ({
  look: () => Promise.resolve(viewOf(folder)),
  open: () => openFolder(folder),
  remove: () => rm(folder, { recursive: true, force: true }),
  inUse: async () => (await holderOf(path.join(folder, LOCK))) !== null,
});

const viewOf = (folder: string): FolderView => ({
  async blob(name) {
    const file = path.join(folder, name);
    return existsSync(file) ? openAsBlob(file) : null;
  },
  async bytes() {
    const names = await readdir(folder).catch(() => []);
    const files = names.filter((name) => name !== LOCK);
    const sizes = await Promise.all(files.map(async (name) => (await stat(path.join(folder, name))).size));
    return sizes.reduce((sum, size) => sum + size, 0);
  },
});

/** @throws Error if another process that still runs has it. */
async function openFolder(folder: string): Promise<SlotFolder> {
  mkdirSync(folder, { recursive: true });
  await takeLock(path.join(folder, LOCK));
  return {
    open: (name) => Promise.resolve(slotFile(path.join(folder, name))),
    release: () => undefined,
  };
}

function slotFile(file: string): SlotFile {
  // Neither truncated nor appended to; made where it is not there.
  const descriptor = openSync(file, 'a+');
  closeSync(descriptor);
  const fd = openSync(file, 'r+');
  return {
    size: () => fstatSync(fd).size,
    read(at, bytes) {
      let read = 0;
      while (read < bytes.byteLength) {
        const count = readSync(fd, bytes, read, bytes.byteLength - read, at + read);
        if (count === 0) break;
        read += count;
      }
      return read;
    },
    write(at, bytes) {
      for (let written = 0; written < bytes.byteLength;) {
        written += writeSync(fd, bytes, written, bytes.byteLength - written, at + written);
      }
    },
    truncate: (size) => ftruncateSync(fd, size),
    flush: () => fdatasyncSync(fd),
    close: () => closeSync(fd),
  };
}

async function takeLock(file: string): Promise<void> {
  const holder = await holderOf(file);
  if (holder !== null)
    throw new Error(`process ${holder} works on it: end that, or delete ${file} if that is another program`);
  await writeFile(file, String(process.pid));
}

/** Another process that still runs; null where none has it. */
async function holderOf(file: string): Promise<number | null> {
  const holder = Number(await readFile(file, 'utf8').catch(() => ''));
  return holder > 0 && holder !== process.pid && isRunning(holder) ? holder : null;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process exists, too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
