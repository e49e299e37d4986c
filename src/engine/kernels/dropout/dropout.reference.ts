/** Dropout with plain loops in float64. */
import type { DropoutOptions } from './dropout';

/** PCG-RXS-M-XS of 32 bits. */
function hashed(value: number): number {
  const state = (Math.imul(value, 747796405) + 2891336453) >>> 0;
  const word = Math.imul((state >>> ((state >>> 28) + 4)) ^ state, 277803737) >>> 0;
  return ((word >>> 22) ^ word) >>> 0;
}

/** y of `x`, whose rows have `channels` elements. */
export function dropoutReference(
  x: ArrayLike<number>,
  channels: number,
  { p, seed, firstRow }: DropoutOptions,
): Float64Array {
  return Float64Array.from(x, (value, i) => {
    const fell = hashed((firstRow * channels + i + hashed(seed)) >>> 0) < p * 2 ** 32;
    return fell ? 0 : value / (1 - p);
  });
}
