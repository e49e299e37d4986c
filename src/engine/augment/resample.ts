/**
 * Pillow's antialiased bilinear resizing as whole-number weights, one axis at a time: step 4 of the data's path.
 * A kernel that sums `weight * byte` horizontally, rounds to a byte, then does the same vertically, gives Pillow's
 * pixels exactly. Source: Pillow, `src/libImaging/Resample.c`, `precompute_coeffs` and `normalize_coeffs_8bpc`.
 */
import type { AxisTaps } from './view';

/** Fraction bits of a weight: a byte's 8 and the sign and a spare bit are left of 32. */
export const WEIGHT_BITS = 22;

/** One axis' taps, and the source pixels that they read: `length` px from `from` on. `taps.starts` count from `from`. */
export interface AxisRead {
  from: number;
  length: number;
  taps: AxisTaps;
}

/**
 * The weights for `count` outputs, the first being number `offset`, of a resize from `inSize` to `outSize` px.
 * Outputs outside the resized axis (`offset` < 0, or more than there are) have no weights: they come out black.
 */
export function resizeTaps(inSize: number, outSize: number, offset = 0, count = outSize): AxisRead {
  const windows = Array.from({ length: count }, (_, i) => windowOf(i + offset, inSize, outSize));
  const used = windows.filter((window) => window.end > window.start);
  const from = Math.min(...used.map((window) => window.start));
  const to = Math.max(...used.map((window) => window.end));
  const taps = Math.max(...used.map((window) => window.end - window.start));
  const starts = new Int32Array(count);
  const weights = new Int32Array(count * taps);
  for (const [i, window] of windows.entries()) {
    if (window.end === window.start) continue;
    starts[i] = window.start - from;
    weights.set(weightsOf(window), i * taps);
  }
  return { from, length: to - from, taps: { taps, starts, weights } };
}

/** The source pixels `start` … `end`-1 that one output reads, around `center`, with a triangle of half-width `reach`. */
interface Window {
  start: number;
  end: number;
  center: number;
  reach: number;
}

function windowOf(output: number, inSize: number, outSize: number): Window {
  if (output < 0 || output >= outSize) return { start: 0, end: 0, center: 0, reach: 1 };
  // Pillow skips an axis that keeps its size.
  if (inSize === outSize) return { start: output, end: output + 1, center: output + 0.5, reach: 1 };
  const scale = inSize / outSize;
  const reach = Math.max(scale, 1);
  const center = (output + 0.5) * scale;
  return {
    start: Math.max(0, Math.trunc(center - reach + 0.5)),
    end: Math.min(inSize, Math.trunc(center + reach + 0.5)),
    center,
    reach,
  };
}

function weightsOf({ start, end, center, reach }: Window): number[] {
  const inverse = 1 / reach;
  const raw = Array.from({ length: end - start }, (_, t) =>
    Math.max(0, 1 - Math.abs((t + start - center + 0.5) * inverse)),
  );
  const sum = raw.reduce((a, b) => a + b, 0);
  return raw.map((weight) => Math.trunc((weight / sum) * 2 ** WEIGHT_BITS + 0.5));
}
