import { expect, test } from 'vitest';
import { fork } from '../base/rng';
import { histogramOf } from '../../testing/activationCounts';
import { equalisingMap, fitFrechet, frechetCdf, frechetQuantile } from './frechet';

/** The paper's figure 3, digitised: shares up to x, zeros included. */
const X = [0, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 4];
const FIGURE_3 = {
  64: [0.298, 0.358, 0.401, 0.466, 0.492, 0.517, 0.56, 0.598, 0.676, 0.737, 0.825, 0.881, 0.942, 0.969],
  128: [0.061, 0.189, 0.273, 0.398, 0.448, 0.492, 0.568, 0.63, 0.746, 0.824, 0.911, 0.952, 0.984, 0.993],
  224: [0.005, 0.106, 0.211, 0.397, 0.475, 0.542, 0.651, 0.734, 0.859, 0.921, 0.971, 0.988, 0.997, 0.999],
  448: [0, 0.064, 0.185, 0.44, 0.546, 0.633, 0.759, 0.839, 0.934, 0.968, 0.99, 0.996, 0.999, 1],
} as const;

/** Figure 6's dashed curves: the paper's own fits. */
test.each([
  { size: 64, mu: 0.4354, sigma: 0.683 },
  { size: 128, mu: 0.2323, sigma: 0.3641 },
  { size: 224, mu: 0.1934, sigma: 0.214 },
  { size: 448, mu: 0.1719, sigma: 0.1429 },
] as const)('the paper’s fit at $size px, from its digitised distribution, within 0.02', ({ size, mu, sigma }) => {
  const [zeros, ...rest] = FIGURE_3[size];
  const points = [{ x: 0, p: 0 }, ...rest.map((p, i) => ({ x: X[i + 1]!, p: (p - zeros) / (1 - zeros) }))];
  const fit = fitFrechet(evenly(points))!;
  expect(Math.abs(fit.mu - mu)).toBeLessThan(0.02);
  expect(Math.abs(fit.sigma - sigma)).toBeLessThan(0.02);
});

/** The digitised points are dense where the curve is steep; the paper's fit weighs all x alike. Straight in between. */
function evenly(points: readonly { x: number; p: number }[]): { x: number; p: number }[] {
  return Array.from({ length: 400 }, (_, i) => {
    const x = (4 * (i + 1)) / 400;
    const at = points.findIndex((point) => point.x >= x - 1e-9);
    const [a, b] = [points[at - 1]!, points[at]!];
    return { x, p: a.p + ((b.p - a.p) * (x - a.x)) / (b.x - a.x) };
  });
}

test('known parameters come back from drawn values within 1 %', () => {
  for (const [i, law] of [
    { mu: 0.9, sigma: 0.2 },
    { mu: 2, sigma: 0.45 },
  ].entries()) {
    const rng = fork(7 + i);
    const histogram = histogramOf(
      Float32Array.from({ length: 200_000 }, () => frechetQuantile(rng.uniform() || 0.5, law)),
    );
    const cdf = histogram.nonZeroCdf();
    const fit = fitFrechet(cdf)!;
    expect(Math.abs(fit.mu / law.mu - 1)).toBeLessThan(0.01);
    expect(Math.abs(fit.sigma / law.sigma - 1)).toBeLessThan(0.01);
    const squares = cdf.map(({ x, p }) => (frechetCdf(x, fit) - p) ** 2);
    expect(Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / cdf.length)).toBeLessThan(0.003);
  }
});

test('the law’s share of what lies below 0 is the paper’s', () => {
  expect(frechetCdf(0, { mu: 0.4354, sigma: 0.683 })).toBeCloseTo(0.132, 2);
  expect(frechetCdf(0, { mu: 0.1934, sigma: 0.214 })).toBeCloseTo(0.057, 3);
  expect(frechetCdf(-5, { mu: 0.1934, sigma: 0.214 })).toBe(0);
  expect(frechetCdf(frechetQuantile(0.37, { mu: 1, sigma: 2 }), { mu: 1, sigma: 2 })).toBeCloseTo(0.37, 12);
});

test('the equalising map takes one law’s quantiles to the other’s', () => {
  const [from, to] = [
    { mu: 0.1719, sigma: 0.1429 },
    { mu: 0.1934, sigma: 0.214 },
  ];
  const { scale, shift } = equalisingMap(from, to);
  for (const p of [0.3, 0.9]) {
    expect(scale * frechetQuantile(p, from) + shift).toBeCloseTo(frechetQuantile(p, to), 12);
  }
});

test('too few points are not fitted', () => {
  expect(fitFrechet([])).toBeNull();
  expect(fitFrechet([{ x: 1, p: 0.5 }])).toBeNull();
});
