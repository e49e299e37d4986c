import { expect, test } from 'vitest';
import { fork } from '../base/rng';
import { binomialDraws, fairDraws } from './binomial';

const DRAWS = 40_000;

/** Binomial probabilities of 0 … n. */
function probabilities(n: number, p: number): number[] {
  const terms = [(1 - p) ** n];
  for (let k = 1; k <= n; k++) terms.push((terms[k - 1]! * (n - k + 1) * p) / (k * (1 - p)));
  return terms;
}

/** Pearson's statistic of draws over values that are expected five times or more, and its degrees of freedom. */
function misfit(draw: () => number, expected: readonly number[]): { chi2: number; degrees: number } {
  const seen = expected.map(() => 0);
  for (let i = 0; i < DRAWS; i++) seen[draw()]!++;
  let [chi2, cells, rest, restSeen] = [0, 0, 0, 0];
  for (const [k, share] of expected.entries()) {
    if (share * DRAWS < 5) {
      rest += share * DRAWS;
      restSeen += seen[k]!;
      continue;
    }
    chi2 += (seen[k]! - share * DRAWS) ** 2 / (share * DRAWS);
    cells++;
  }
  if (rest >= 1) chi2 += (restSeen - rest) ** 2 / rest;
  return { chi2, degrees: cells - (rest >= 1 ? 0 : 1) };
}

// Both ways, few and many, and what is mirrored.
test.each([
  [1, 0.3],
  [12, 0.5],
  [30, 0.05],
  [40, 0.25],
  [178, 0.9],
  [400, 0.37],
  [3, 0.999],
])('%i trials of probability %f succeed as often as the binomial distribution says', (n, p) => {
  const draw = binomialDraws(fork(5, n), n);
  const { chi2, degrees } = misfit(() => draw(n, p), probabilities(n, p));
  // Five standard deviations of the statistic.
  expect(chi2).toBeLessThan(degrees + 5 * Math.sqrt(2 * degrees));
});

test('what is certain takes no draw', () => {
  const draw = binomialDraws(fork(5), 9);
  expect([draw(0, 0.4), draw(9, 0), draw(9, 1)]).toEqual([0, 0, 9]);
});

test.each([1, 31, 32, 33, 100])('of %i coins half fall on one side, and single bits are not drawn twice', (n) => {
  const coins = fairDraws(fork(6, n));
  const { chi2, degrees } = misfit(() => coins(n), probabilities(n, 0.5));
  expect(chi2).toBeLessThan(degrees + 5 * Math.sqrt(2 * degrees));
});
