/**
 * The orientation that a JPEG's EXIF data asks for. Browsers turn photos upright by it and cannot be told not to;
 * PyTorch's loaders (Pillow) do not. With this, a decoder turns them back. Source: EXIF 2.32, section 4.6.4.
 */

const APP1 = 0xe1;
const START_OF_SCAN = 0xda;
const ORIENTATION_TAG = 0x0112;
const SHORT = 3;

/** 1 (as stored) to 8. 1 for anything that is no JPEG, or has no valid tag. `bytes`: the file, or its first 64 KiB and more. */
export function exifOrientation(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 4 || view.getUint16(0) !== 0xffd8) return 1;
  // Segments: 0xff, marker, length (itself included), contents.
  for (let at = 2; at + 4 <= view.byteLength && view.getUint8(at) === 0xff;) {
    const marker = view.getUint8(at + 1);
    if (marker === START_OF_SCAN) return 1;
    const end = at + 2 + view.getUint16(at + 2);
    const isExif = marker === APP1 && at + 10 <= view.byteLength && view.getUint32(at + 4) === 0x45786966; // "Exif"
    if (isExif)
      return orientationIn(
        new DataView(bytes.buffer, bytes.byteOffset + at + 10, Math.max(0, Math.min(end, view.byteLength) - at - 10)),
      );
    at = end;
  }
  return 1;
}

/** `tiff` begins with the byte order, "II" or "MM", and points to the first directory: 12 bytes an entry. */
function orientationIn(tiff: DataView): number {
  if (tiff.byteLength < 10) return 1;
  const little = tiff.getUint16(0) === 0x4949;
  const directory = tiff.getUint32(4, little);
  if (directory + 2 > tiff.byteLength) return 1;
  const entries = tiff.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > tiff.byteLength) return 1;
    if (tiff.getUint16(entry, little) !== ORIENTATION_TAG) continue;
    const value = tiff.getUint16(entry + 8, little);
    return tiff.getUint16(entry + 2, little) === SHORT && value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** Whether turning upright swaps width and height. */
export function swapsSides(orientation: number): boolean {
  return orientation >= 5;
}

/**
 * The affine map from the upright picture back to the stored one, as a canvas takes it: x = a x' + c y' + e,
 * y = b x' + d y' + f. `width` and `height` are the stored picture's.
 */
export function uprightToStored(
  orientation: number,
  width: number,
  height: number,
): [a: number, b: number, c: number, d: number, e: number, f: number] {
  switch (orientation) {
    case 2:
      return [-1, 0, 0, 1, width, 0];
    case 3:
      return [-1, 0, 0, -1, width, height];
    case 4:
      return [1, 0, 0, -1, 0, height];
    case 5:
      return [0, 1, 1, 0, 0, 0];
    case 6:
      return [0, -1, 1, 0, 0, height];
    case 7:
      return [0, -1, -1, 0, width, height];
    case 8:
      return [0, 1, -1, 0, width, 0];
    default:
      return [1, 0, 0, 1, 0, 0];
  }
}
