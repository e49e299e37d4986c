/**
 * The safetensors container: 8 bytes of header length (little endian), a JSON header, then the tensors' bytes.
 * Format: huggingface/safetensors. Read strictly: every byte is accounted for, and a broken file is refused by name.
 * Tensors of half or double precision are read as F32.
 */
import { StudioError } from '../base/errors';
import { ELEMENT_TYPES, type ElementType, readElements, rowMajorStrides, type StoredTensor } from './elements';

export interface SafeTensors {
  tensors: Map<string, StoredTensor>;
  metadata: Readonly<Record<string, string>>;
}

const TYPES: Readonly<Record<string, ElementType>> = ELEMENT_TYPES;
/** The reference reader's own bound on a header. */
const MAX_HEADER_BYTES = 100_000_000;

/** Tensors lie in the map's order, without gaps; the header is padded to 8 bytes with spaces. */
export function writeSafetensors({ tensors, metadata }: SafeTensors): Blob {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const [key, { dtype, shape, bytes }] of tensors) {
    header[key] = { dtype, shape, data_offsets: [offset, offset + bytes.byteLength] };
    offset += bytes.byteLength;
  }
  const json = JSON.stringify(header);
  const length = new TextEncoder().encode(json).byteLength;
  const padded = json + ' '.repeat((8 - (length % 8)) % 8);
  const headerBytes = new TextEncoder().encode(padded);
  const size = new ArrayBuffer(8);
  new DataView(size).setBigUint64(0, BigInt(headerBytes.byteLength), true);
  return new Blob([size, headerBytes, ...[...tensors.values()].map(({ bytes }) => bytes)]);
}

/** @throws StudioError `bad-weights`, saying which byte, key or shape is wrong. */
export async function readSafetensors(file: Blob): Promise<SafeTensors> {
  if (file.size < 8) throw broken(`The file has ${file.size} bytes; a header length takes 8`);
  const length = Number(new DataView(await file.slice(0, 8).arrayBuffer()).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES || 8 + length > file.size) {
    throw broken(`Bytes 0 to 7 announce a header of ${length} bytes; the file has ${file.size}`);
  }
  const header = parseHeader(await file.slice(8, 8 + length).arrayBuffer());
  const { __metadata__: metadata = {}, ...entries } = header;
  const dataBytes = file.size - 8 - length;
  const tensors = new Map<string, StoredTensor>();
  const data = await file.slice(8 + length).arrayBuffer();
  const spans: { key: string; from: number; to: number }[] = [];
  for (const [key, entry] of Object.entries(entries)) {
    const { type, shape, from, to } = parseEntry(key, entry, dataBytes);
    spans.push({ key, from, to });
    const view = new DataView(data, from, to - from);
    tensors.set(key, readElements(view, type, { shape, strides: rowMajorStrides(shape) }));
  }
  checkCoverage(spans, dataBytes);
  return { tensors, metadata: parseMetadata(metadata) };
}

function parseHeader(bytes: ArrayBuffer): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof header === 'object' && header !== null && !Array.isArray(header))
      return header as Record<string, unknown>;
  } catch (error) {
    throw broken(`The header (bytes 8 to ${8 + bytes.byteLength - 1}) is no JSON: ${String(error)}`);
  }
  throw broken('The header is no JSON object');
}

function parseMetadata(metadata: unknown): Record<string, string> {
  if (typeof metadata !== 'object' || metadata === null) throw broken('__metadata__ is no object');
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') throw broken(`__metadata__.${key} is no text`);
  }
  return metadata as Record<string, string>;
}

function parseEntry(key: string, entry: unknown, dataBytes: number) {
  if (typeof entry !== 'object' || entry === null) throw broken(`The header's entry for ${key} is no object`);
  const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
  const type = typeof dtype === 'string' && Object.hasOwn(TYPES, dtype) ? TYPES[dtype] : undefined;
  if (!type) throw broken(`${key} has dtype ${JSON.stringify(dtype)}; ${Object.keys(TYPES).join(', ')} are understood`);
  if (!isCounts(shape)) throw broken(`${key} has shape ${JSON.stringify(shape)}`);
  if (!isCounts(offsets) || offsets.length !== 2) throw broken(`${key} has data_offsets ${JSON.stringify(offsets)}`);
  const [from = 0, to = 0] = offsets;
  const bytes = shape.reduce((a, b) => a * b, 1) * type.bytes;
  if (to - from !== bytes) throw broken(`${key} of shape [${shape.join(', ')}] takes ${bytes} bytes, not ${to - from}`);
  if (to > dataBytes)
    throw broken(`${key} ends at byte ${to} of the data, which has ${dataBytes}: the file is cut off`);
  return { type, shape, from, to };
}

/** No gaps, no overlaps, nothing behind the last tensor. */
function checkCoverage(spans: { key: string; from: number; to: number }[], dataBytes: number): void {
  let end = 0;
  for (const { key, from, to } of spans.sort((a, b) => a.from - b.from || a.to - b.to)) {
    if (from !== end) throw broken(`${key} begins at byte ${from} of the data, where ${end} was expected`);
    end = to;
  }
  if (end !== dataBytes) throw broken(`The data has ${dataBytes} bytes; the tensors take ${end}`);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((n) => Number.isSafeInteger(n) && (n as number) >= 0);
}

function broken(message: string): StudioError {
  return new StudioError('bad-weights', message, 'Export the weights again, or choose another .safetensors file.');
}
