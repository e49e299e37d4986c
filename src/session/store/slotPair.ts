/** A value that is kept in two slots by turns: the newest whole one is read, and the one in use is never written over. */
import { type HeaderReading, readHeader, readPayload, type SlotInfo, writeSlot } from './slots';
import type { FolderView, SlotFile, SlotFolder } from './slotFile';

export interface SlotReading {
  sequence: number;
  info: SlotInfo;
  payload: Uint8Array<ArrayBuffer>;
}

export class SlotPair {
  /** What was found broken, torn or of another version on the way, by file. */
  readonly damages: string[] = [];

  private constructor(
    private readonly name: string,
    private readonly files: readonly [SlotFile, SlotFile],
  ) {}

  /** Files NAME.0 and NAME.1. */
  static async open(folder: SlotFolder, name: string): Promise<SlotPair> {
    const first = await folder.open(`${name}.0`);
    try {
      return new SlotPair(name, [first, await folder.open(`${name}.1`)]);
    } catch (error) {
      first.close();
      throw error;
    }
  }

  /** As the files stand, to be read alone; `most`: bytes of each, where no more is wanted. */
  static async look(view: FolderView, name: string, most = Infinity): Promise<SlotPair> {
    const file = async (i: number) => {
      const blob = await view.blob(`${name}.${i}`);
      return lookedAt(new Uint8Array((await blob?.slice(0, Math.min(most, blob.size)).arrayBuffer()) ?? []));
    };
    return new SlotPair(name, await Promise.all([file(0), file(1)]));
  }

  /** The newest that `wanted` takes and that is whole; null where there is none. */
  read(wanted: (reading: Pick<SlotReading, 'sequence' | 'info'>) => boolean = () => true): SlotReading | null {
    const headers = this.files.map((file, i) => ({ file, i, header: readHeader(file) }));
    for (const { i, header } of headers)
      if ('damage' in header && header.damage !== 'empty') this.damages.push(`${this.name}.${i}: ${header.damage}`);
    const whole = headers.flatMap(({ file, i, header }) => ('damage' in header ? [] : [{ file, i, header }]));
    for (const { file, i, header } of whole.sort((a, b) => b.header.sequence - a.header.sequence)) {
      const { sequence, info } = header;
      if (!wanted({ sequence, info })) continue;
      const payload = readPayload(file, header);
      if (payload) return { sequence, info, payload };
      this.damages.push(`${this.name}.${i}: broken payload`);
    }
    return null;
  }

  /** What stands beside the newest that `wanted` takes, which may not be whole. */
  newest(wanted: (reading: Pick<SlotReading, 'sequence' | 'info'>) => boolean): SlotInfo | null {
    const headers = this.files.map(readHeader).flatMap((header) => ('damage' in header ? [] : [header]));
    return headers.filter(wanted).sort((a, b) => b.sequence - a.sequence)[0]?.info ?? null;
  }

  /**
   * Over the older slot, or over the one that is not `inUse`. What was written has the sequence that is returned.
   * @throws Error as the host says it; the other slot is whole then.
   */
  write(info: SlotInfo, chunks: readonly Uint8Array[], inUse?: number | null): number {
    const sequences = this.files.map((file) => sequenceOf(readHeader(file)));
    const kept = sequences.indexOf(inUse ?? Math.max(...sequences));
    const target = kept === 0 && sequences[0]! >= 0 ? 1 : 0;
    const sequence = Math.max(0, ...sequences) + 1;
    writeSlot(this.files[target], sequence, info, chunks);
    return sequence;
  }

  close(): void {
    for (const file of this.files) file.close();
  }
}

const sequenceOf = (header: HeaderReading): number => ('damage' in header ? -1 : header.sequence);

/** A file to be read alone. */
export function lookedAt(bytes: Uint8Array): SlotFile {
  const refuse = () => {
    throw new Error('This file is only looked at');
  };
  return {
    size: () => bytes.byteLength,
    read(at, into) {
      const there = bytes.subarray(at, at + into.byteLength);
      into.set(there);
      return there.byteLength;
    },
    write: refuse,
    truncate: refuse,
    flush: () => undefined,
    close: () => undefined,
  };
}
