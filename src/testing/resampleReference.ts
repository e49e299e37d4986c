/** What the resampling kernel must compute, on the CPU, in the plainest way: Pillow's pixels, to the bit. */
import { WEIGHT_BITS } from '../engine/photo/resample';
import type { AxisTaps, View } from '../engine/photo/view';

/**
 * The resized picture, RGB: [outputs of `vertical`, outputs of `horizontal`, 3], mirrored if the view flips. Without a
 * change of colours that is the view itself, [size, size, 3].
 * `pixels` is the region's RGBA: [region.height, region.width, 4].
 */
export function resampleReference(view: View, pixels: Uint8ClampedArray): Uint8ClampedArray<ArrayBuffer> {
  const { region, horizontal, vertical, flip } = view;
  const [width, height] = [horizontal.starts.length, vertical.starts.length];
  const rows = new Uint8ClampedArray(region.height * width * 3);
  for (let y = 0; y < region.height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        rows[(y * width + x) * 3 + c] = weigh(horizontal, x, (at) => pixels[(y * region.width + at) * 4 + c]!);
      }
    }
  }
  const out = new Uint8ClampedArray(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const to = y * width + (flip ? width - 1 - x : x);
      for (let c = 0; c < 3; c++) out[to * 3 + c] = weigh(vertical, y, (at) => rows[(at * width + x) * 3 + c]!);
    }
  }
  return out;
}

function weigh({ taps, starts, weights }: AxisTaps, output: number, byteAt: (source: number) => number): number {
  let sum = 1 << (WEIGHT_BITS - 1);
  for (let t = 0; t < taps; t++) {
    const weight = weights[output * taps + t]!;
    if (weight !== 0) sum += weight * byteAt(starts[output]! + t);
  }
  return sum >> WEIGHT_BITS;
}
