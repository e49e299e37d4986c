/** How far two distributions are from one another, by points of their cumulative distributions with straight lines between. */
import { type Cdf, shareUpTo } from './cdf';

/**
 * Kolmogorov-Smirnov: the largest vertical distance, 0 to 1. Wasserstein-1: the area between both, in units of x. Of the
 * histograms themselves it is known to a bin's width, of at most 500 points to the width between two.
 */
export function cdfDistances(a: Cdf, b: Cdf): { ks: number; w1: number } {
  const xs = [...new Set([...a, ...b].map(({ x }) => x))].sort((p, q) => p - q);
  const differences = xs.map((x) => shareUpTo(a, x) - shareUpTo(b, x));
  let area = 0;
  for (let i = 1; i < xs.length; i++)
    area += (xs[i]! - xs[i - 1]!) * meanDistance(differences[i - 1]!, differences[i]!);
  return { ks: Math.max(0, ...differences.map(Math.abs)), w1: area };
}

/** Of the absolute value of a straight line from `from` to `to`. */
export function meanDistance(from: number, to: number): number {
  if (from * to >= 0) return Math.abs(from + to) / 2;
  return (from * from + to * to) / (2 * Math.abs(from - to));
}
