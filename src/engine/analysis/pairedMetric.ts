/**
 * Whether one of two classifiers is better on the same photos by a mean over classes, which has no exact test.
 *
 * p is the paired permutation test's, whose null hypothesis is McNemar's: a photo's two answers could as well be exchanged (Noreen
 * 1989, Computer-intensive methods for testing hypotheses; of F measures: Yeh 2000, More accurate tests for the statistical significance
 * of result differences). The observed answers are counted among the exchanged ones, so that it is never 0 (Phipson and Smyth 2010).
 *
 * The interval is the paired bootstrap's, percentiles of the difference (Efron and Tibshirani 1993, An introduction to the bootstrap,
 * chapter 13): photos are drawn within their classes, which keep their counts, since both metrics are means over classes.
 *
 * Photos of the same label and answers are one cell with a count: large ones are drawn as a whole, by binomials.
 */
import type { MetricChange } from '../base/records';
import { fork, type Rng } from '../base/rng';
import { binomialDraws, fairDraws } from './binomial';

const EXCHANGES = 10_000;
const RESAMPLES = 2000;
const LEVEL = 0.95;
/** The same answers have the same interval and p wherever they are compared. */
const SEED = 1;
/** A cell of fewer photos is drawn photo by photo. */
const LARGE = 16;
/** Of two sums of the same fractions in another order. */
const ROUNDING = 1e-12;

type Answers = Readonly<Record<'labels' | 'before' | 'after', ArrayLike<number>>>;
type Metric = MetricChange['by'];

/** @param answers Labels of photos, and what either took them for, [photos]; -1 where one could not be read: it is left out. */
export function compareByMetric(answers: Answers, classes: number, by: Metric): MetricChange {
  const cells = cellsOf(answers, classes, by);
  const counts = new Int32Array(classes);
  for (let i = 0; i < cells.count.length; i++) counts[cells.label[i]!]! += cells.count[i]!;
  const tally = new Tally(counts, by);
  for (let i = 0; i < cells.count.length; i++) tally.add(cells, i, cells.count[i]!);
  const difference = tally.difference();
  const p = shareAsFar(cells, tally);
  return { by, difference, ...interval(resampled(cells, tally)), p };
}

/** Photos that have their label and both answers in common: columns, by label, then the most photos first. */
interface Cells {
  label: Int32Array;
  before: Int32Array;
  after: Int32Array;
  count: Int32Array;
}

function cellsOf({ labels, before, after }: Answers, classes: number, by: Metric): Cells {
  // Beyond all classes: any wrong answer, where it does not matter which.
  const wrong = classes;
  const base = classes + 1;
  const counts = new Map<number, number>();
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    let [was, is] = [before[i]!, after[i]!];
    if (was < 0 || is < 0) continue;
    if (by === 'balancedAccuracy') {
      const [wasRight, isRight] = [was === label, is === label];
      // Nor does it, of what has not changed, whether it is right.
      was = wasRight || !isRight ? label : wrong;
      is = isRight || !wasRight ? label : wrong;
    }
    const key = (label * base + was) * base + is;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const labelOf = (key: number) => Math.floor(key / base ** 2);
  const keys = [...counts.keys()].sort((a, b) => labelOf(a) - labelOf(b) || counts.get(b)! - counts.get(a)! || a - b);
  return {
    label: Int32Array.from(keys, labelOf),
    before: Int32Array.from(keys, (key) => Math.floor(key / base) % base),
    after: Int32Array.from(keys, (key) => key % base),
    count: Int32Array.from(keys, (key) => counts.get(key)!),
  };
}

/** What both metrics are made of: of either classifier, photos named each class, and those of them that are. */
class Tally {
  private readonly namedBefore: Int32Array;
  private readonly namedAfter: Int32Array;
  private readonly rightBefore: Int32Array;
  private readonly rightAfter: Int32Array;

  /** @param counts Photos of each class. */
  constructor(
    readonly counts: Int32Array,
    readonly by: Metric,
  ) {
    const classes = counts.length;
    [this.namedBefore, this.namedAfter] = [new Int32Array(classes + 1), new Int32Array(classes + 1)];
    [this.rightBefore, this.rightAfter] = [new Int32Array(classes), new Int32Array(classes)];
  }

  reset(other: Tally): void {
    this.namedBefore.set(other.namedBefore);
    this.namedAfter.set(other.namedAfter);
    this.rightBefore.set(other.rightBefore);
    this.rightAfter.set(other.rightAfter);
  }

  add(cells: Cells, cell: number, count: number): void {
    this.put(cells.label[cell]!, cells.before[cell]!, cells.after[cell]!, count);
  }

  /** Exchanges the answers of so many of a cell's photos. */
  exchange(cells: Cells, cell: number, count: number): void {
    const [label, before, after] = [cells.label[cell]!, cells.before[cell]!, cells.after[cell]!];
    this.put(label, before, after, -count);
    this.put(label, after, before, count);
  }

  private put(label: number, before: number, after: number, count: number): void {
    this.namedBefore[before]! += count;
    this.namedAfter[after]! += count;
    if (before === label) this.rightBefore[label]! += count;
    if (after === label) this.rightAfter[label]! += count;
  }

  difference(): number {
    return this.value(this.namedAfter, this.rightAfter) - this.value(this.namedBefore, this.rightBefore);
  }

  /** As `classMetrics` has them, of classes that have photos or, for F1, were named. */
  private value(named: Int32Array, right: Int32Array): number {
    const isF1 = this.by === 'macroF1';
    let [sum, terms] = [0, 0];
    for (let k = 0; k < right.length; k++) {
      const all = isF1 ? (this.counts[k]! + named[k]!) / 2 : this.counts[k]!;
      if (all === 0) continue;
      sum += right[k]! / all;
      terms++;
    }
    return terms > 0 ? sum / terms : 0;
  }
}

/** Differences in the bootstrap's samples, the least first. */
function resampled(cells: Cells, { counts, by }: Tally): Float64Array {
  const rng = fork(SEED, 0);
  const draw = binomialDraws(rng, Math.max(0, ...counts));
  const strata = Array.from(counts, (count, k) => {
    const own = Array.from(cells.label.keys()).filter((cell) => cells.label[cell] === k);
    const large = own.filter((cell) => cells.count[cell]! >= LARGE);
    const small = own.slice(large.length);
    return { count, large, photos: Int32Array.from(small.flatMap((cell) => repeated(cell, cells.count[cell]!))) };
  });
  const tally = new Tally(counts, by);
  const empty = new Tally(counts, by);
  const differences = new Float64Array(RESAMPLES);
  for (let i = 0; i < RESAMPLES; i++) {
    tally.reset(empty);
    for (const { count, large, photos } of strata) {
      let [wanted, among] = [count, count];
      for (const cell of large) {
        const drawn = draw(wanted, cells.count[cell]! / among);
        tally.add(cells, cell, drawn);
        wanted -= drawn;
        among -= cells.count[cell]!;
      }
      for (; wanted > 0; wanted--) tally.add(cells, photos[below(rng, photos.length)]!, 1);
    }
    differences[i] = tally.difference();
  }
  return differences.sort();
}

const repeated = (cell: number, count: number): number[] => Array.from({ length: count }, () => cell);

/** Uniform in 0 … n-1, of 32 bits. */
const below = (rng: Rng, n: number): number => Math.floor(((rng.bits() >>> 0) / 2 ** 32) * n);

/** The share of exchanges that make as large a difference as was observed, one way or the other. */
function shareAsFar(cells: Cells, observed: Tally): number {
  const least = Math.abs(observed.difference()) - ROUNDING;
  if (least <= 0) return 1;
  const changed = Array.from(cells.count.keys()).filter((cell) => cells.before[cell] !== cells.after[cell]);
  const coins = fairDraws(fork(SEED, 1));
  const tally = new Tally(observed.counts, observed.by);
  let asFar = 1;
  for (let i = 0; i < EXCHANGES; i++) {
    tally.reset(observed);
    for (const cell of changed) tally.exchange(cells, cell, coins(cells.count[cell]!));
    if (Math.abs(tally.difference()) >= least) asFar++;
  }
  return asFar / (EXCHANGES + 1);
}

/** Percentiles, between neighbours in proportion. */
function interval(sorted: Float64Array): { low: number; high: number } {
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const first = Math.floor(place);
    const [low, high] = [sorted[first]!, sorted[Math.min(first + 1, sorted.length - 1)]!];
    return low + (place - first) * (high - low);
  };
  return { low: at((1 - LEVEL) / 2), high: at((1 + LEVEL) / 2) };
}
