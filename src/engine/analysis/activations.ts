/**
 * The distribution of pooled activations (paper section 3.2): exact zeros, mean, share above two, quantiles, and the
 * cumulative distribution from a fine histogram, whatever the number of photos; and how far two of them lie apart.
 */
import { meanDistance } from './cdfDistance';
import type { ActivationStats } from '../base/records';

/** Bins of 1/4096 from 0 to 16; pooled activations of a trained ResNet lie mostly below 4. */
export const BINS = { count: 65_536, perUnit: 4096, above: 2 } as const;
const CDF_POINTS = 240;

/** Activations are >= 0: they come out of a ReLU. */
export interface ActivationCounts {
  /** Of non-zero values in [i, i + 1) / 4096, by i. */
  bins: Uint32Array;
  zeros: number;
  /** Of 16 and more. */
  beyond: number;
  aboveTwo: number;
  sum: number;
  beyondSum: number;
  total: number;
}

/** The value up to which `share` of a distribution lies, along its curve: straight between points, 0 within the exact zeros. */
export function quantileOf(cdf: ActivationStats['cdf'], share: number): number {
  const at = cdf.findIndex(({ p }) => p >= share);
  const [before, after] = [cdf[at - 1], cdf[at]];
  if (!after) return cdf.at(-1)?.x ?? 0;
  if (!before) return after.x;
  return before.x + ((after.x - before.x) * (share - before.p)) / (after.p - before.p);
}

/** How spread out activations are: the width of the middle half (interquartile range), in units of activation. */
export function spreadOf({ cdf }: Pick<ActivationStats, 'cdf'>): number {
  return quantileOf(cdf, 0.75) - quantileOf(cdf, 0.25);
}

export class ActivationHistogram {
  constructor(readonly counts: ActivationCounts) {}

  /** `size` is the resolution in px that the photos were seen at. */
  summarise(size: number): ActivationStats {
    // Points up to where all but a thousandth lies, on bins' edges.
    let below = this.counts.zeros;
    let last = 0;
    while (last < BINS.count && below < 0.999 * this.counts.total) below += this.counts.bins[last++]!;
    const stride = Math.max(1, Math.ceil(last / CDF_POINTS));
    const cdf = [{ x: 0, p: this.share(this.counts.zeros) }];
    let cumulative = this.counts.zeros;
    for (let bin = 0; bin < Math.min(BINS.count, last + stride); bin++) {
      cumulative += this.counts.bins[bin]!;
      if ((bin + 1) % stride === 0) cdf.push({ x: (bin + 1) / BINS.perUnit, p: this.share(cumulative) });
    }
    return {
      size,
      count: this.counts.total,
      zeroFraction: this.share(this.counts.zeros),
      aboveTwoFraction: this.share(this.counts.aboveTwo),
      mean: this.share(this.counts.sum),
      cdf,
    };
  }

  /** The value up to which `share` of all lies: exact for zeros, else to a bin's width, 1/4096. 0 of nothing. */
  quantile(share: number): number {
    const wanted = share * this.counts.total;
    let below = this.counts.zeros;
    if (wanted <= below) return 0;
    for (let bin = 0; bin < BINS.count; bin++) {
      const here = this.counts.bins[bin]!;
      if (here > 0 && below + here >= wanted) return (bin + (wanted - below) / here) / BINS.perUnit;
      below += here;
    }
    return this.counts.beyondSum / this.counts.beyond || 0;
  }

  /** The distribution of the non-zero values at `count` bin edges up to `share` of them: what Fréchet is fitted to. */
  nonZeroCdf(count = 512, share = 0.995): { x: number; p: number }[] {
    const values = this.counts.total - this.counts.zeros;
    if (values === 0) return [];
    const wanted = share * values;
    let below = 0;
    let last = 0;
    while (last < BINS.count && below < wanted) below += this.counts.bins[last++]!;
    const stride = Math.max(1, Math.ceil(last / count));
    const cdf: { x: number; p: number }[] = [];
    let cumulative = 0;
    for (let bin = 0; bin < last; bin++) {
      cumulative += this.counts.bins[bin]!;
      if ((bin + 1) % stride === 0) cdf.push({ x: (bin + 1) / BINS.perUnit, p: cumulative / values });
    }
    return cdf;
  }

  /** Shares up to 0 and up to each bin's upper edge. */
  private *shares(): Generator<number, void, undefined> {
    let cumulative = this.counts.zeros;
    yield this.share(cumulative);
    for (const count of this.counts.bins) yield this.share((cumulative += count));
  }

  /**
   * Kolmogorov-Smirnov: the largest vertical distance of both distributions, 0 to 1. Wasserstein-1: the area between them,
   * in units of activation. Values of 16 and more count as if they all had their mean.
   */
  static distances(a: ActivationHistogram, b: ActivationHistogram): { ks: number; w1: number } {
    const others = b.shares();
    let ks = 0;
    let area = 0;
    let before: number | null = null;
    for (const share of a.shares()) {
      const difference = share - (others.next().value ?? 1);
      ks = Math.max(ks, Math.abs(difference));
      // Between two edges both run straight, and so does their difference: two triangles where it changes its sign.
      if (before !== null) area += meanDistance(before, difference) / BINS.perUnit;
      before = difference;
    }
    return { ks, w1: area + Math.abs(a.excess() - b.excess()) };
  }

  /** What the values of 16 and more have above 16, as a share of the whole. */
  private excess(): number {
    return this.share(this.counts.beyondSum - (this.counts.beyond * BINS.count) / BINS.perUnit);
  }

  private share(n: number): number {
    return this.counts.total === 0 ? 0 : n / this.counts.total;
  }
}
