/**
 * The distribution of pooled activations (paper section 3.2): exact zeros, mean, share above two, and the cumulative
 * distribution from a fine histogram, whatever the number of photos.
 */
import type { ActivationStats } from '../train/records';

/** Bins of 1/512 from 0 to 16; pooled activations of a trained ResNet lie mostly below 4. */
const BINS = 8192;
const BINS_PER_UNIT = 512;
const CDF_POINTS = 240;

export class ActivationHistogram {
  private readonly bins = new Float64Array(BINS + 1);
  private count = 0;
  private zeros = 0;
  private aboveTwo = 0;
  private sum = 0;

  add(values: Float32Array): void {
    for (const value of values) {
      if (value === 0) this.zeros++;
      else this.bins[Math.min(BINS, Math.floor(value * BINS_PER_UNIT))]!++;
      if (value > 2) this.aboveTwo++;
      this.sum += value;
    }
    this.count += values.length;
  }

  /** `size` is the resolution in px that the photos were seen at. */
  summarise(size: number): ActivationStats {
    const { count, zeros } = this;
    const share = (n: number) => (count === 0 ? 0 : n / count);
    // Points up to where all but a thousandth lies, on bins' edges.
    let below = zeros;
    let last = 0;
    while (last < BINS && below < 0.999 * count) below += this.bins[last++]!;
    const stride = Math.max(1, Math.ceil(last / CDF_POINTS));
    const cdf = [{ x: 0, p: share(zeros) }];
    let cumulative = zeros;
    for (let bin = 0; bin < Math.min(BINS, last + stride); bin++) {
      cumulative += this.bins[bin]!;
      if ((bin + 1) % stride === 0) cdf.push({ x: (bin + 1) / BINS_PER_UNIT, p: share(cumulative) });
    }
    return {
      size,
      count,
      zeroFraction: share(zeros),
      aboveTwoFraction: share(this.aboveTwo),
      mean: share(this.sum),
      cdf,
    };
  }
}
