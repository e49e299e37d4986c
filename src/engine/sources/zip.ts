/**
 * A zip archive read in place: its directory lists the files, each of which is unpacked when it is read, so that 6 GB take
 * no more memory than their names. A plain directory is read as it stands; zip.js knows older encodings of names, other
 * methods, and damaged directories, and makes some kilobytes of objects of an entry.
 */
import type { FileEntry } from '@zip.js/zip.js';
import { StudioError } from '../base/errors';
import { encodingOfNames } from '../base/text';
import { readDirectory } from '../io/zipDirectory';
import {
  type ArchivedFile,
  brokenArchive,
  brokenEntry,
  innerPath,
  MOST_FILE_BYTES,
  MOST_UNPACKED_BYTES,
} from './archivedFile';

/** Loaded when the first archive is opened that takes it. */
const library = async () => {
  const zip = await import('@zip.js/zip.js');
  zip.configure({ useWebWorkers: false, useCompressionStream: true });
  return zip;
};

function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return /central directory/i.test(reason) ? 'its end is missing, so it is cut off, or no zip archive' : reason;
}

/** Of an entry's own header, without its name. */
const LOCAL_BYTES = 30;
const LOCAL = 0x04034b50;
const [STORED, DEFLATED] = [0, 8];
/** Packed bytes that are read for the first ones: deflate may make a little more of what cannot be packed. */
const HEAD_BYTES = 4096;
/** A million files' names. */
const MOST_DIRECTORY_BYTES = 128 * 2 ** 20;
const ASCII_END = 0x80;
/** So many show which encoding names are in. */
const MOST_NAMES_BYTES = 100_000;
const LINE_FEED = 10;
const NESTED = /\.(zip|tar|tgz|gz)$/i;

interface Entry {
  path: string;
  offset: number;
  packed: number;
  size: number;
  method: number;
  /** Where the method is neither of the two usual ones. */
  other: FileEntry | null;
}

/** @throws StudioError `bad-dataset` where it is broken, encrypted, or made to harm. */
export async function zipFiles(archive: Blob, name: string): Promise<ArchivedFile[]> {
  const entries = (await plainEntries(archive, name)) ?? (await libraryEntries(archive, name));
  refuseOverlaps(entries, name);
  return entries.map((entry) => new ZippedFile(archive, entry));
}

/** Undefined where anything is out of the ordinary. @throws StudioError `bad-dataset` for a path that leads out. */
async function plainEntries(archive: Blob, name: string): Promise<Entry[] | undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const entries: Entry[] = [];
  try {
    for (const { name: bytes, isUtf8, isEncrypted, method, ...span } of await readDirectory(
      archive,
      MOST_DIRECTORY_BYTES,
    )) {
      const isPlain = isUtf8 || bytes.every((byte) => byte < ASCII_END);
      if (!isPlain || isEncrypted || (method !== STORED && method !== DEFLATED)) return undefined;
      if (span.offset + LOCAL_BYTES + span.packed > archive.size) return undefined;
      const filename = decoder.decode(bytes);
      // A folder's name ends with a slash, on Windows with the other one.
      if (/[/\\]$/.test(filename)) continue;
      entries.push({ path: innerPath(filename, name), ...span, method, other: null });
    }
  } catch (error) {
    if (error instanceof StudioError && error.code === 'bad-dataset') throw error;
    return undefined;
  }
  return (await beginsAtEntries(archive, entries)) ? entries : undefined;
}

/** Of the first and the last: something may stand before the archive, which moves all. */
async function beginsAtEntries(archive: Blob, entries: readonly Entry[]): Promise<boolean> {
  for (const entry of [entries.at(0), entries.at(-1)]) {
    if (!entry) continue;
    const begins = new DataView(await archive.slice(entry.offset, entry.offset + LOCAL_BYTES).arrayBuffer());
    if (begins.byteLength < LOCAL_BYTES || begins.getUint32(0, true) !== LOCAL) return false;
  }
  return true;
}

async function libraryEntries(archive: Blob, name: string): Promise<Entry[]> {
  const { ZipReader, BlobReader } = await library();
  const filenameEncoding = await namesEncoding(archive);
  const reader = new ZipReader(new BlobReader(archive), {
    filenameValidation: 'tolerant',
    ...(filenameEncoding !== undefined && { filenameEncoding }),
  });
  const entries: Entry[] = [];
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      if (entry.directory) continue;
      const { filename, offset, compressedSize: packed, uncompressedSize: size, compressionMethod: method } = entry;
      if (entry.encrypted)
        throw brokenArchive(
          name,
          `its entry ${filename} is encrypted`,
          'Unpack it with its password, and open the folder.',
        );
      const other = method === STORED || method === DEFLATED ? null : entry;
      entries.push({ path: innerPath(filename, name), offset, packed, size, method, other });
    }
  } catch (error) {
    throw error instanceof StudioError ? error : brokenArchive(name, reasonOf(error));
  }
  return entries;
}

/** Of names that do not say which it is, by all of them together; undefined: DOS's own. */
async function namesEncoding(archive: Blob): Promise<string | undefined> {
  const names: number[] = [];
  try {
    for (const { name, isUtf8 } of await readDirectory(archive, MOST_DIRECTORY_BYTES)) {
      if (names.length > MOST_NAMES_BYTES) break;
      if (!isUtf8) names.push(...name, LINE_FEED);
    }
  } catch {
    return undefined;
  }
  return encodingOfNames(Uint8Array.from(names));
}

/** Entries that share bytes are how a small file claims to be a large one. */
function refuseOverlaps(entries: readonly Entry[], name: string): void {
  const sorted = [...entries].sort((a, b) => a.offset - b.offset);
  sorted.forEach(({ path, offset, packed }, i) => {
    const next = sorted[i + 1];
    if (next && next.offset < offset + LOCAL_BYTES + packed)
      throw brokenArchive(name, `its entries ${path} and ${next.path} lie in one place, as in a zip bomb`);
  });
}

/** Of tens of thousands, so that what each can do is kept once. */
class ZippedFile implements ArchivedFile {
  constructor(
    private readonly archive: Blob,
    private readonly entry: Entry,
  ) {}

  get path(): string {
    return this.entry.path;
  }

  get size(): number {
    return this.entry.size;
  }

  async open(): Promise<Blob> {
    const { path, size, other } = this.entry;
    if (this.isStored()) return this.packed();
    const most = NESTED.test(path) ? MOST_UNPACKED_BYTES : MOST_FILE_BYTES;
    if (size > most) throw brokenEntry(path, `it is said to be ${size} bytes, more than the ${most} that are unpacked`);
    const parts: Uint8Array<ArrayBuffer>[] = [];
    const into = counted(parts, path, size);
    try {
      if (other) await other.getData(into, { checkSignature: false });
      else await (await this.packed()).stream().pipeThrough(new DecompressionStream('deflate-raw')).pipeTo(into);
    } catch (error) {
      throw error instanceof StudioError ? error : brokenEntry(path, reasonOf(error));
    }
    const blob = new Blob(parts);
    if (blob.size < size) throw brokenEntry(path, `it ends after ${blob.size} of ${size} bytes`);
    return blob;
  }

  async head(bytes: number): Promise<Uint8Array> {
    const { size, method } = this.entry;
    if (this.isStored()) return new Uint8Array(await (await this.packed()).slice(0, bytes).arrayBuffer());
    if (method === DEFLATED) return inflatedHead(await this.packed(), Math.min(bytes, size));
    return new Uint8Array(await (await this.open()).slice(0, bytes).arrayBuffer());
  }

  private isStored(): boolean {
    const { method, packed, size } = this.entry;
    return method === STORED && packed === size;
  }

  /** As it lies in the archive. */
  private async packed(): Promise<Blob> {
    const { offset, packed } = this.entry;
    const local = new DataView(await this.archive.slice(offset, offset + LOCAL_BYTES).arrayBuffer());
    const from = offset + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
    return this.archive.slice(from, from + packed);
  }
}

/** Takes parts, and no more than the archive says. */
function counted(
  parts: Uint8Array<ArrayBuffer>[],
  path: string,
  size: number,
): WritableStream<Uint8Array<ArrayBuffer>> {
  let length = 0;
  return new WritableStream({
    write(part) {
      length += part.byteLength;
      if (length > size)
        throw brokenEntry(path, `it holds more than the ${size} bytes that the archive says, as a zip bomb does`);
      parts.push(part);
    },
  });
}

/** Without the rest, which is neither read nor checked. */
async function inflatedHead(packed: Blob, wanted: number): Promise<Uint8Array> {
  const stream = new DecompressionStream('deflate-raw');
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  // Not closed where more follows, which is missing on purpose.
  writer.write(new Uint8Array(await packed.slice(0, HEAD_BYTES).arrayBuffer())).catch(() => undefined);
  if (packed.size <= HEAD_BYTES) writer.close().catch(() => undefined);
  try {
    const { value } = wanted === 0 ? { value: undefined } : await reader.read();
    return (value ?? new Uint8Array()).subarray(0, wanted);
  } finally {
    void reader.cancel().catch(() => undefined);
    void writer.abort().catch(() => undefined);
  }
}
