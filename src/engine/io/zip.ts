/**
 * A zip archive whose entries are stored, not compressed, as torch.save writes it; deflated ones where asked.
 */
import { StudioError } from '../base/errors';
import { brokenZip as broken, readDirectory } from './zipDirectory';

const LOCAL = 0x04034b50;
/** Of an entry's own header, without its name. */
const LOCAL_BYTES = 30;
/** A ResNet-101's has some 60 kB. */
const MAX_DIRECTORY_BYTES = 4 * 2 ** 20;

export interface ZipEntry {
  /** Bytes, as the directory says. */
  size: number;
  /** Its bytes, a slice of the file. @throws StudioError `bad-weights` where they are not. */
  open: () => Promise<Blob>;
}

/**
 * Every entry by name, of which nothing is read yet; `deflated` ones are refused unless asked for.
 * @throws StudioError `bad-weights`
 */
export async function readZip(file: Blob, { deflated = false } = {}): Promise<Map<string, ZipEntry>> {
  const entries = new Map<string, ZipEntry>();
  const spans: { name: string; from: number; to: number }[] = [];
  for (const entry of await readDirectory(file, MAX_DIRECTORY_BYTES)) {
    const { method, packed, size: unpacked, offset: start } = entry;
    const name = new TextDecoder().decode(entry.name);
    const isDeflated = deflated && method === 8;
    if ((method !== 0 && !isDeflated) || entry.isEncrypted)
      throw broken(`${name} is compressed or encrypted; torch.save stores its entries as they are`);
    if (packed !== unpacked && !isDeflated) throw broken(`${name} is said to be ${packed} and ${unpacked} bytes long`);
    if (entries.has(name)) throw broken(`The archive has two entries named ${name}`);
    const open = async () => {
      const stored = await storedBytes(file, name, start, packed);
      return isDeflated ? inflated(stored, name, unpacked) : stored;
    };
    entries.set(name, { size: unpacked, open });
    spans.push({ name, from: start, to: start + LOCAL_BYTES + entry.name.length + packed });
  }
  refuseOverlaps(spans);
  return entries;
}

/** Entries that share bytes are how a small file claims to be a large one. */
function refuseOverlaps(spans: { name: string; from: number; to: number }[]): void {
  spans.sort((a, b) => a.from - b.from);
  spans.forEach(({ name, to }, i) => {
    const next = spans[i + 1];
    if (next && next.from < to) throw broken(`${name} and ${next.name} lie in one place`);
  });
}

async function storedBytes(file: Blob, name: string, start: number, length: number): Promise<Blob> {
  const local = new DataView(await file.slice(start, start + LOCAL_BYTES).arrayBuffer());
  if (local.byteLength < LOCAL_BYTES || local.getUint32(0, true) !== LOCAL)
    throw broken(`${name} is not at byte ${start}`);
  const from = start + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
  if (from + length > file.size) throw broken(`${name} ends behind the file’s end: the file is cut off`);
  return file.slice(from, from + length);
}

/** Deflate's own limit is some 1,032 to 1; weights hardly shrink at all. */
const MOST_INFLATION = 20;

/** @throws StudioError `bad-weights` where more comes out than was said, or more than weights can be packed. */
async function inflated(packed: Blob, name: string, size: number): Promise<Blob> {
  if (size > MOST_INFLATION * packed.size)
    throw broken(`${name} is said to be ${size} bytes out of ${packed.size}: that is no file of weights`);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = packed.stream().pipeThrough(new DecompressionStream('deflate-raw')).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.byteLength;
      if (length > size) throw broken(`${name} is longer than the ${size} bytes that it is said to be`);
      parts.push(value);
    }
  } catch (error) {
    if (error instanceof StudioError) throw error;
    throw broken(`${name} cannot be unpacked: ${String(error)}`);
  }
  if (length !== size) throw broken(`${name} has ${length} bytes, not ${size}: the file is cut off`);
  return new Blob(parts);
}
