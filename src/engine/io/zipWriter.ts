/**
 * Zip archives of stored entries whose bytes begin at multiples of 64, as PyTorch maps them into memory; `zip.ts` reads
 * them. Format: PKWARE's APPNOTE 6.3, without zip64; the padding is PyTorch's (caffe2/serialize/inline_container.cc).
 */
import { crc32 } from './crc';

export interface ZipPart {
  /** ASCII. */
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

const ALIGNMENT = 64;
const LOCAL_BYTES = 30;
/** Tag and length of an extra field. */
const EXTRA_BYTES = 4;
const PADDING_TAG = 0x4246;
/** 1 January 1980, the first day that zip knows: the same weights make the same file on any day. */
const DOS_DATE = 0x21;
const LARGEST = 0xffffffff;

/** @throws RangeError where the archive would need zip64: at 4 GiB. */
export function writeZip(entries: readonly ZipPart[]): Blob {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let at = 0;
  for (const { name, bytes } of entries) {
    const label = new TextEncoder().encode(name);
    const unpadded = at + LOCAL_BYTES + label.length + EXTRA_BYTES;
    const extra = paddingOf((ALIGNMENT - (unpadded % ALIGNMENT)) % ALIGNMENT);
    const sums = [crc32(bytes), bytes.length, bytes.length];
    // Version 2.0, no flags, stored, the time of day; then the date.
    const local = record([0x04034b50], [20, 0, 0, 0, DOS_DATE], sums, [label.length, extra.length]);
    const central = record([0x02014b50], [20, 20, 0, 0, 0, DOS_DATE], sums, [label.length, 0, 0, 0, 0], [0, at]);
    parts.push(local, label, extra, bytes);
    directory.push(central, label);
    at += local.length + label.length + extra.length + bytes.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  if (at + size > LARGEST || entries.length > 0xffff) throw new RangeError(`An archive of ${at + size} bytes`);
  const end = record([0x06054b50], [0, 0, entries.length, entries.length], [size, at], [0]);
  return new Blob([...parts, ...directory, end]);
}

function paddingOf(length: number): Uint8Array<ArrayBuffer> {
  const extra = new Uint8Array(EXTRA_BYTES + length);
  const view = new DataView(extra.buffer);
  view.setUint16(0, PADDING_TAG, true);
  view.setUint16(2, length, true);
  return extra;
}

/** Little-endian fields: groups of 32 and of 16 bits in turn. */
function record(...groups: readonly (readonly number[])[]): Uint8Array<ArrayBuffer> {
  const sizes = groups.map((group, i) => group.length * (i % 2 ? 2 : 4));
  const view = new DataView(new ArrayBuffer(sizes.reduce((a, b) => a + b, 0)));
  let at = 0;
  groups.forEach((group, i) => {
    for (const value of group) {
      if (i % 2) view.setUint16(at, value, true);
      else view.setUint32(at, value, true);
      at += i % 2 ? 2 : 4;
    }
  });
  return new Uint8Array(view.buffer);
}
