/**
 * Pillow's resizing on the CPU, the same whole numbers as the GPU's kernel and so the same bytes: for photos too large
 * to send whole, whose views are made where they are decoded, and for the cache of resized photos.
 */
import { resizeTaps, WEIGHT_BITS } from '../augment/resample';
import type { AxisTaps, LoadedView } from '../augment/view';

const HALF = 1 << (WEIGHT_BITS - 1);

type Rgba = Uint8ClampedArray<ArrayBuffer>;

/**
 * `pixels`: RGBA, [height, width, 4]; the result is [outputs of `vertical`, outputs of `horizontal`, 4], alpha 255.
 * Outputs without weights come out black.
 */
export function resizeRgba(
  pixels: Rgba,
  { width, height }: { width: number; height: number },
  horizontal: AxisTaps,
  vertical: AxisTaps,
): Rgba {
  const outWidth = horizontal.starts.length;
  const outHeight = vertical.starts.length;
  const rows = new Uint8ClampedArray(height * outWidth * 3);
  for (let y = 0; y < height; y++) resizeRow(pixels, y * width * 4, horizontal, rows, y * outWidth * 3);
  const out = new Uint8ClampedArray(outHeight * outWidth * 4).fill(255);
  const sums = new Int32Array(outWidth * 3);
  for (let y = 0; y < outHeight; y++) {
    sums.fill(HALF);
    for (let t = 0; t < vertical.taps; t++) {
      const weight = vertical.weights[y * vertical.taps + t]!;
      if (weight !== 0) addRow(sums, rows, (vertical.starts[y]! + t) * outWidth * 3, weight);
    }
    let to = y * outWidth * 4;
    for (let i = 0; i < sums.length; i += 3, to += 4) {
      out[to] = sums[i]! >> WEIGHT_BITS;
      out[to + 1] = sums[i + 1]! >> WEIGHT_BITS;
      out[to + 2] = sums[i + 2]! >> WEIGHT_BITS;
    }
  }
  return out;
}

/** A row of RGBA from byte `from` on → RGB from byte `to` on. */
function resizeRow(source: Rgba, from: number, { taps, starts, weights }: AxisTaps, out: Rgba, to: number): void {
  let w = 0;
  for (let i = 0; i < starts.length; i++, to += 3) {
    let red = HALF;
    let green = HALF;
    let blue = HALF;
    let at = from + starts[i]! * 4;
    for (const end = w + taps; w < end; w++, at += 4) {
      const weight = weights[w]!;
      if (weight === 0) continue;
      red += Math.imul(weight, source[at]!);
      green += Math.imul(weight, source[at + 1]!);
      blue += Math.imul(weight, source[at + 2]!);
    }
    out[to] = red >> WEIGHT_BITS;
    out[to + 1] = green >> WEIGHT_BITS;
    out[to + 2] = blue >> WEIGHT_BITS;
  }
}

function addRow(sums: Int32Array, rows: Rgba, from: number, weight: number): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i]! + Math.imul(weight, rows[from + i]!)) | 0;
}

/** The same view with its crop and resize done already: pixels as they come out, and weights that leave them so. */
export function resizeView({ view, pixels, photoWidth, photoHeight }: LoadedView): LoadedView {
  const { region, horizontal, vertical } = view;
  const [width, height] = [horizontal.starts.length, vertical.starts.length];
  const whole = { left: 0, top: 0, width, height };
  return {
    view: {
      ...view,
      region: whole,
      horizontal: resizeTaps(width, width).taps,
      vertical: resizeTaps(height, height).taps,
    },
    photoWidth,
    photoHeight,
    pixels: resizeRgba(pixels, region, horizontal, vertical),
  };
}
