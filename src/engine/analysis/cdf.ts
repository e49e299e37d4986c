/** Cumulative distributions as points with straight lines between them. */

/** By ascending x; `p` from 0 to 1. */
export type Cdf = readonly { x: number; p: number }[];

/** The share of values up to `x`. Nothing lies below the first point, and nothing is told beyond the last. */
export function shareUpTo(cdf: Cdf, x: number): number {
  const after = cdf.findIndex((point) => point.x >= x);
  if (after < 0) return cdf.at(-1)?.p ?? 0;
  const [from, to] = [cdf[after - 1], cdf[after]!];
  if (!from) return to.x === x ? to.p : 0;
  return from.p + ((x - from.x) / (to.x - from.x)) * (to.p - from.p);
}

/** Behind it a drawing has nothing to show. */
const NEARLY_ALL = 0.995;

/** The value below which nearly all lie; 0 of no points. */
export const cdfEnd = (cdf: Cdf): number => (cdf.find(({ p }) => p >= NEARLY_ALL) ?? cdf.at(-1))?.x ?? 0;

/** At `count` evenly spaced values from 0 to `end`. */
export const cdfAlong = (cdf: Cdf, end: number, count: number): Cdf =>
  Array.from({ length: count }, (_, i) => {
    const x = (end * i) / (count - 1);
    return { x, p: shareUpTo(cdf, x) };
  });
