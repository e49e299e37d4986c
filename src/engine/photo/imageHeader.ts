/**
 * What a photo's first bytes say before anything is decoded: its true format, whatever the file is called, its size,
 * and how EXIF wants it turned. Sources: ITU T.81 B.2.2, PNG 11.2.2, GIF89a 18, RFC 9649 (WebP), ISO 14496-12 `ispe`.
 */
import { exifOrientation } from './exifOrientation';
import { readTiffHeader } from './tiffHeader';

export type ImageType =
  | 'image/jpeg'
  | 'image/png'
  | 'image/gif'
  | 'image/bmp'
  | 'image/webp'
  | 'image/avif'
  | 'image/tiff';

export interface ImageHeader {
  type: ImageType;
  /** As stored, before any turning, px. */
  width: number;
  height: number;
  /** EXIF's, 1 (as stored) to 8. */
  orientation: number;
}

type Size = readonly [width: number, height: number];

/** Undefined for anything that is no whole header of a format that browsers decode. `bytes`: the file, or its start. */
export function readImageHeader(bytes: Uint8Array): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.byteLength < 26) return undefined;
  const of = (type: ImageType, size: Size | undefined, orientation = 1): ImageHeader | undefined =>
    size && size[0] > 0 && size[1] > 0 ? { type, width: size[0], height: size[1], orientation } : undefined;
  const tag = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  if (view.getUint16(0) === 0xffd8) return of('image/jpeg', jpegSize(view), exifOrientation(bytes));
  if (view.getUint32(0) === 0x89504e47) return of('image/png', [view.getUint32(16), view.getUint32(20)]);
  if (tag(0) === 'GIF8') return of('image/gif', [view.getUint16(6, true), view.getUint16(8, true)]);
  if (tag(0).startsWith('BM')) {
    return of('image/bmp', [Math.abs(view.getInt32(18, true)), Math.abs(view.getInt32(22, true))]);
  }
  if (tag(0) === 'RIFF' && tag(8) === 'WEBP') return of('image/webp', webpSize(view, tag(12)));
  if (tag(0).startsWith('II') || tag(0).startsWith('MM')) return readTiffHeader(view);
  if (tag(4) === 'ftyp' && /^avi[fs]/.test(tag(8))) return of('image/avif', avifSize(view));
  return undefined;
}

/** The frame header's: any start-of-frame marker but the tables' that share its range (DHT, JPG, DAC). */
function jpegSize(view: DataView): Size | undefined {
  for (let at = 2; at + 9 <= view.byteLength && view.getUint8(at) === 0xff;) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at++;
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (isFrame) return [view.getUint16(at + 7), view.getUint16(at + 5)];
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

function webpSize(view: DataView, chunk: string): Size | undefined {
  if (view.byteLength < 30) return undefined;
  if (chunk === 'VP8 ') return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
  if (chunk === 'VP8L') {
    const bits = view.getUint32(21, true);
    return [(bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1];
  }
  if (chunk !== 'VP8X') return undefined;
  const side = (at: number) => view.getUint16(at, true) + (view.getUint8(at + 2) << 16) + 1;
  return [side(24), side(27)];
}

/** The largest of the spatial extents: thumbnails and grid tiles have theirs beside the picture's. */
function avifSize(view: DataView): Size | undefined {
  let largest: Size | undefined;
  const end = Math.min(view.byteLength, 4096) - 16;
  for (let at = 0; at <= end; at++) {
    if (view.getUint32(at) !== 0x69737065) continue; // "ispe"
    const size: Size = [view.getUint32(at + 8), view.getUint32(at + 12)];
    if (!largest || size[0] * size[1] > largest[0] * largest[1]) largest = size;
  }
  return largest;
}
