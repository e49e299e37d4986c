/** Where the best test resolution lies: which size to measure next, and what the measured ones recommend. */
import type { Recommendation } from '../base/records';
import { comparePaired } from './confusion';
import { STRIDE } from './resolution';
import { mostAccurate, SIGNIFICANCE } from './sizeChoice';

export interface MeasuredSize {
  /** px */
  size: number;
  /** 1 where a photo was classified right; the same photos in the same order at every size. */
  hits: Uint8Array;
  /** Multiply-accumulates of one photo at this size. */
  macs: number;
}

export interface SizeRange {
  /** Multiples of 32. */
  from: number;
  to: number;
}

/** Sizes of the first, coarse round. */
const COARSE = 5;

/**
 * The size to measure next: a coarse round over the range, then halfway into the gaps beside the best so far, down to 32
 * px. Null when there is nothing left that is worth it.
 */
export function nextSize(measured: readonly MeasuredSize[], { from, to }: SizeRange): number | null {
  const known = new Set(measured.map(({ size }) => size));
  const coarse = Array.from({ length: COARSE }, (_, i) => toStride(from + ((to - from) * i) / (COARSE - 1)));
  const open = coarse.find((size) => !known.has(size));
  if (open !== undefined) return open;
  const best = bestOf(measured).size;
  const sizes = [...known].sort((a, b) => a - b);
  const at = sizes.indexOf(best);
  const gaps = [
    [sizes[at - 1], best],
    [best, sizes[at + 1]],
  ].flatMap(([a, b]) => (a !== undefined && b !== undefined && b - a > STRIDE ? [{ a, width: b - a }] : []));
  // The wider gap first; of equals the smaller sizes, which are measured sooner.
  const widest = gaps.toSorted((x, y) => y.width - x.width)[0];
  return widest ? toStride(widest.a + widest.width / 2) : null;
}

/** `measured` must not be empty; `trained` px is the size trained at. */
export function recommendSize(measured: readonly MeasuredSize[], trained: number): Recommendation {
  const best = bestOf(measured);
  const own = measured.find(({ size }) => size === trained);
  const againstTrained = own && own.size !== best.size ? comparePaired(own.hits, best.hits) : null;
  const alike = measured
    .filter(({ hits }) => comparePaired(hits, best.hits).p >= SIGNIFICANCE)
    .map(({ size }) => size)
    .sort((a, b) => a - b);
  const recommended = alike[0]!;
  const saved = 1 - measured.find(({ size }) => size === recommended)!.macs / best.macs;
  const accuracy = `${((100 * countOf(best.hits)) / Math.max(1, best.hits.length)).toFixed(1)} %`;
  const found = `${best.size} px is the most accurate size measured, ${accuracy}`;
  const smallest = measured.every(({ size }) => size >= best.size);
  const sentence =
    recommended === best.size
      ? `${found}${smallest ? '' : '; no smaller one comes within the noise'}.`
      : `${found}, but ${recommended} px is within the noise of ${best.hits.length} photos (McNemar's test at 5 %) and costs ${Math.round(100 * saved)} % less.`;
  return { best: best.size, againstTrained, recommended, saved, withinNoise: alike, sentence };
}

function bestOf(measured: readonly MeasuredSize[]): MeasuredSize {
  return mostAccurate(measured.map((one) => ({ ...one, accuracy: countOf(one.hits) })))!;
}

const countOf = (hits: Uint8Array) => hits.reduce((sum, hit) => sum + hit, 0);
const toStride = (size: number) => Math.max(STRIDE, Math.round(size / STRIDE) * STRIDE);
