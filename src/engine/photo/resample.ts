/**
 * Pillow's antialiased bilinear and bicubic resizing as whole-number weights, one axis at a time: step 4 of the data's path.
 * A kernel that sums `weight * byte` horizontally, rounds to a byte, then does the same vertically, gives Pillow's
 * pixels exactly. Source: Pillow, `src/libImaging/Resample.c`, `precompute_coeffs` and `normalize_coeffs_8bpc`.
 */
import type { AxisTaps, Filter } from './view';

/** Fraction bits of a weight: a byte's 8 and the sign and a spare bit are left of 32. */
export const WEIGHT_BITS = 22;

/** One axis' taps, and the source pixels that they read: `length` px from `from` on. `taps.starts` count from `from`. */
export interface AxisRead {
  from: number;
  length: number;
  taps: AxisTaps;
}

export interface TapOptions {
  offset?: number;
  count?: number;
  filter?: Filter;
}

/** A filter's half-width in (larger) pixels, and its height at `t` >= 0. */
const KERNELS: Record<Filter, { support: number; weigh: (t: number) => number }> = {
  bilinear: { support: 1, weigh: (t) => Math.max(0, 1 - t) },
  bicubic: { support: 2, weigh: bicubic },
};

/** Keys' cubic with a = -0.5, in the order of Pillow's operations. */
function bicubic(t: number): number {
  if (t < 1) return (1.5 * t - 2.5) * t * t + 1;
  return t < 2 ? (((t - 5) * t + 8) * t - 4) * -0.5 : 0;
}

/**
 * The weights for `count` outputs, the first being number `offset`, of a resize from `inSize` to `outSize` px.
 * Outputs outside the resized axis (`offset` < 0, or more than there are) have no weights: they come out black.
 */
export function resizeTaps(
  inSize: number,
  outSize: number,
  { offset = 0, count = outSize, filter = 'bilinear' }: TapOptions = {},
): AxisRead {
  const kernel = KERNELS[filter];
  const windows: Window[] = [];
  let from = Infinity;
  let to = 0;
  let taps = 0;
  for (let i = 0; i < count; i++) {
    const window = windowOf(i + offset, inSize, outSize, kernel.support);
    windows.push(window);
    const { start, end } = window;
    if (end === start) continue;
    from = Math.min(from, start);
    to = Math.max(to, end);
    taps = Math.max(taps, end - start);
  }
  const starts = new Int32Array(count);
  const weights = new Int32Array(count * taps);
  const raw = new Float64Array(taps);
  for (let i = 0; i < count; i++) {
    const window = windows[i]!;
    if (window.end === window.start) continue;
    starts[i] = window.start - from;
    writeWeights(window, kernel.weigh, raw, weights, i * taps);
  }
  return { from, length: to - from, taps: { taps, starts, weights } };
}

/** The source pixels `start` … `end`-1 that one output reads, around `center`; `stretch` source px are 1 to the filter. */
interface Window {
  start: number;
  end: number;
  center: number;
  stretch: number;
}

function windowOf(output: number, inSize: number, outSize: number, support: number): Window {
  if (output < 0 || output >= outSize) return { start: 0, end: 0, center: 0, stretch: 1 };
  // Pillow skips an axis that keeps its size.
  if (inSize === outSize) return { start: output, end: output + 1, center: output + 0.5, stretch: 1 };
  const scale = inSize / outSize;
  const stretch = Math.max(scale, 1);
  const reach = support * stretch;
  const center = (output + 0.5) * scale;
  return {
    start: Math.max(0, Math.trunc(center - reach + 0.5)),
    end: Math.min(inSize, Math.trunc(center + reach + 0.5)),
    center,
    stretch,
  };
}

/** To `weights` from `at` on; `raw` is room for the unrounded ones. */
function writeWeights(
  { start, end, center, stretch }: Window,
  weigh: (t: number) => number,
  raw: Float64Array,
  weights: Int32Array,
  at: number,
): void {
  const inverse = 1 / stretch;
  const length = end - start;
  let sum = 0;
  for (let t = 0; t < length; t++) {
    const weight = weigh(Math.abs((t + start - center + 0.5) * inverse));
    raw[t] = weight;
    sum += weight;
  }
  for (let t = 0; t < length; t++) {
    const scaled = (raw[t]! / sum) * 2 ** WEIGHT_BITS;
    weights[at + t] = Math.trunc(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
  }
}
