/**
 * A chart's series that never grows: at most `CAPACITY` points whatever the number of steps. Each point is the mean
 * over `stride` steps in a row; when the points run out, neighbours are merged and the stride doubles.
 */
import type { StepRecord } from '../engine/base/records';

export interface SeriesPoint {
  /** The last step that went in. */
  step: number;
  /** Means over the steps. */
  loss: number;
  accuracy: number;
  /** Number of steps in it: `stride`, fewer in the last point. */
  count: number;
}

export interface Series {
  /** Steps a point, a power of two. */
  stride: number;
  points: readonly SeriesPoint[];
}

export const CAPACITY = 500;
export const EMPTY_SERIES: Series = { stride: 1, points: [] };

/** A new series with the records behind the old points; the old one is left as it was. */
export function appendSteps(series: Series, records: readonly StepRecord[]): Series {
  let { stride } = series;
  let points = [...series.points];
  for (const { globalStep, loss, accuracy } of records) {
    const record = { step: globalStep, loss, accuracy, count: 1 };
    const last = points.at(-1);
    if (last && last.count < stride) {
      points[points.length - 1] = merged(last, record);
      continue;
    }
    if (points.length === CAPACITY) {
      points = grouped(points, 2);
      stride *= 2;
    }
    points.push(record);
  }
  return { stride, points };
}

/** The series in at most `limit` points, as means over as many neighbours as that takes. */
export function binned(series: Series, limit: number): Series {
  const size = Math.ceil(series.points.length / limit);
  return size <= 1 ? series : { stride: series.stride * size, points: grouped(series.points, size) };
}

/** Each `size` points in a row as one; the last group may have fewer. */
function grouped(points: readonly SeriesPoint[], size: number): SeriesPoint[] {
  return Array.from({ length: Math.ceil(points.length / size) }, (_, i) =>
    points.slice(i * size, (i + 1) * size).reduce(merged),
  );
}

function merged(a: SeriesPoint, b: SeriesPoint): SeriesPoint {
  const count = a.count + b.count;
  const mean = (x: number, y: number) => (x * a.count + y * b.count) / count;
  return { step: b.step, loss: mean(a.loss, b.loss), accuracy: mean(a.accuracy, b.accuracy), count };
}

/** At most `limit` items, evenly spread, the first and the last among them. */
export function thinned<T>(items: readonly T[], limit: number): readonly T[] {
  if (items.length <= limit) return items;
  return Array.from({ length: limit }, (_, i) => items[Math.round((i * (items.length - 1)) / (limit - 1))]!);
}
