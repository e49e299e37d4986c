import { expect, test } from 'vitest';
import { fork } from '../base/rng';
import { ActivationHistogram } from './activations';

test('the histogram agrees with a sort', () => {
  const rng = fork(11);
  const values = Float32Array.from({ length: 50_000 }, () => Math.max(0, rng.normal() + 0.4));
  const histogram = new ActivationHistogram();
  histogram.add(values.subarray(0, 20_000));
  histogram.add(values.subarray(20_000));
  const stats = histogram.summarise(224);
  const sorted = [...values].sort((a, b) => a - b);
  expect(stats.count).toBe(50_000);
  expect(stats.zeroFraction).toBe(sorted.filter((v) => v === 0).length / 50_000);
  expect(stats.aboveTwoFraction).toBe(sorted.filter((v) => v > 2).length / 50_000);
  expect(stats.mean).toBeCloseTo(sorted.reduce((a, b) => a + b, 0) / 50_000, 9);
  expect(stats.cdf.length).toBeGreaterThan(100);
  expect(stats.cdf.length).toBeLessThanOrEqual(500);
  for (const { x, p } of stats.cdf) {
    // A bin holds [from, to): its edge counts what lies below it, zeros included.
    const direct = x === 0 ? stats.zeroFraction : sorted.filter((v) => v < x).length / 50_000;
    expect(p).toBeCloseTo(direct, 9);
  }
  expect(stats.cdf.at(-1)!.p).toBeGreaterThan(0.998);
});
