/** Element types of tensors in files, little endian, and how they come out: any floating type as F32, whole numbers as I64. */

/** A tensor as we read and write it; `bytes` little endian, in row-major order. */
export interface StoredTensor {
  dtype: 'F32' | 'I64';
  shape: readonly number[];
  bytes: Uint8Array<ArrayBuffer>;
}

export interface ElementType {
  bytes: number;
  whole: boolean;
  read: (view: DataView, at: number) => number | bigint;
}

export const ELEMENT_TYPES = {
  F16: { bytes: 2, whole: false, read: (view, at) => fromHalf(view.getUint16(at, true)) },
  BF16: { bytes: 2, whole: false, read: (view, at) => fromBfloat16(view.getUint16(at, true)) },
  F32: { bytes: 4, whole: false, read: (view, at) => view.getFloat32(at, true) },
  F64: { bytes: 8, whole: false, read: (view, at) => view.getFloat64(at, true) },
  I32: { bytes: 4, whole: true, read: (view, at) => BigInt(view.getInt32(at, true)) },
  I64: { bytes: 8, whole: true, read: (view, at) => view.getBigInt64(at, true) },
} as const satisfies Readonly<Record<string, ElementType>>;

/**
 * Elements in row-major order of `shape`, from element `offset` of a storage in steps of `strides`, all of which lie within
 * `view`.
 */
export function readElements(
  view: DataView<ArrayBuffer>,
  type: ElementType,
  { shape, strides, offset = 0 }: { shape: readonly number[]; strides: readonly number[]; offset?: number },
): StoredTensor {
  const count = shape.reduce((a, b) => a * b, 1);
  const dtype = type.whole ? 'I64' : 'F32';
  if (type === ELEMENT_TYPES[dtype] && isRowMajor(shape, strides)) {
    const from = view.byteOffset + offset * type.bytes;
    return { dtype, shape, bytes: new Uint8Array(view.buffer.slice(from, from + count * type.bytes)) };
  }
  const [floats, longs] = type.whole ? [null, new BigInt64Array(count)] : [new Float32Array(count), null];
  const index = shape.map(() => 0);
  for (let i = 0, at = offset; i < count; i++) {
    const value = type.read(view, at * type.bytes);
    if (floats) floats[i] = value as number;
    else longs[i] = value as bigint;
    // The last axis turns fastest, whatever the strides.
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis]!;
      if (++index[axis]! < shape[axis]!) break;
      at -= shape[axis]! * strides[axis]!;
      index[axis] = 0;
    }
  }
  return { dtype, shape, bytes: new Uint8Array((floats ?? longs).buffer) };
}

/** Strides of a tensor whose elements lie one behind the other. */
export function rowMajorStrides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
}

/** An axis of one element is never stepped along. */
function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  return rowMajorStrides(shape).every((stride, axis) => shape[axis] === 1 || stride === strides[axis]);
}

/** The value of an IEEE half's bits. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

const scratch = new DataView(new ArrayBuffer(4));

/** The upper half of an f32. */
function fromBfloat16(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}
