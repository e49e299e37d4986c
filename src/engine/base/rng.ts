/**
 * Seeded randomness that can be split: `fork(seed, epoch, index)` gives a stream of its own, so that neither
 * prefetch nor the number of workers nor a resume can change a run. Generator: xoroshiro128+ (pure-rand), whose whole state
 * of 128 bits is a hash of the path: two of a run's streams are one by a chance of 1 in 10^28.
 */
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

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

/** A stream that depends on the seed and on every number of the path, in their order: whole numbers of 32 bits. */
export function fork(seed: number, ...path: readonly number[]): Rng {
  const words = [path.length, seed, ...path];
  while (words.length % BLOCK > 0) words.push(0);
  const generator = xoroshiro128plusFromState(hash128(words));
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

const BLOCK = 4;
const MULTIPLIERS = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93] as const;
const TURNS = [
  [15, 19],
  [16, 17],
  [17, 15],
  [18, 13],
] as const;
const ADDENDS = [0x561ccd1b, 0x0bcaa747, 0x96cd1c35, 0x32ac3b17] as const;

/**
 * 128 bits of `words`, a multiple of four of them: of less some bits would be equal.
 * Source: A. Appleby, MurmurHash3_x86_128, seed 0, over little-endian words of 32 bits.
 */
export function hash128(words: readonly number[]): [number, number, number, number] {
  const h: [number, number, number, number] = [0, 0, 0, 0];
  words.forEach((word, at) => {
    const i = (at % BLOCK) as 0 | 1 | 2 | 3;
    const next = ((i + 1) % BLOCK) as 0 | 1 | 2 | 3;
    const [turn, turnAfter] = TURNS[i];
    h[i] ^= Math.imul(rotated(Math.imul(word, MULTIPLIERS[i]), turn), MULTIPLIERS[next]);
    h[i] = (Math.imul((rotated(h[i], turnAfter) + h[next]) | 0, 5) + ADDENDS[i]) | 0;
  });
  const crossed = () => {
    h[0] = (h[0] + h[1] + h[2] + h[3]) | 0;
    for (const i of [1, 2, 3] as const) h[i] = (h[i] + h[0]) | 0;
  };
  const bytes = 4 * words.length;
  for (const i of [0, 1, 2, 3] as const) h[i] ^= bytes;
  crossed();
  for (const i of [0, 1, 2, 3] as const) h[i] = avalanche(h[i]);
  crossed();
  return h;
}

const rotated = (value: number, by: number) => (value << by) | (value >>> (32 - by));

/** The finaliser of MurmurHash3: every input bit moves every output bit. */
function avalanche(value: number): number {
  let h = value;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
