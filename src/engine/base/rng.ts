/**
 * Seeded randomness that can be split: `fork(seed, epoch, index)` gives a stream of its own, so that neither
 * prefetch nor the number of workers nor a resume can change a run. Generator: xoroshiro128+ (pure-rand).
 */
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

export interface Rng {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Uniform whole number in [from, to], both included. */
  integer(from: number, to: number): number;
  /** Standard normal (Box-Muller, the cosine half). */
  normal(): number;
  /** 32 random bits, as a whole number from -2^31 on. */
  bits(): number;
}

/** A stream that depends on the seed and on every number of the path, in their order. */
export function fork(seed: number, ...path: readonly number[]): Rng {
  const generator = xoroshiro128plus(path.reduce((hash, part) => mix(Math.imul(hash, 31) + part + 1), mix(seed)));
  const next32 = () => generator.next() >>> 0;
  const uniform = () => ((next32() >>> 5) * 2 ** 26 + (next32() >>> 6)) / 2 ** 53;
  return {
    uniform,
    bits: () => generator.next(),
    integer: (from, to) => from + Math.floor(uniform() * (to - from + 1)),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** A permutation of 0 … count-1 (Fisher-Yates). */
export function permutation(rng: Rng, count: number): Int32Array<ArrayBuffer> {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = rng.integer(0, i);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** The finaliser of MurmurHash3: every input bit moves every output bit. */
function mix(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) | 0;
}
