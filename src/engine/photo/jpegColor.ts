/**
 * A JPEG's planes → RGB as libjpeg makes them, to the bit, and so as Pillow and PyTorch see the photo: triangle-filter
 * ("fancy") upsampling of the chroma planes, then the 16-bit fixed-point conversion of JFIF.
 * Source: libjpeg-turbo, `jdsample.c` (h2v1 and h2v2 fancy upsampling) and `jdcolor.c` (build_ycc_rgb_table).
 */
import type { PlaneLayout, Region } from './view';
import { openPixelRows, type PixelRows, type RowSource, VECTOR_BYTES } from './pixelRows';

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

type Bytes = Uint8ClampedArray<ArrayBuffer>;

/** The RGBA of `region`, [region.height, region.width, 4], alpha 255. The layout's window must hold the region's `windowOf`. */
export function planesToRgba(bytes: Bytes, layout: PlaneLayout, region: Region): Bytes {
  const source = rowsOfPlanes(bytes, layout, region);
  const end = source.sizeBytes + region.width * region.height * 4;
  const kernels = openPixelRows(end + VECTOR_BYTES);
  const readRow = source.open(kernels);
  for (let y = 0; y < region.height; y++) readRow(y, source.sizeBytes + y * region.width * 4);
  return new Uint8ClampedArray(kernels.memory.buffer).slice(source.sizeBytes, end);
}

/** The same, row by row. Weights are 3:1 down and across; the two roundings alternate so as neither to brighten nor to darken. */
export function rowsOfPlanes(bytes: Bytes, { window, subsampling }: PlaneLayout, region: Region): RowSource {
  const chromaWidth = Math.ceil(window.width / subsampling.x);
  const chromaHeight = Math.ceil(window.height / subsampling.y);
  const left = region.left - window.left;
  const lumaAt = VECTOR_BYTES;
  const cbAt = lumaAt + window.width * window.height;
  const crAt = cbAt + chromaWidth * chromaHeight;
  const planesEnd = crAt + chromaWidth * chromaHeight;
  const cbRow = planesEnd + VECTOR_BYTES;
  const rowBytes = 2 * chromaWidth + VECTOR_BYTES;
  const crRow = cbRow + rowBytes;
  // Without subsampling down, near and far are the same row: 3 + 1 = 4 times its values, which two more bits divide.
  const [evenRound, oddRound] = subsampling.y === 2 ? [8, 7] : [4, 8];
  const open = ({ memory, upsample, convert }: PixelRows) => {
    const at = new Uint8Array(memory.buffer);
    at.set(bytes.subarray(0, planesEnd - lumaAt), lumaAt);
    const upsampleRow = (near: number, far: number, out: number) => {
      upsample(near, far, chromaWidth, evenRound, oddRound, out);
      const last = chromaWidth - 1;
      at[out] = (4 * (3 * at[near]! + at[far]!) + evenRound) >> 4;
      at[out + 2 * last + 1] = (4 * (3 * at[near + last]! + at[far + last]!) + oddRound) >> 4;
    };
    return (row: number, to: number) => {
      const y = row + region.top - window.top;
      const near = subsampling.y === 2 ? y >> 1 : y;
      const far = subsampling.y === 1 ? near : Math.min(chromaHeight - 1, Math.max(0, near + (y & 1 ? 1 : -1)));
      const [nearAt, farAt] = [near * chromaWidth, far * chromaWidth];
      const luma = lumaAt + y * window.width + left;
      if (subsampling.x === 1) {
        convert(luma, cbAt + nearAt + left, crAt + nearAt + left, region.width, to);
        return;
      }
      upsampleRow(cbAt + nearAt, cbAt + farAt, cbRow);
      upsampleRow(crAt + nearAt, crAt + farAt, crRow);
      convert(luma, cbRow + left, crRow + left, region.width, to);
    };
  };
  return { sizeBytes: Math.ceil((crRow + rowBytes) / 4) * 4, open };
}
