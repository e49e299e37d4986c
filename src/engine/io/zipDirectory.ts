/**
 * What a zip archive's directory says of its entries, each offset checked against the file. Format: PKWARE's APPNOTE 6.3, zip64
 * included.
 */
import { StudioError } from '../base/errors';

const END = 0x06054b50;
const END_64 = 0x06064b50;
const LOCATOR_64 = 0x07064b50;
const ENTRY = 0x02014b50;
/** The end record may have a comment of 65,535 bytes behind it, and zip64's locator before it. */
const TAIL_BYTES = 65_535 + 22 + 20;
const ENCRYPTED = 1;
const UTF_8 = 1 << 11;

export interface DirectoryEntry {
  /** As it is written: UTF-8 where `isUtf8`, else of an encoding that nobody says. A view, good until the next entry. */
  name: Uint8Array;
  isUtf8: boolean;
  isEncrypted: boolean;
  /** 0: stored; 8: deflated. */
  method: number;
  /** Bytes in the archive, and unpacked. */
  packed: number;
  size: number;
  /** Of the entry's own header. */
  offset: number;
}

/** One after another. @throws StudioError `bad-weights` where it is broken, or larger than `most` bytes. */
export async function readDirectory(file: Blob, most: number): Promise<Iterable<DirectoryEntry>> {
  const { offset, size } = await directoryOf(file);
  if (size > most || offset + size > file.size) {
    throw brokenZip(`The archive’s directory of ${size} bytes at ${offset} does not fit into the file of ${file.size}`);
  }
  return entriesOf(new DataView(await file.slice(offset, offset + size).arrayBuffer()), offset);
}

function* entriesOf(view: DataView, offset: number): Generator<DirectoryEntry> {
  const size = view.byteLength;
  for (let at = 0; at < size;) {
    if (at + 46 > size || view.getUint32(at, true) !== ENTRY)
      throw brokenZip(`Byte ${offset + at} begins no entry of the directory`);
    const [method, flags] = [view.getUint16(at + 10, true), view.getUint16(at + 8, true)];
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [
      number,
      number,
      number,
    ];
    const end = at + 46 + nameBytes + extraBytes + commentBytes;
    if (end > size) throw brokenZip(`The directory’s entry at byte ${offset + at} is cut off`);
    const name = new Uint8Array(view.buffer, at + 46, nameBytes);
    const span = entrySpan(view, at, at + 46 + nameBytes, extraBytes);
    yield { name, isUtf8: (flags & UTF_8) > 0, isEncrypted: (flags & ENCRYPTED) > 0, method, ...span };
    at = end;
  }
}

async function directoryOf(file: Blob): Promise<{ offset: number; size: number }> {
  const tailStart = Math.max(0, file.size - TAIL_BYTES);
  const tail = new DataView(await file.slice(tailStart).arrayBuffer());
  let at = tail.byteLength - 22;
  while (at >= 0 && tail.getUint32(at, true) !== END) at--;
  if (at < 0) throw brokenZip('The archive has no end: the file is cut off');
  const [size, offset] = [tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)];
  if (at < 20 || tail.getUint32(at - 20, true) !== LOCATOR_64) return { offset, size };
  const record = Number(tail.getBigUint64(at - 20 + 8, true));
  const large = new DataView(await file.slice(record, record + 56).arrayBuffer());
  if (large.byteLength < 56 || large.getUint32(0, true) !== END_64)
    throw brokenZip(`Byte ${record} begins no zip64 end record`);
  return { size: Number(large.getBigUint64(40, true)), offset: Number(large.getBigUint64(48, true)) };
}

/** Sizes and offset of an entry, from zip64's extra field where they do not fit into 32 bits. */
function entrySpan(
  view: DataView,
  at: number,
  extraAt: number,
  extraBytes: number,
): Pick<DirectoryEntry, 'packed' | 'size' | 'offset'> {
  let [packed, size, offset] = [20, 24, 42].map((field) => view.getUint32(at + field, true)) as [
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
      size = next(size);
      packed = next(packed);
      offset = next(offset);
    }
    field += 4 + length;
  }
  return { packed, size, offset };
}

export function brokenZip(message: string): StudioError {
  return new StudioError('bad-weights', message, 'Save or download the file again.');
}
