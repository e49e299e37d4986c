/**
 * What a run has said, in the order that it was said: a file that only grows. Entries are the bytes of a JSON and their
 * CRC-32C (u32 each, little endian), then the JSON. Whatever follows a broken entry was never said.
 */
import { crc32c } from '../../engine/io/crc';
import type { SlotFile } from './slotFile';

const HEAD_BYTES = 8;
/** Of an entry: a record has some hundred bytes, a sweep's tens of thousands. */
const MOST_BYTES = 64 * 2 ** 20;

export class RecordLog<T> {
  private end = 0;

  constructor(private readonly file: SlotFile) {}

  /** Where the next entry goes, bytes: what tells an earlier moment from a later one. */
  get bytes(): number {
    return this.end;
  }

  /** @throws Error as the host says it; what stood there before stays. */
  append(entry: T): void {
    const json = new TextEncoder().encode(JSON.stringify(entry));
    const bytes = new Uint8Array(HEAD_BYTES + json.byteLength);
    const view = new DataView(bytes.buffer);
    view.setUint32(0, json.byteLength, true);
    view.setUint32(4, crc32c(json), true);
    bytes.set(json, HEAD_BYTES);
    this.file.write(this.end, bytes);
    this.end += bytes.byteLength;
  }

  flush(): void {
    this.file.flush();
  }

  /** Drops all entries from `bytes` on. */
  truncate(bytes: number): void {
    this.file.truncate(bytes);
    this.end = bytes;
  }

  /** The entries before `bytes`; null if they are not all there. The next entry goes behind them, over what may be there. */
  readUntil(bytes: number): T[] | null {
    if (this.file.size() < bytes) return null;
    const entries: T[] = [];
    let at = 0;
    while (at < bytes) {
      const entry = this.entryAt(at, bytes);
      if (!entry) return null;
      entries.push(entry.value);
      at = entry.end;
    }
    this.truncate(bytes);
    return entries;
  }

  /** All entries before the first that is broken. */
  readWhole(): T[] {
    const entries: T[] = [];
    const bytes = this.file.size();
    for (let entry = this.entryAt(0, bytes); entry; entry = this.entryAt(entry.end, bytes)) entries.push(entry.value);
    return entries;
  }

  private entryAt(at: number, bytes: number): { value: T; end: number } | null {
    const head = new Uint8Array(HEAD_BYTES);
    if (this.file.read(at, head) < HEAD_BYTES) return null;
    const view = new DataView(head.buffer);
    const length = view.getUint32(0, true);
    const end = at + HEAD_BYTES + length;
    if (length > MOST_BYTES || end > bytes) return null;
    const json = new Uint8Array(length);
    if (this.file.read(at + HEAD_BYTES, json) < length || crc32c(json) !== view.getUint32(4, true)) return null;
    return { value: JSON.parse(new TextDecoder().decode(json)) as T, end };
  }

  close(): void {
    this.file.close();
  }
}
