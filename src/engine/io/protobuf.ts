/**
 * Protocol buffers' wire format, as far as writing goes: a message is its fields one behind the other. Payloads are kept in
 * pieces, so that weights are not copied. Format: protobuf.dev/programming-guides/encoding.
 */

/** A message, or a part of one. */
export type Encoded = readonly Uint8Array<ArrayBuffer>[];

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

export const message = (...fields: readonly Encoded[]): Encoded => fields.flat();

/** A whole number of at least 0. */
export function integerField(field: number, value: number): Encoded {
  return [Uint8Array.from([...varint(field * 8 + VARINT), ...varint(value)])];
}

export function floatField(field: number, value: number): Encoded {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [Uint8Array.from([...varint(field * 8 + FIXED32), ...bytes])];
}

export function doubleField(field: number, value: number): Encoded {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return [Uint8Array.from([...varint(field * 8 + FIXED64), ...bytes])];
}

/** A message within a message, or bytes. */
export function nestedField(field: number, payload: Encoded): Encoded {
  const length = payload.reduce((sum, piece) => sum + piece.length, 0);
  return [Uint8Array.from([...varint(field * 8 + LENGTH_DELIMITED), ...varint(length)]), ...payload];
}

export const textField = (field: number, text: string): Encoded => nestedField(field, [new TextEncoder().encode(text)]);

/** Seven bits a byte, the lowest first; of numbers up to 2^53. */
function varint(value: number): number[] {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} is no count`);
  const bytes: number[] = [];
  for (; value >= 128; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return [...bytes, value];
}
