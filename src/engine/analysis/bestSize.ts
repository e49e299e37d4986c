/** Where the best test resolution lies: which size to measure next, and what the measured ones recommend. */
import type { PairedChange, Recommendation, Score, Selection } from '../base/records';
import { inPercent } from '../base/accuracyText';
import { comparePaired } from './confusion';
import { STRIDE } from './resolution';
import { SELECTION_NAMES, selectedValue } from './score';
import { beyondChance, bestPoint, testName } from './sizeChoice';

export interface MeasuredSize {
  /** px */
  size: number;
  /** 1 where a photo was classified right; the same photos in the same order at every size. */
  hits: Uint8Array;
  score: Score;
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

/** The first round: sizes over the range, its ends among them; in order. */
export function coarseSizes({ from, to }: SizeRange): number[] {
  const sizes = Array.from({ length: COARSE }, (_, i) => toStride(from + ((to - from) * i) / (COARSE - 1)));
  return [...new Set(sizes)];
}

/**
 * The size to measure next: a coarse round over the range, then halfway into the gaps beside the best so far, down to 32
 * px. Null when there is nothing left that is worth it.
 */
export function nextSize(
  measured: readonly MeasuredSize[],
  range: SizeRange,
  by: Selection = 'accuracy',
): number | null {
  const known = new Set(measured.map(({ size }) => size));
  const open = coarseSizes(range).find((size) => !known.has(size));
  if (open !== undefined) return open;
  const best = bestOf(measured, by).size;
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

const byHits = (one: MeasuredSize, other: MeasuredSize): PairedChange => comparePaired(one.hits, other.hits);

/**
 * `measured` must not be empty; `trained` px is the size trained at. `change` tells what is within the noise: where it says nothing
 * of what sizes are chosen by, none but the best is.
 */
export function recommendSize<Measured extends MeasuredSize>(
  measured: readonly Measured[],
  trained: number,
  by: Selection = 'accuracy',
  change: (one: Measured, other: Measured) => PairedChange = byHits,
): Recommendation {
  const best = bestOf(measured, by);
  const changes = new Map(measured.flatMap((one) => (one === best ? [] : [[one.size, change(one, best)] as const])));
  const told = by === 'accuracy' || [...changes.values()].every(({ metric }) => metric !== undefined);
  const alike = measured
    .map(({ size }) => size)
    .filter((size) => size === best.size || (told && !beyondChance(changes.get(size)!)))
    .sort((a, b) => a - b);
  const againstTrained = changes.get(trained) ?? null;
  const recommended = alike[0]!;
  const saved = 1 - measured.find(({ size }) => size === recommended)!.macs / best.macs;
  const value = `${inPercent(selectedValue(best.score, by))} %`;
  const what = by === 'accuracy' ? 'is the most accurate size' : `has the highest ${SELECTION_NAMES[by]}`;
  const found = `${best.size} px ${what} measured, ${value}`;
  const smallest = measured.every(({ size }) => size >= best.size);
  const sentence =
    recommended === best.size
      ? `${found}${smallest || !told ? '' : '; no smaller one comes within the noise'}.`
      : `${found}, but ${recommended} px is within the noise of ${best.hits.length} photos (${testName(by)} at 5 %) and costs ${Math.round(100 * saved)} % less.`;
  return { best: best.size, againstTrained, recommended, saved, withinNoise: alike, sentence };
}

function bestOf<Measured extends MeasuredSize>(measured: readonly Measured[], by: Selection): Measured {
  const best = bestPoint(
    measured.map(({ size, score }) => ({ ...score, size })),
    by,
  )!;
  return measured.find(({ size }) => size === best.size)!;
}

const toStride = (size: number) => Math.max(STRIDE, Math.round(size / STRIDE) * STRIDE);
