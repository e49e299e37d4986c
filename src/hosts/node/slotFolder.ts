/** Slot files in a folder on disk, which one process has at a time. */
import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type { SlotFile, SlotFolder } from '../../session/store/slotFile';

/** Holds the id of the process that has the folder. */
const LOCK = 'lock';

/** @throws Error if another process that still runs has it. */
export async function slotFolder(folder: string): Promise<SlotFolder> {
  mkdirSync(folder, { recursive: true });
  await takeLock(path.join(folder, LOCK));
  return {
    open: (name) => Promise.resolve(slotFile(path.join(folder, name))),
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
  const holder = Number(await readFile(file, 'utf8').catch(() => ''));
  if (holder > 0 && holder !== process.pid && isRunning(holder))
    throw new Error(`process ${holder} works on it: end that, or delete ${file} if that is another program`);
  await writeFile(file, String(process.pid));
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
