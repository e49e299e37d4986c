/**
 * Two files that take turns, so that there is a whole one at any moment: what is written goes over the older, its header
 * last. The header, 4096 bytes, little endian: "FIXRESCK", format version (u32), CRC-32C of the header with this field zero
 * (u32), sequence (u64), bytes of the payload (u64), its CRC-32C (u32), bytes of the JSON that follows (u32), JSON. Then
 * the payload. A process that is killed in the middle leaves a header of zeros; what a failing disk makes of it, the sums
 * tell.
 */
import { crc32c } from '../../engine/io/crc';
import type { SlotFile } from './slotFile';

export const HEADER_BYTES = 4096;
/** Changes with the meaning of these bytes; those of others are left alone, and never read. */
export const SLOT_VERSION = 1;
const MAGIC = 0x4b43534552584946n;
const JSON_AT = 40;
/** Far above any payload, and below what fits into a number. */
const MOST_BYTES = 2 ** 40;

/** What stands beside a payload: plain JSON of some hundred bytes. */
export type SlotInfo = Readonly<Record<string, unknown>>;

export interface SlotHeader {
  sequence: number;
  payloadBytes: number;
  payloadCrc: number;
  info: SlotInfo;
}

/** A slot's header; or why there is none to be trusted. */
export type HeaderReading = SlotHeader | { damage: 'empty' | 'torn' | 'broken' | 'other-version' };

export function writeSlot(file: SlotFile, sequence: number, info: SlotInfo, chunks: readonly Uint8Array[]): void {
  file.write(0, new Uint8Array(HEADER_BYTES));
  file.flush();
  let at = HEADER_BYTES;
  let payloadCrc = 0;
  for (const chunk of chunks) {
    file.write(at, chunk);
    at += chunk.byteLength;
    payloadCrc = crc32c(chunk, payloadCrc);
  }
  file.flush();
  file.write(0, headerBytes({ sequence, payloadBytes: at - HEADER_BYTES, payloadCrc, info }));
  file.flush();
}

export function readHeader(file: SlotFile): HeaderReading {
  const bytes = new Uint8Array(HEADER_BYTES);
  const read = file.read(0, bytes);
  if (bytes.every((byte) => byte === 0)) return { damage: read === 0 ? 'empty' : 'torn' };
  const view = new DataView(bytes.buffer);
  if (read < HEADER_BYTES || view.getBigUint64(0, true) !== MAGIC) return { damage: 'broken' };
  // Of a later format nothing else is known, not even where its sum is.
  if (view.getUint32(8, true) !== SLOT_VERSION) return { damage: 'other-version' };
  const crc = view.getUint32(12, true);
  view.setUint32(12, 0, true);
  const [sequence, payloadBytes] = [Number(view.getBigUint64(16, true)), Number(view.getBigUint64(24, true))];
  const jsonBytes = view.getUint32(36, true);
  const possible = payloadBytes <= MOST_BYTES && jsonBytes <= HEADER_BYTES - JSON_AT;
  if (crc32c(bytes) !== crc || !possible) return { damage: 'broken' };
  const info = parseInfo(bytes.subarray(JSON_AT, JSON_AT + jsonBytes));
  return info ? { sequence, payloadBytes, payloadCrc: view.getUint32(32, true), info } : { damage: 'broken' };
}

/** Null where it is not what was written. */
export function readPayload(file: SlotFile, { payloadBytes, payloadCrc }: SlotHeader): Uint8Array<ArrayBuffer> | null {
  // Before so much memory is taken.
  if (file.size() < HEADER_BYTES + payloadBytes) return null;
  const bytes = new Uint8Array(payloadBytes);
  if (file.read(HEADER_BYTES, bytes) !== payloadBytes || crc32c(bytes) !== payloadCrc) return null;
  return bytes;
}

function parseInfo(json: Uint8Array): SlotInfo | null {
  try {
    const info: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(json));
    return typeof info === 'object' && info !== null ? { ...info } : null;
  } catch {
    return null;
  }
}

function headerBytes({ sequence, payloadBytes, payloadCrc, info }: SlotHeader): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(info));
  if (json.byteLength > HEADER_BYTES - JSON_AT)
    throw new RangeError(`${json.byteLength} bytes do not fit into a header`);
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, MAGIC, true);
  view.setUint32(8, SLOT_VERSION, true);
  view.setBigUint64(16, BigInt(sequence), true);
  view.setBigUint64(24, BigInt(payloadBytes), true);
  view.setUint32(32, payloadCrc, true);
  view.setUint32(36, json.byteLength, true);
  bytes.set(json, JSON_AT);
  view.setUint32(12, crc32c(bytes), true);
  return bytes;
}
