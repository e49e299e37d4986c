/**
 * Element types of tensors in files, little endian, and how they come out: any floating type as F32, whole numbers as I64.
 * A file's tensors are described first and read one by one when asked for, so that what is refused takes no memory.
 */
import { StudioError } from '../base/errors';

/** A tensor as we write it; `bytes` little endian, in row-major order. */
export interface StoredTensor {
  dtype: 'F32' | 'I64';
  shape: readonly number[];
  bytes: Uint8Array<ArrayBuffer>;
}

/** A tensor of a file. `read` gives new bytes, as in a `StoredTensor`. */
export interface FileTensor extends Omit<StoredTensor, 'bytes'> {
  read: () => Promise<Uint8Array<ArrayBuffer>>;
}

export interface ElementType {
  bytes: number;
  whole: boolean;
  /** All elements of a buffer, as F32 or I64. */
  decode: (buffer: ArrayBuffer) => Float32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>;
}

export const ELEMENT_TYPES = {
  F16: { bytes: 2, whole: false, decode: fromHalves },
  BF16: { bytes: 2, whole: false, decode: fromBfloat16s },
  F32: { bytes: 4, whole: false, decode: (buffer) => new Float32Array(buffer) },
  F64: { bytes: 8, whole: false, decode: (buffer) => new Float32Array(new Float64Array(buffer)) },
  BOOL: { bytes: 1, whole: true, decode: (buffer) => BigInt64Array.from(new Uint8Array(buffer), BigInt) },
  U8: { bytes: 1, whole: true, decode: (buffer) => BigInt64Array.from(new Uint8Array(buffer), BigInt) },
  I8: { bytes: 1, whole: true, decode: (buffer) => BigInt64Array.from(new Int8Array(buffer), BigInt) },
  I16: { bytes: 2, whole: true, decode: (buffer) => BigInt64Array.from(new Int16Array(buffer), BigInt) },
  I32: { bytes: 4, whole: true, decode: (buffer) => BigInt64Array.from(new Int32Array(buffer), BigInt) },
  I64: { bytes: 8, whole: true, decode: (buffer) => new BigInt64Array(buffer) },
} as const satisfies Readonly<Record<string, ElementType>>;

/** A state dict's have four axes at most. */
export const MOST_AXES = 8;

export interface Layout {
  shape: readonly number[];
  strides: readonly number[];
  /** Of the first element. */
  offset: number;
}

/** The tensor that lies in `storage` from element `offset` on in steps of `strides`: all of it is in there. */
export function fileTensor(storage: Blob, type: ElementType, { shape, strides, offset }: Layout): FileTensor {
  const from = offset * type.bytes;
  const span = spanOf({ shape, strides });
  const read = async () => {
    const buffer = await storage.slice(from, from + span * type.bytes).arrayBuffer();
    if (buffer.byteLength !== span * type.bytes)
      throw new StudioError('bad-weights', 'The file has become shorter while it was read', 'Open it again.');
    const elements = type.decode(buffer);
    const ordered = isRowMajor(shape, strides) ? elements : inRowMajorOrder(elements, shape, strides);
    return new Uint8Array(ordered.buffer);
  };
  return { dtype: type.whole ? 'I64' : 'F32', shape, read };
}

/** Elements from the first to the last, those between them included; 0 if there are none. */
export function spanOf({ shape, strides }: Omit<Layout, 'offset'>): number {
  if (shape.includes(0)) return 0;
  return shape.reduce((span, size, axis) => span + (size - 1) * strides[axis]!, 1);
}

/** Strides of a tensor whose elements lie one behind the other. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
}

/** An axis of one element is never stepped along. */
function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  return rowMajorStrides(shape).every((stride, axis) => shape[axis] === 1 || stride === strides[axis]);
}

function inRowMajorOrder<T extends Float32Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>>(
  elements: T,
  shape: readonly number[],
  strides: readonly number[],
): T {
  const count = shape.reduce((a, b) => a * b, 1);
  const out = (elements instanceof Float32Array ? new Float32Array(count) : new BigInt64Array(count)) as T;
  const index = shape.map(() => 0);
  for (let i = 0, at = 0; i < count; i++) {
    out[i] = elements[at]!;
    // The last axis turns fastest, whatever the strides.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= shape[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}

/** The value of an IEEE half's bits. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

let halves: Float32Array | undefined;

function fromHalves(buffer: ArrayBuffer): Float32Array<ArrayBuffer> {
  const values = (halves ??= Float32Array.from({ length: 65_536 }, (_, bits) => fromHalf(bits)));
  const from = new Uint16Array(buffer);
  const out = new Float32Array(from.length);
  for (let i = 0; i < out.length; i++) out[i] = values[from[i]!]!;
  return out;
}

/** A bfloat16 is the upper half of an f32. */
function fromBfloat16s(buffer: ArrayBuffer): Float32Array<ArrayBuffer> {
  const from = new Uint16Array(buffer);
  const out = new Uint32Array(from.length);
  for (let i = 0; i < out.length; i++) out[i] = from[i]! << 16;
  return new Float32Array(out.buffer);
}
