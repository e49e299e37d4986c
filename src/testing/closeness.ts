/** How far two arrays are from one another. */
import { expect } from 'vitest';

/** ‖actual − expected‖ / ‖expected‖, NaN where any number is. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  return relativeErrorOfAll([actual], [expected], 1);
}

/** The same of arrays as if they were one, the actual ones divided by a number. */
export function relativeErrorOfAll(
  actual: readonly ArrayLike<number>[],
  expected: readonly ArrayLike<number>[],
  divisor: number,
): number {
  if (actual.length !== expected.length) throw new Error(`${actual.length} arrays, ${expected.length} expected`);
  let difference = 0;
  let norm = 0;
  expected.forEach((wanted, k) => {
    const values = actual[k]!;
    if (values.length !== wanted.length) throw new Error(`${values.length} values, ${wanted.length} expected`);
    for (let i = 0; i < wanted.length; i++) {
      difference += (values[i]! / divisor - wanted[i]!) ** 2;
      norm += wanted[i]! ** 2;
    }
  });
  return Math.sqrt(difference) / Math.max(Math.sqrt(norm), 1e-30);
}

export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  const error = relativeError(actual, expected);
  expect(error, `relative error ${error}`).toBeLessThan(tolerance);
}
