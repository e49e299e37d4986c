/**
 * A zip archive read in place: its directory lists the files, each of which is unpacked when it is read, so that 6 GB take
 * no more memory than their names. zip.js knows zip64, older encodings of names, and damaged directories.
 */
import type { FileEntry } from '@zip.js/zip.js';
import {
  type ArchivedFile,
  brokenArchive,
  brokenEntry,
  innerPath,
  MOST_FILE_BYTES,
  MOST_UNPACKED_BYTES,
} from './archivedFile';

/** Loaded when the first archive is opened. */
const library = async () => {
  const zip = await import('@zip.js/zip.js');
  zip.configure({ useWebWorkers: false, useCompressionStream: true });
  return zip;
};

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Of an entry's own header, without its name. */
const LOCAL_BYTES = 30;
const [STORED, DEFLATED] = [0, 8];
/** Packed bytes that are read for the first ones: deflate may make a little more of what cannot be packed. */
const HEAD_BYTES = 4096;
const NESTED = /\.(zip|tar|tgz|gz)$/i;

/** @throws StudioError `bad-dataset` where it is broken, encrypted, or made to harm. */
export async function zipFiles(archive: Blob, name: string): Promise<ArchivedFile[]> {
  const { ZipReader, BlobReader } = await library();
  const reader = new ZipReader(new BlobReader(archive), { filenameValidation: 'tolerant' });
  let entries;
  try {
    entries = await reader.getEntries();
  } catch (error) {
    throw brokenArchive(name, reasonOf(error));
  }
  const files = entries.filter((entry): entry is FileEntry => !entry.directory);
  refuseOverlaps(files, name);
  const [locked] = files.filter(({ encrypted }) => encrypted);
  if (locked) throw brokenArchive(name, `its entry ${locked.filename} is encrypted`);
  return files.map((entry) => fileOf(archive, entry, innerPath(entry.filename, name)));
}

/** Entries that share bytes are how a small file claims to be a large one. */
function refuseOverlaps(entries: readonly FileEntry[], name: string): void {
  const sorted = [...entries].sort((a, b) => a.offset - b.offset);
  sorted.forEach(({ filename, offset, compressedSize }, i) => {
    const next = sorted[i + 1];
    if (next && next.offset < offset + LOCAL_BYTES + compressedSize)
      throw brokenArchive(name, `its entries ${filename} and ${next.filename} lie in one place, as in a zip bomb`);
  });
}

function fileOf(archive: Blob, entry: FileEntry, path: string): ArchivedFile {
  const { compressionMethod, compressedSize, uncompressedSize: size, offset } = entry;
  /** As it lies in the archive. */
  const packed = async () => {
    const local = new DataView(await archive.slice(offset, offset + LOCAL_BYTES).arrayBuffer());
    const from = offset + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
    return archive.slice(from, from + compressedSize);
  };
  const isStored = compressionMethod === STORED && compressedSize === size;
  return {
    path,
    size,
    async open() {
      if (isStored) return packed();
      const most = NESTED.test(path) ? MOST_UNPACKED_BYTES : MOST_FILE_BYTES;
      if (size > most)
        throw brokenEntry(path, `it is said to be ${size} bytes, more than the ${most} that are unpacked`);
      return new Blob(await unpacked(entry, path, size, size));
    },
    async head(bytes) {
      if (isStored) return new Uint8Array(await (await packed()).slice(0, bytes).arrayBuffer());
      if (compressionMethod === DEFLATED) return inflatedHead(await packed(), Math.min(bytes, size));
      const parts = await unpacked(entry, path, size, bytes);
      return new Uint8Array(await new Blob(parts).arrayBuffer()).subarray(0, bytes);
    },
  };
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

/** The first `wanted` bytes at the least. Stops where more comes than the directory says. */
async function unpacked(
  entry: FileEntry,
  path: string,
  size: number,
  wanted: number,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const enough = new AbortController();
  const into = new WritableStream<Uint8Array<ArrayBuffer>>({
    write(chunk) {
      parts.push(chunk);
      length += chunk.byteLength;
      if (length > size || (wanted < size && length >= wanted)) enough.abort();
    },
  });
  try {
    await entry.getData(into, { signal: enough.signal, checkSignature: false });
  } catch (error) {
    if (!enough.signal.aborted) throw brokenEntry(path, reasonOf(error));
  }
  if (length > size)
    throw brokenEntry(path, `it holds more than the ${size} bytes that the archive says, as a zip bomb does`);
  if (length < Math.min(wanted, size)) throw brokenEntry(path, `it ends after ${length} of ${size} bytes`);
  return parts;
}
