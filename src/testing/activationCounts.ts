/** What the GPU counts of activations, counted here in float64. */
import { type ActivationCounts, ActivationHistogram, BINS } from '../engine/analysis/activations';

export function countActivations(...parts: readonly Float32Array[]): ActivationCounts {
  const counts = {
    bins: new Uint32Array(BINS.count),
    zeros: 0,
    beyond: 0,
    aboveTwo: 0,
    sum: 0,
    beyondSum: 0,
    total: 0,
  };
  for (const value of parts.flatMap((part) => [...part])) {
    const bin = Math.floor(Math.max(0, value) * BINS.perUnit);
    if (value === 0) counts.zeros++;
    else if (bin < BINS.count) counts.bins[bin]!++;
    else {
      counts.beyond++;
      counts.beyondSum += value;
    }
    if (value > BINS.above) counts.aboveTwo++;
    counts.sum += value;
    counts.total++;
  }
  return counts;
}

export const histogramOf = (...parts: readonly Float32Array[]): ActivationHistogram =>
  new ActivationHistogram(countActivations(...parts));
