/**
 * A JPEG's planes → RGB as libjpeg makes them, to the bit, and so as Pillow and PyTorch see the photo: triangle-filter
 * ("fancy") upsampling of the chroma planes, then the 16-bit fixed-point conversion of JFIF.
 * Source: libjpeg-turbo, `jdsample.c` (h2v1 and h2v2 fancy upsampling) and `jdcolor.c` (build_ycc_rgb_table).
 */
import type { PlaneLayout, Region } from '../augment/view';

type Subsampling = PlaneLayout['subsampling'];

/** The window whose planes tell every pixel of `region`: upsampling looks one chroma sample to each side. */
export function windowOf(
  { left, top, width, height }: Region,
  photoWidth: number,
  photoHeight: number,
  subsampling: Subsampling,
): Region {
  const across = axisWindow(left, width, photoWidth, subsampling.x);
  const down = axisWindow(top, height, photoHeight, subsampling.y);
  return { left: across.from, top: down.from, width: across.length, height: down.length };
}

function axisWindow(from: number, length: number, photo: number, step: 1 | 2): { from: number; length: number } {
  if (step === 1) return { from, length };
  const first = Math.max(0, (from & ~1) - 2);
  const end = Math.min(photo, ((from + length + 1) & ~1) + 2);
  return { from: first, length: end - first };
}

const HALF = 1 << 15;

type Bytes = Uint8ClampedArray<ArrayBuffer>;

/** The RGBA of `region`, [region.height, region.width, 4], alpha 255. The layout's window must hold the region's `windowOf`. */
export function planesToRgba(bytes: Bytes, layout: PlaneLayout, region: Region): Bytes {
  const out = new Uint8ClampedArray(region.width * region.height * 4).fill(255);
  const readRow = rowsOfPlanes(bytes, layout, region);
  for (let y = 0; y < region.height; y++) readRow(y, out, y * region.width * 4);
  return out;
}

/** Row by row: writes row `y` of `region` as RGBA from byte `to` of `out` on, and leaves alpha as it is. */
export function rowsOfPlanes(bytes: Bytes, { window, subsampling }: PlaneLayout, region: Region) {
  const chromaWidth = Math.ceil(window.width / subsampling.x);
  const chromaHeight = Math.ceil(window.height / subsampling.y);
  const cbAt = window.width * window.height;
  const crAt = cbAt + chromaWidth * chromaHeight;
  const left = region.left - window.left;
  const cb = new Uint8Array(region.width + 1);
  const cr = new Uint8Array(region.width + 1);
  return (row: number, out: Bytes, to: number): void => {
    const y = row + region.top - window.top;
    const near = subsampling.y === 2 ? y >> 1 : y;
    const far = subsampling.y === 1 ? near : Math.min(chromaHeight - 1, Math.max(0, near + (y & 1 ? 1 : -1)));
    const [nearAt, farAt] = [near * chromaWidth, far * chromaWidth];
    upsampleRow(bytes, cbAt + nearAt, cbAt + farAt, chromaWidth, subsampling, left, cb);
    upsampleRow(bytes, crAt + nearAt, crAt + farAt, chromaWidth, subsampling, left, cr);
    convertRow(bytes, y * window.width + left, cb, cr, out, to, region.width);
  };
}

/** JFIF's factors times 2^16, as libjpeg rounds them; the array cuts what it is given to a byte. */
function convertRow(
  bytes: Bytes,
  lumaAt: number,
  cb: Uint8Array,
  cr: Uint8Array,
  out: Bytes,
  to: number,
  width: number,
): void {
  for (let x = 0; x < width; x++, to += 4) {
    const luma = bytes[lumaAt + x]!;
    const blue = cb[x]! - 128;
    const red = cr[x]! - 128;
    out[to] = luma + ((Math.imul(91881, red) + HALF) >> 16);
    out[to + 1] = luma + ((HALF - Math.imul(22554, blue) - Math.imul(46802, red)) >> 16);
    out[to + 2] = luma + ((Math.imul(116130, blue) + HALF) >> 16);
  }
}

/**
 * One row of a chroma plane at luma resolution, from luma pixel `left` of the window on. Weights are 3:1 down and across;
 * the two roundings alternate so as neither to brighten nor to darken.
 */
function upsampleRow(
  bytes: Bytes,
  nearAt: number,
  farAt: number,
  chromaWidth: number,
  { x: stepX, y: stepY }: Subsampling,
  left: number,
  out: Uint8Array,
): void {
  const width = out.length - 1;
  if (stepX === 1) {
    for (let i = 0; i < width; i++) out[i] = bytes[nearAt + left + i]!;
    return;
  }
  // Without subsampling down, near and far are the same row: 3 + 1 = 4 times its values, which two more bits divide.
  const evenRound = stepY === 2 ? 8 : 4;
  const oddRound = stepY === 2 ? 7 : 8;
  let i = left >> 1;
  let before = 3 * bytes[nearAt + Math.max(0, i - 1)]! + bytes[farAt + Math.max(0, i - 1)]!;
  let here = 3 * bytes[nearAt + i]! + bytes[farAt + i]!;
  // The first of a pair may lie left of the region, the second right of it.
  for (let x = -(left & 1); x < width; x += 2) {
    i++;
    const after = i < chromaWidth ? 3 * bytes[nearAt + i]! + bytes[farAt + i]! : here;
    if (x >= 0) out[x] = (3 * here + before + evenRound) >> 4;
    out[x + 1] = (3 * here + after + oddRound) >> 4;
    before = here;
    here = after;
  }
}
