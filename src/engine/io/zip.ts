/**
 * The directory of a zip archive whose entries are stored, not compressed, as torch.save writes it; deflated ones where asked. Every offset is checked
 * against the file before it is followed. Format: PKWARE's APPNOTE 6.3, zip64 included.
 */
import { StudioError } from '../base/errors';

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
/** Of an entry's own header, without its name. */
const LOCAL_BYTES = 30;
/** The end record may have a comment of 65,535 bytes behind it, and zip64's locator before it. */
const TAIL_BYTES = 65_535 + 22 + 20;
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
  const { offset, size } = await directoryOf(file);
  const view = new DataView(await file.slice(offset, offset + size).arrayBuffer());
  const entries = new Map<string, ZipEntry>();
  const spans: { name: string; from: number; to: number }[] = [];
  for (let at = 0; at < size;) {
    if (at + 46 > size || view.getUint32(at, true) !== ENTRY)
      throw broken(`Byte ${offset + at} begins no entry of the directory`);
    const [method, flags] = [view.getUint16(at + 10, true), view.getUint16(at + 8, true)];
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    const end = at + 46 + nameBytes + extraBytes + commentBytes;
    if (end > size) throw broken(`The directory's entry at byte ${offset + at} is cut off`);
    const name = new TextDecoder().decode(new Uint8Array(view.buffer, at + 46, nameBytes));
    const isDeflated = deflated && method === 8;
    if ((method !== 0 && !isDeflated) || flags & 1)
      throw broken(`${name} is compressed or encrypted; torch.save stores its entries as they are`);
    const { packed, unpacked, start } = entrySpan(view, at, at + 46 + nameBytes, extraBytes);
    if (packed !== unpacked && !isDeflated) throw broken(`${name} is said to be ${packed} and ${unpacked} bytes long`);
    if (entries.has(name)) throw broken(`The archive has two entries named ${name}`);
    const open = async () => {
      const stored = await storedBytes(file, name, start, packed);
      return isDeflated ? inflated(stored, name, unpacked) : stored;
    };
    entries.set(name, { size: unpacked, open });
    spans.push({ name, from: start, to: start + LOCAL_BYTES + nameBytes + packed });
    at = end;
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

async function directoryOf(file: Blob): Promise<{ offset: number; size: number }> {
  const tailStart = Math.max(0, file.size - TAIL_BYTES);
  const tail = new DataView(await file.slice(tailStart).arrayBuffer());
  let at = tail.byteLength - 22;
  while (at >= 0 && tail.getUint32(at, true) !== END) at--;
  if (at < 0) throw broken('The archive has no end: the file is cut off');
  let [size, offset] = [tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)];
  if (at >= 20 && tail.getUint32(at - 20, true) === LOCATOR_64) {
    const record = Number(tail.getBigUint64(at - 20 + 8, true));
    const large = new DataView(await file.slice(record, record + 56).arrayBuffer());
    if (large.byteLength < 56 || large.getUint32(0, true) !== END_64)
      throw broken(`Byte ${record} begins no zip64 end record`);
    [size, offset] = [Number(large.getBigUint64(40, true)), Number(large.getBigUint64(48, true))];
  }
  if (size > MAX_DIRECTORY_BYTES || offset + size > file.size) {
    throw broken(`The archive's directory of ${size} bytes at ${offset} does not fit into the file of ${file.size}`);
  }
  return { offset, size };
}

/** Sizes and offset of an entry, from zip64's extra field where they do not fit into 32 bits. */
function entrySpan(view: DataView, at: number, extraAt: number, extraBytes: number) {
  let [packed, unpacked, start] = [20, 24, 42].map((field) => view.getUint32(at + field, true)) as [
    number,
    number,
    number,
  ];
  for (let field = extraAt; field + 4 <= extraAt + extraBytes;) {
    const [tag, length] = [view.getUint16(field, true), view.getUint16(field + 2, true)];
    let value = field + 4;
    const next = (short: number) => {
      if (short !== 0xffffffff || value + 8 > field + 4 + length || value + 8 > view.byteLength) return short;
      value += 8;
      return Number(view.getBigUint64(value - 8, true));
    };
    if (tag === 1) {
      unpacked = next(unpacked);
      packed = next(packed);
      start = next(start);
    }
    field += 4 + length;
  }
  return { packed, unpacked, start };
}

async function storedBytes(file: Blob, name: string, start: number, length: number): Promise<Blob> {
  const local = new DataView(await file.slice(start, start + LOCAL_BYTES).arrayBuffer());
  if (local.byteLength < LOCAL_BYTES || local.getUint32(0, true) !== LOCAL)
    throw broken(`${name} is not at byte ${start}`);
  const from = start + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
  if (from + length > file.size) throw broken(`${name} ends behind the file's end: the file is cut off`);
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

function broken(message: string): StudioError {
  return new StudioError('bad-weights', message, 'Save or download the file again.');
}
