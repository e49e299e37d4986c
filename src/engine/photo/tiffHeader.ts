/** What a TIFF's first directory says of its first picture. Format: TIFF 6.0. */

const TAGS = { width: 256, height: 257, orientation: 274 };
const SHORT = 3;

interface TiffHeader {
  type: 'image/tiff';
  width: number;
  height: number;
  orientation: number;
}

/** Undefined where it is none, or where the bytes end before its first directory. */
export function readTiffHeader(view: DataView): TiffHeader | undefined {
  const order = view.getUint16(0);
  const little = order === 0x4949;
  if ((!little && order !== 0x4d4d) || view.getUint16(2, little) !== 42) return undefined;
  const at = view.getUint32(4, little);
  if (at + 2 > view.byteLength) return undefined;
  const count = view.getUint16(at, little);
  if (at + 2 + 12 * count > view.byteLength) return undefined;
  const said = new Map<number, number>();
  for (let entry = at + 2; entry < at + 2 + 12 * count; entry += 12) {
    const isShort = view.getUint16(entry + 2, little) === SHORT;
    said.set(
      view.getUint16(entry, little),
      isShort ? view.getUint16(entry + 8, little) : view.getUint32(entry + 8, little),
    );
  }
  const [width = 0, height = 0] = [said.get(TAGS.width), said.get(TAGS.height)];
  if (width === 0 || height === 0) return undefined;
  const orientation = said.get(TAGS.orientation) ?? 1;
  return { type: 'image/tiff', width, height, orientation: orientation >= 1 && orientation <= 8 ? orientation : 1 };
}
