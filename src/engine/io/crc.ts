/** Cyclic redundancy checks of 32 bits, least significant bit first: zip's CRC-32 and TFRecord's CRC-32C (Castagnoli). */

export const crc32 = checkWith(0xedb88320);
export const crc32c = checkWith(0x82f63b78);

/** `polynomial`: bit-reversed. */
function checkWith(polynomial: number): (bytes: Uint8Array) => number {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    return crc;
  });
  return (bytes) => {
    let crc = 0xffffffff;
    for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]!) & 0xff]!;
    return ~crc >>> 0;
  };
}
