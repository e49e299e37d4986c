/** Results as rows that a chart draws and a table shows; never more than 500 rows. */
import { range } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { type Cdf, cdfEnd } from '../engine/analysis/cdf';
import type { ExperimentRow, RatePoint, Score } from '../engine/base/records';
import { formatAccuracy, formatSigned } from '../words/format';
import { intervalOf } from './selectors';
import { binned, thinned } from '../protocol/series';
import type { SweepResult, TrainingResult } from './state';

/** What a training is judged by; loss in nats, accuracy drawn in percent. */
export type Metric = 'loss' | 'accuracy';

/** A row of a training's chart: a point of the batches, an epoch's means, or both at one step. */
export interface TrainingRow {
  step: number;
  batch?: number;
  /** A moving average of `batch`. */
  smoothed?: number;
  /** The epoch that ends with this step. */
  epoch?: number;
  train?: number;
  validation?: number;
  /** The 95 % interval of `validation`, of accuracies only. */
  band?: [number, number];
}

export interface TrainingRows {
  rows: TrainingRow[];
  /** Batches that each `batch` is the mean of. */
  batchesAPoint: number;
}

/** Points drawn: Recharts' time grows with every row. */
const BATCHES_DRAWN = 150;
const EPOCHS_DRAWN = 100;

export function trainingRows({ series, epochs }: TrainingResult, metric: Metric): TrainingRows {
  const unit = metric === 'accuracy' ? 100 : 1;
  const { points, stride } = binned(series, BATCHES_DRAWN);
  const rows = new Map<number, TrainingRow>();
  const smooth = movingAverages(points.map((point) => point[metric] * unit));
  points.forEach((point, i) => {
    rows.set(point.step, { step: point.step, batch: point[metric] * unit, smoothed: smooth[i]! });
  });
  for (const { step, record } of thinned(epochs, EPOCHS_DRAWN)) {
    const { epoch, train, validation } = record;
    rows.set(step, {
      ...rows.get(step),
      step,
      epoch,
      train: train[metric] * unit,
      validation: validation[metric] * unit,
      ...(metric === 'accuracy' && { band: percentInterval(validation) }),
    });
  }
  return { rows: [...rows.values()].sort((a, b) => a.step - b.step), batchesAPoint: stride };
}

const KEPT_SHARE = 0.9;

/** Exponential, without the pull towards 0 at its beginning (Adam's correction). */
export function movingAverages(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value, i) => {
    sum = KEPT_SHARE * sum + (1 - KEPT_SHARE) * value;
    return sum / (1 - KEPT_SHARE ** (i + 1));
  });
}

function percentInterval(score: Score): [number, number] {
  const { low, high } = intervalOf(score);
  return [100 * low, 100 * high];
}

/** One measured size; accuracy and its 95 % interval in percent. */
export interface SweepRow {
  size: number;
  accuracy: number;
  band: [number, number];
}

export function sweepRows(points: SweepResult['points']): SweepRow[] {
  return points.map((point) => ({ size: point.size, accuracy: point.accuracy * 100, band: percentInterval(point) }));
}

/** Accuracies by class index, in percent; classes without photos are left out. */
export type ClassRow = { size: number } & Partial<Record<string, number>>;

export function classRows(points: SweepResult['points']): ClassRow[] {
  return points.map(({ size, classes }) => {
    const known = classes.flatMap((share, index) => (share === null ? [] : [[String(index), share * 100] as const]));
    return { ...Object.fromEntries(known), size };
  });
}

/** At most `limit` classes in their order: where there are more, those whose accuracy differs most between sizes. */
export function shownClasses(points: SweepResult['points'], limit: number): number[] {
  const spread = (index: number) => {
    const shares = points.flatMap(({ classes }) => classes[index] ?? []);
    return shares.length === 0 ? -1 : Math.max(...shares) - Math.min(...shares);
  };
  const measured = [...(points[0]?.classes.keys() ?? [])].filter((index) => spread(index) >= 0);
  return measured
    .sort((a, b) => spread(b) - spread(a))
    .slice(0, limit)
    .sort((a, b) => a - b);
}

/** Shares of activations <= x by series key, in percent. */
export type CdfRow = { x: number } & Partial<Record<string, number>>;

export interface CdfCurve {
  key: string;
  cdf: Cdf;
}

/** How the values are laid out along the axis. */
export type CdfScale = 'linear' | 'log';

/** A logarithmic axis begins at this share of its end. */
const LOG_SPAN = 1000;

/**
 * The curves on one grid of `count` values, from 0 to where the widest of them reaches 99.5 %: behind that there is
 * nothing to see. A logarithmic grid spans three powers of ten below that. Between the points of a curve, straight lines.
 */
export function cdfRows(curves: readonly CdfCurve[], scale: CdfScale = 'linear', count = 200): CdfRow[] {
  const drawn = curves.filter(({ cdf }) => cdf.length > 0);
  if (drawn.length === 0) return [];
  const end = Math.max(...drawn.map(({ cdf }) => cdfEnd(cdf)));
  const cursors = drawn.map(() => -1);
  return Array.from({ length: count }, (_, i) => {
    const along = i / (count - 1);
    const x = scale === 'log' ? end * LOG_SPAN ** (along - 1) : end * along;
    const row: CdfRow = { x };
    drawn.forEach(({ key, cdf }, c) => {
      let at = cursors[c]!;
      while (at + 1 < cdf.length && cdf[at + 1]!.x <= x) at++;
      cursors[c] = at;
      row[key] = shareAt(x, cdf[at], cdf[at + 1]) * 100;
    });
    return row;
  });
}

function shareAt(x: number, before?: { x: number; p: number }, after?: { x: number; p: number }): number {
  if (!before) return 0;
  if (!after) return before.p;
  return before.p + ((after.p - before.p) * (x - before.x)) / (after.x - before.x);
}

/** Powers of ten between two values, and twice and five times them. */
export function logTicks(from: number, to: number): number[] {
  const decades = range(Math.floor(Math.log10(from)), Math.ceil(Math.log10(to)));
  const ticks = decades.flatMap((decade) => [1, 2, 5].map((factor) => Number(`${factor}e${decade}`)));
  return ticks.filter((tick) => tick >= from && tick <= to);
}

/** Round ticks from 0 to at least `max`, about `count` steps; of nothing, 0 and 1. */
export const niceTicks = (max: number, count = 5): number[] => (max > 0 ? roundTicks(0, max, count) : [0, 1]);

/** Round ticks from at most `low` to at least `high`. */
const roundTicks = (low: number, high: number, count: number): number[] =>
  scaleLinear().domain([low, high]).nice(count).ticks(count);

/** Powers of ten from one to another. */
export function powersOfTen(from: number, to: number): number[] {
  const [first, last] = [from, to].map((value) => Math.round(Math.log10(value))) as [number, number];
  return range(first, last + 1).map((power) => Number(`1e${power}`));
}

/** An axis for what is worth seeing of a search: its fall, and as much again above. What runs away leaves the plot. */
export function rateTicks(points: readonly RatePoint[]): number[] {
  if (points.length === 0) return niceTicks(1);
  const losses = points.map(({ smoothedLoss }) => smoothedLoss);
  const least = Math.min(...losses);
  const fall = Math.max(...losses.slice(0, losses.indexOf(least) + 1)) - least;
  const most = Math.min(Math.max(...losses), least + Math.max(2 * fall, LEAST_SPAN));
  return roundTicks(least, Math.max(most, least + LEAST_SPAN), 4);
}

/** Nats. */
const LEAST_SPAN = 0.1;

/** Epochs that an axis names: all up to ten, else round ones. */
export function epochTicks(epochs: number): number[] {
  if (epochs <= 10) return range(1, epochs + 1);
  return niceTicks(epochs, 6).filter((tick) => tick > 0 && tick <= epochs);
}

/** At most seven of sorted values, spread over them by their distance: neither names nor gaps crowd. */
export function spreadTicks(xs: readonly number[]): number[] {
  const room = (xs.at(-1)! - xs[0]!) / 7;
  return xs.reduce<number[]>((ticks, x) => (ticks.length > 0 && x - ticks.at(-1)! < room ? ticks : [...ticks, x]), []);
}

/** Ticks of an axis in percent: tens, or twenties where there are many. */
export function percentTicks([low, high]: readonly [number, number]): number[] {
  const step = high - low > 50 ? 20 : 10;
  return range(low, high + 1, step);
}

/** An axis around accuracies in percent: whole tens, twenties where it is wide, at least 20, within 0 to 100. */
export function accuracyDomain(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 100];
  let low = Math.max(0, Math.floor((Math.min(...values) - 2) / 10) * 10);
  let high = Math.min(100, Math.ceil((Math.max(...values) + 2) / 10) * 10);
  while (high - low < 20) {
    if (high < 100) high += 10;
    else low -= 10;
  }
  if (high - low > 50) {
    low -= low % 20;
    high += high % 20;
  }
  return [low, high];
}

/** A line of an experiment's chart; accuracy in percent. */
export interface DotRow {
  /** Unique. */
  label: string;
  accuracy: number;
  /** Distances to the interval's ends. */
  reach: [number, number];
  /** That it was measured on. */
  photos: number;
  /** Which views it was tuned on. */
  kind: 'none' | 'train' | 'test';
  /** Stands at the dot, in place of the accuracy. */
  figure?: string;
  /** Where it is a mean over seeds: each one's. */
  seeds?: readonly number[];
}

/** Labels say what sets a row apart: its sizes only where rows differ in them. */
export function dotRows(rows: readonly ExperimentRow[]): DotRow[] {
  const severalSizes = new Set(rows.map(({ testSize }) => testSize)).size > 1;
  const severalTrained = new Set(rows.flatMap((row) => (row.views ? [] : [row.trainSize]))).size > 1;
  return rows.map(({ name, views, trainSize, testSize, score }) => {
    const { low, high } = intervalOf(score);
    const accuracy = score.accuracy * 100;
    const trained = severalTrained ? `, trained at ${trainSize} px` : '';
    const size = severalSizes ? `, tested at ${testSize} px` : '';
    return {
      label: `${name}${views ? `, ${views} views` : ''}${trained}${size}`,
      accuracy,
      reach: [accuracy - low * 100, high * 100 - accuracy],
      photos: score.count,
      kind: views ?? 'none',
    };
  });
}

interface Tuning {
  /** The weights before in their own view and at `size` px, and what fine-tuning there has come to. */
  own: Score | null;
  same: Score | null;
  tuned: Score | null;
  size: number;
}

/** The way from the baseline to the fine-tuned network, a line each, as far as it has been measured. */
export function tuningRows({ own, same, tuned, size }: Tuning): DotRow[] {
  const before = own ?? same;
  const row = (label: string, kind: DotRow['kind'], score: Score | null): DotRow[] => {
    if (!score) return [];
    const [low, high] = percentInterval(score);
    const accuracy = 100 * score.accuracy;
    const changed = before && score.correct !== before.correct;
    const gain = changed ? `, ${formatSigned(score.accuracy - before.accuracy, score.count)}` : '';
    const figure = `${formatAccuracy(score.accuracy, score.count)}${gain}`;
    return [{ label, accuracy, photos: score.count, reach: [accuracy - low, high - accuracy], kind, figure }];
  };
  return [
    ...row('baseline, its own view', 'none', own),
    ...row(`tested at ${size} px`, 'test', same),
    ...row(`fine-tuned at ${size} px`, 'test', tuned),
  ];
}
