import { expect, test } from 'vitest';
import { smaller } from './views';

test('pixels are shrunk by a whole number, to their means, and never below what is asked for', () => {
  const rgba = Uint8ClampedArray.from({ length: 4 * 5 * 5 }, (_, i) => 10 * (Math.floor(i / 4) % 5) + (i % 4));
  expect(smaller(rgba, 5, 3)).toEqual({ size: 5, rgba });
  const { size, rgba: means } = smaller(rgba, 5, 2);
  expect(size).toBe(2);
  // Columns 0 and 1, then 2 and 3; the fifth is left out.
  expect(means.slice(0, 8)).toEqual(Uint8ClampedArray.of(5, 6, 7, 8, 25, 26, 27, 28));
});
