/** Results as rows that a chart draws and a table shows; never more than 500 rows. */
import { intervalOf } from './findings';
import { thinned } from './series';
import type { SweepResult, TrainingResult } from './state';

/** A row of the loss chart: batches, epoch means or both at one step. */
export interface LossRow {
  step: number;
  batch?: number;
  train?: number;
  validation?: number;
}

export function lossRows({ series, epochs }: TrainingResult): LossRow[] {
  const rows = new Map<number, LossRow>();
  for (const { step, loss } of thinned(series.points, 400)) rows.set(step, { step, batch: loss });
  for (const { step, record } of thinned(epochs, 100)) {
    rows.set(step, { ...rows.get(step), step, train: record.train.loss, validation: record.validation.loss });
  }
  return [...rows.values()].sort((a, b) => a.step - b.step);
}

/** Accuracies in percent. */
export interface AccuracyRow {
  epoch: number;
  train: number;
  validation: number;
}

export function accuracyRows({ epochs }: TrainingResult): AccuracyRow[] {
  return thinned(epochs).map(({ record: { epoch, train, validation } }) => ({
    epoch,
    train: train.accuracy * 100,
    validation: validation.accuracy * 100,
  }));
}

/** One measured size; accuracy and its 95 % interval in percent. */
export interface SweepRow {
  size: number;
  accuracy: number;
  /** Distances to the interval's ends, as error bars want them. */
  reach: [number, number];
}

export function sweepRows(points: SweepResult['points']): SweepRow[] {
  return points.map((point) => {
    const { low, high } = intervalOf(point);
    const accuracy = point.accuracy * 100;
    return { size: point.size, accuracy, reach: [accuracy - low * 100, high * 100 - accuracy] };
  });
}

/** Shares of activations <= x by series key, in percent. */
export type CdfRow = { x: number } & Partial<Record<string, number>>;

export interface CdfCurve {
  key: string;
  cdf: readonly { x: number; p: number }[];
}

/**
 * The curves on one grid of `count` values, from 0 to where the widest of them reaches 99.5 %: behind that there is
 * nothing to see. Between points a cumulative distribution holds its value.
 */
export function cdfRows(curves: readonly CdfCurve[], count = 200): CdfRow[] {
  const drawn = curves.filter(({ cdf }) => cdf.length > 0);
  if (drawn.length === 0) return [];
  const end = Math.max(...drawn.map(({ cdf }) => (cdf.find(({ p }) => p >= 0.995) ?? cdf.at(-1)!).x));
  const cursors = drawn.map(() => -1);
  return Array.from({ length: count }, (_, i) => {
    const x = (end * i) / (count - 1);
    const row: CdfRow = { x };
    drawn.forEach(({ key, cdf }, c) => {
      let at = cursors[c]!;
      while (at + 1 < cdf.length && cdf[at + 1]!.x <= x + 1e-12) at++;
      cursors[c] = at;
      row[key] = (cdf[at]?.p ?? 0) * 100;
    });
    return row;
  });
}

/** An axis around accuracies in percent: whole tens, at least 20 wide, within 0 to 100. */
export function accuracyDomain(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 100];
  let low = Math.max(0, Math.floor((Math.min(...values) - 2) / 10) * 10);
  let high = Math.min(100, Math.ceil((Math.max(...values) + 2) / 10) * 10);
  while (high - low < 20) {
    if (high < 100) high += 10;
    else low -= 10;
  }
  return [low, high];
}
