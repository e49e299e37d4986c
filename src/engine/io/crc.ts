/** Cyclic redundancy checks of 32 bits, least significant bit first: zip's CRC-32 and TFRecord's CRC-32C (Castagnoli). */

/** `before`: the check of the bytes that these follow. */
type Check = (bytes: Uint8Array, before?: number) => number;

export const crc32: Check = checkWith(0xedb88320);
export const crc32c: Check = checkWith(0x82f63b78);

/** Eight bytes at a time ("slicing by 8", Kounavis and Berry 2005). `polynomial`: bit-reversed. */
function checkWith(polynomial: number): Check {
  const table = new Uint32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    table[byte] = crc;
  }
  for (let i = 256; i < table.length; i++) {
    const one = table[i - 256]!;
    table[i] = (one >>> 8) ^ table[one & 0xff]!;
  }
  return (bytes, before = 0) => {
    let crc = ~before;
    let i = 0;
    for (const end = bytes.length - 7; i < end; i += 8) {
      crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
      crc =
        table[0x700 | (crc & 0xff)]! ^
        table[0x600 | ((crc >>> 8) & 0xff)]! ^
        table[0x500 | ((crc >>> 16) & 0xff)]! ^
        table[0x400 | (crc >>> 24)]! ^
        table[0x300 | bytes[i + 4]!]! ^
        table[0x200 | bytes[i + 5]!]! ^
        table[0x100 | bytes[i + 6]!]! ^
        table[bytes[i + 7]!]!;
    }
    for (; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]!) & 0xff]!;
    return ~crc >>> 0;
  };
}
