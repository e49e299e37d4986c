/**
 * The safetensors container: 8 bytes of header length (little endian), a JSON header, then the tensors' bytes.
 * Format: huggingface/safetensors. Read strictly: every byte is accounted for, and a broken file is refused by name.
 * Tensors of half or double precision are read as F32.
 */
import { StudioError } from '../base/errors';
import {
  ELEMENT_TYPES,
  type ElementType,
  type FileTensor,
  fileTensor,
  MOST_AXES,
  rowMajorStrides,
  type StoredTensor,
} from './elements';

export interface SafeTensors<T extends StoredTensor | FileTensor> {
  tensors: Map<string, T>;
  metadata: Readonly<Record<string, string>>;
}

const TYPES: Readonly<Record<string, ElementType>> = ELEMENT_TYPES;
/** A ResNet-101's header has some 70 kB. */
const MAX_HEADER_BYTES = 8 * 2 ** 20;
/** What of a header's wrong value an error shows. */
const SHOWN_CHARACTERS = 80;

/** Tensors lie in the map's order, without gaps; the header is padded to 8 bytes with spaces. */
export function writeSafetensors({ tensors, metadata }: SafeTensors<StoredTensor>): Blob {
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

/**
 * Describes the tensors, each to be read when it is asked for.
 * @throws StudioError `bad-weights`, saying which byte, key or shape is wrong.
 */
export async function readSafetensors(file: Blob): Promise<SafeTensors<FileTensor>> {
  if (file.size < 8) throw broken(`The file has ${file.size} bytes; a header length takes 8`);
  const length = Number(new DataView(await file.slice(0, 8).arrayBuffer()).getBigUint64(0, true));
  if (length > MAX_HEADER_BYTES) {
    const hint = 'Open a file of weights: .safetensors, .pth or .onnx.';
    throw new StudioError('bad-weights', 'The file is no safetensors file: it begins with no header', hint);
  }
  if (8 + length > file.size) {
    throw broken(`Bytes 0 to 7 announce a header of ${length} bytes; the file has ${file.size}`);
  }
  const header = parseHeader(await file.slice(8, 8 + length).arrayBuffer());
  const { __metadata__: metadata = {}, ...entries } = header;
  const data = file.slice(8 + length);
  const tensors = new Map<string, FileTensor>();
  const spans: { key: string; from: number; to: number }[] = [];
  for (const [key, entry] of Object.entries(entries)) {
    const { type, shape, from, to } = parseEntry(key, entry, data.size);
    spans.push({ key, from, to });
    const layout = { shape, strides: rowMajorStrides(shape), offset: 0 };
    tensors.set(key, fileTensor(data.slice(from, to), type, layout));
  }
  checkCoverage(spans, data.size);
  return { tensors, metadata: parseMetadata(metadata) };
}

function parseHeader(bytes: ArrayBuffer): Record<string, unknown> {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const header: unknown = JSON.parse(text);
    refuseRepeatedKeys(text);
    if (typeof header === 'object' && header !== null && !Array.isArray(header))
      return header as Record<string, unknown>;
  } catch (error) {
    if (error instanceof StudioError) throw error;
    throw broken(`The header (bytes 8 to ${8 + bytes.byteLength - 1}) is no JSON: ${String(error)}`);
  }
  throw broken('The header is no JSON object');
}

/** JSON.parse takes the last of several; another reader may take the first. `text` is JSON. */
function refuseRepeatedKeys(text: string): void {
  const open: Set<string>[] = [];
  for (const [token, colon] of text.matchAll(/[{}]|"(?:[^"\\]|\\.)*"(\s*:)?/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (colon) {
      const key = JSON.parse(token.slice(0, -colon.length)) as string;
      if (open.at(-1)!.has(key)) throw broken(`The header has two entries named ${shown(key)}`);
      open.at(-1)!.add(key);
    }
  }
}

function parseMetadata(metadata: unknown): Record<string, string> {
  if (typeof metadata !== 'object' || metadata === null) throw broken('__metadata__ is no object');
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') throw broken(`__metadata__.${key} is no text`);
  }
  return metadata as Record<string, string>;
}

function parseEntry(key: string, entry: unknown, dataBytes: number) {
  if (typeof entry !== 'object' || entry === null) throw broken(`The header’s entry for ${key} is no object`);
  const { dtype, shape, data_offsets: offsets } = entry as Record<string, unknown>;
  const type = typeof dtype === 'string' && Object.hasOwn(TYPES, dtype) ? TYPES[dtype] : undefined;
  if (!type) throw broken(`${key} has dtype ${shown(dtype)}; ${Object.keys(TYPES).join(', ')} are understood`);
  if (!isCounts(shape) || shape.length > MOST_AXES) throw broken(`${key} has shape ${shown(shape)}`);
  if (!isCounts(offsets) || offsets.length !== 2) throw broken(`${key} has data_offsets ${shown(offsets)}`);
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

const shown = (value: unknown) => (JSON.stringify(value) ?? 'none').slice(0, SHOWN_CHARACTERS);

function broken(message: string): StudioError {
  return new StudioError('bad-weights', message, 'Export the weights again, or choose another .safetensors file.');
}
