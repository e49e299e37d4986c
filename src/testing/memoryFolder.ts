/** A folder of slot files in memory, for tests: with whatever faults they inject. */
import type { SlotFile, SlotFolder } from '../session/store/slotFile';

export class MemoryFolder implements SlotFolder {
  readonly contents = new Map<string, Uint8Array<ArrayBuffer>>();
  private readonly held = new Set<string>();
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

  /** What another process finds: nothing is open, the power is back. */
  reopened(): MemoryFolder {
    const next = new MemoryFolder();
    for (const [name, bytes] of this.contents) next.contents.set(name, bytes.slice());
    return next;
  }

  private file(name: string): SlotFile {
    const bytes = () => this.contents.get(name)!;
    const resize = (size: number) => {
      const next = new Uint8Array(size);
      next.set(bytes().subarray(0, size));
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
