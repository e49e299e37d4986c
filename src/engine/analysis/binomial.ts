/** Draws from binomial distributions. */
import type { Rng } from '../base/rng';

/** Below so many expected, counting up from 0 is quicker, and what the other way asks for does not hold. */
const FEW = 10;

/**
 * How many of `n` trials succeed, each with probability `p`, 0 to 1; exact. By inversion where few do, else by transformed rejection
 * (W. Hörmann 1993, The generation of binomial random variates, algorithm BTRS).
 * @param most The largest `n` that will be asked for.
 */
export function binomialDraws(rng: Rng, most: number): (n: number, p: number) => number {
  const logFactorials = new Float64Array(most + 1);
  for (let k = 2; k <= most; k++) logFactorials[k] = logFactorials[k - 1]! + Math.log(k);

  function byInversion(n: number, p: number): number {
    const ratio = p / (1 - p);
    for (;;) {
      let term = (1 - p) ** n;
      let left = rng.uniform();
      for (let k = 0; k <= n; k++) {
        if (left < term) return k;
        left -= term;
        term *= ((n - k) / (k + 1)) * ratio;
      }
      // What rounding has left over is drawn again.
    }
  }

  function byRejection(n: number, p: number): number {
    const spread = Math.sqrt(n * p * (1 - p));
    const b = 1.15 + 2.53 * spread;
    const a = -0.0873 + 0.0248 * b + 0.01 * p;
    const centre = n * p + 0.5;
    const alpha = (2.83 + 5.1 / b) * spread;
    const logOdds = Math.log(p / (1 - p));
    const mode = Math.floor((n + 1) * p);
    const ofMode = logFactorials[mode]! + logFactorials[n - mode]!;
    for (;;) {
      const u = rng.uniform() - 0.5;
      const v = rng.uniform();
      const us = 0.5 - Math.abs(u);
      const k = Math.floor(((2 * a) / us + b) * u + centre);
      if (us >= 0.07 && v <= 0.92 - 4.2 / b) return k;
      if (k < 0 || k > n) continue;
      const bound = ofMode - logFactorials[k]! - logFactorials[n - k]! + (k - mode) * logOdds;
      if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return k;
    }
  }

  return function draw(n: number, p: number): number {
    if (n === 0 || p <= 0) return 0;
    if (p >= 1) return n;
    if (p > 0.5) return n - draw(n, 1 - p);
    return n * p < FEW ? byInversion(n, p) : byRejection(n, p);
  };
}

/** How many of `n` fair coins, each a random bit, fall on one side. */
export function fairDraws(rng: Rng): (n: number) => number {
  let bits = 0;
  let left = 0;
  return (n) => {
    let count = 0;
    for (let wanted = n; wanted > 0;) {
      if (left === 0) [bits, left] = [rng.bits(), 32];
      const taken = Math.min(wanted, left);
      count += ones(taken === 32 ? bits : bits & ((1 << taken) - 1));
      bits = taken === 32 ? 0 : bits >>> taken;
      left -= taken;
      wanted -= taken;
    }
    return count;
  };
}

/** Of a word's 32 bits, those that are set. */
function ones(word: number): number {
  let x = word - ((word >>> 1) & 0x55555555);
  x = (x & 0x33333333) + ((x >>> 2) & 0x33333333);
  return Math.imul((x + (x >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
