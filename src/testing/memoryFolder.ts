/** A folder of slot files in memory, for tests: with whatever faults they inject. */
import { StudioError } from '../engine/base/errors';
import type { OnlyFolder } from '../session/store/onlyProject';
import type { FolderView, ProjectFolders, SlotFile, SlotFolder } from '../session/store/slotFile';

export class MemoryFolder implements SlotFolder, FolderView {
  readonly contents = new Map<string, Uint8Array<ArrayBuffer>>();
  private readonly held = new Set<string>();
  /** A session works on it. */
  taken = false;
  /** Bytes that may still be written before the power goes, or the disk is full. */
  budget = Infinity;
  /** What the disk says then. */
  error = 'the power is gone';

  async open(name: string): Promise<SlotFile> {
    if (this.held.has(name)) throw new Error(`${name} is open`);
    this.held.add(name);
    if (!this.contents.has(name)) this.contents.set(name, new Uint8Array());
    return this.file(name);
  }

  async blob(name: string): Promise<Blob | null> {
    const bytes = this.contents.get(name);
    return bytes ? new Blob([bytes]) : null;
  }

  async bytes(): Promise<number> {
    return [...this.contents.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  }

  release(): void {}

  /** As a host has it that keeps one project. */
  get asOnly(): OnlyFolder {
    return {
      look: () => Promise.resolve(this),
      open: () => Promise.resolve(this),
      remove: async () => this.contents.clear(),
      inUse: () => Promise.resolve(false),
    };
  }

  /** What another process finds: nothing is open, the power is back. */
  reopened(): MemoryFolder {
    const next = new MemoryFolder();
    for (const [name, bytes] of this.contents) next.contents.set(name, bytes.slice());
    return next;
  }

  private file(name: string): SlotFile {
    const bytes = () => this.contents.get(name)!;
    // Files grow in small steps: each time that they are moved they get room to double.
    const resize = (size: number) => {
      const before = bytes();
      const fits = before.byteOffset === 0 && size <= before.buffer.byteLength;
      const buffer = fits ? before.buffer : new ArrayBuffer(2 * size);
      const next = new Uint8Array(buffer, 0, size);
      if (fits) next.fill(0, before.byteLength);
      else next.set(before);
      this.contents.set(name, next);
    };
    return {
      size: () => bytes().byteLength,
      read(at, into) {
        const there = bytes().subarray(at, at + into.byteLength);
        into.set(there);
        return there.byteLength;
      },
      write: (at, given) => {
        const written = given.subarray(0, Math.min(given.byteLength, this.budget));
        this.budget -= written.byteLength;
        if (at + written.byteLength > bytes().byteLength) resize(at + written.byteLength);
        bytes().set(written, at);
        if (written.byteLength < given.byteLength) throw new Error(this.error);
      },
      truncate: resize,
      flush: () => undefined,
      close: () => void this.held.delete(name),
    };
  }
}

/** A host that keeps nothing. */
export const REFUSED: ProjectFolders = (() => {
  const refuse = () => Promise.reject(new Error('a private window'));
  return { ids: refuse, newId: () => '', openElsewhere: refuse, look: refuse, open: refuse, remove: refuse };
})();

/** A host that keeps several, each in a folder of its own; `folders`: of all sessions that share them. */
export function memoryProjects(folders: Map<string, MemoryFolder>): ProjectFolders {
  const mine = new Set<string>();
  return {
    ids: () => Promise.resolve([...folders.keys()]),
    newId: () => `project ${folders.size + 1}`,
    openElsewhere: async () => new Set([...folders.keys()].filter((id) => folders.get(id)!.taken && !mine.has(id))),
    look: (id) => Promise.resolve(folders.get(id)!),
    open(id) {
      const folder = folders.get(id) ?? new MemoryFolder();
      if (folder.taken) return Promise.reject(new StudioError('busy', 'The project is open in another tab'));
      folders.set(id, folder);
      folder.taken = true;
      mine.add(id);
      const release = () => {
        folder.taken = false;
        mine.delete(id);
      };
      return Promise.resolve({ open: (name) => folder.open(name), release });
    },
    remove: async (id) => void folders.delete(id),
  };
}
