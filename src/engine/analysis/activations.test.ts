import { bisectLeft } from 'd3-array';
import { expect, test } from 'vitest';
import { fork } from '../base/rng';
import { histogramOf } from '../../testing/activationCounts';
import { ActivationHistogram, quantileOf, spreadOf } from './activations';

/** Normals moved by `shift`, cut off at 0 as by a ReLU, times `scale`. */
function drawn(seed: number, count: number, shift = 0.4, scale = 1): Float32Array {
  const rng = fork(seed);
  return Float32Array.from({ length: count }, () => Math.max(0, rng.normal() + shift) * scale);
}

test('the histogram agrees with a sort', () => {
  const values = drawn(11, 50_000);
  const histogram = histogramOf(values.subarray(0, 20_000), values.subarray(20_000));
  const stats = histogram.summarise(224);
  const sorted = values.toSorted();
  expect(stats.count).toBe(50_000);
  expect(stats.zeroFraction).toBe(sorted.filter((v) => v === 0).length / 50_000);
  expect(stats.aboveTwoFraction).toBe(sorted.filter((v) => v > 2).length / 50_000);
  expect(stats.mean).toBeCloseTo(sorted.reduce((a, b) => a + b, 0) / 50_000, 9);
  expect(stats.cdf.length).toBeGreaterThan(100);
  expect(stats.cdf.length).toBeLessThanOrEqual(500);
  for (const { x, p } of stats.cdf) {
    // A bin holds [from, to): its edge counts what lies below it, zeros included.
    const direct = x === 0 ? stats.zeroFraction : bisectLeft(sorted, x) / 50_000;
    expect(p).toBeCloseTo(direct, 9);
  }
  expect(stats.cdf.at(-1)!.p).toBeGreaterThan(0.998);
  expect(histogram.quantile(0.2)).toBe(0);
  for (const share of [0.4, 0.5, 0.75, 0.95, 0.999]) {
    expect(Math.abs(histogram.quantile(share) - sorted[Math.round(share * 50_000) - 1]!)).toBeLessThanOrEqual(1 / 4096);
  }
});

test('the distribution of the non-zero values leaves the zeros out', () => {
  const values = drawn(5, 30_000);
  const positive = values.filter((v) => v > 0).toSorted();
  const cdf = histogramOf(values).nonZeroCdf();
  expect(cdf.length).toBeGreaterThan(400);
  for (const { x, p } of cdf) expect(p).toBeCloseTo(bisectLeft(positive, x) / positive.length, 9);
  expect(histogramOf(new Float32Array(4)).nonZeroCdf()).toEqual([]);
});

/** Both distances over the sorted values themselves. */
function directDistances(a: Float32Array, b: Float32Array): { ks: number; w1: number } {
  const all = Float32Array.of(...a, ...b).toSorted();
  const [x, y] = [a.toSorted(), b.toSorted()];
  let [i, j, ks, w1] = [0, 0, 0, 0];
  for (let k = 0; k < all.length; k++) {
    while (x[i]! <= all[k]!) i++;
    while (y[j]! <= all[k]!) j++;
    const difference = Math.abs(i / x.length - j / y.length);
    ks = Math.max(ks, difference);
    if (k + 1 < all.length) w1 += difference * (all[k + 1]! - all[k]!);
  }
  return { ks, w1 };
}

test.each([
  { name: 'moved', b: drawn(2, 40_000, 0.5) },
  { name: 'stretched', b: drawn(2, 40_000, 0.4, 1.3) },
  { name: 'of fewer values and more zeros', b: drawn(2, 25_000, -0.3, 2) },
  { name: 'beyond the last bin', b: drawn(2, 25_000, 20, 1) },
])('Kolmogorov-Smirnov and Wasserstein-1 agree with a sort to 1e-4: $name', ({ b }) => {
  const a = drawn(1, 40_000);
  const direct = directDistances(a, b);
  const { ks, w1 } = ActivationHistogram.distances(histogramOf(a), histogramOf(b));
  expect(Math.abs(ks - direct.ks)).toBeLessThan(1e-4);
  expect(Math.abs(w1 - direct.w1)).toBeLessThan(1e-4);
});

test('a distribution is at no distance from itself', () => {
  const histogram = histogramOf(drawn(1, 1000));
  expect(ActivationHistogram.distances(histogram, histogram)).toEqual({ ks: 0, w1: 0 });
});

test('the paper’s curves are sparser and more spread out at low resolution', () => {
  // Figure 3, digitised.
  const [small, large] = [
    { xs: [0, 0.25, 0.5, 0.75, 1, 1.5, 2], ps: [0.298, 0.492, 0.598, 0.676, 0.737, 0.825, 0.881] },
    { xs: [0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75], ps: [0.005, 0.106, 0.211, 0.397, 0.542, 0.734, 0.859] },
  ].map(({ xs, ps }) => spreadOf({ cdf: xs.map((x, i) => ({ x, p: ps[i]! })) }));
  expect(small).toBeCloseTo(1.074, 3);
  expect(large).toBeCloseTo(0.532 - 0.121, 3);
  expect(
    quantileOf(
      [
        { x: 0, p: 0.3 },
        { x: 1, p: 0.9 },
      ],
      0.6,
    ),
  ).toBeCloseTo(0.5, 12);
  expect(
    quantileOf(
      [
        { x: 0, p: 0.3 },
        { x: 1, p: 0.9 },
      ],
      0.95,
    ),
  ).toBe(1);
});
