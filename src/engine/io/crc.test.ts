import { expect, test } from 'vitest';
import { crc32, crc32c } from './crc';

test('the sums are the published ones of "123456789"', () => {
  const digits = new TextEncoder().encode('123456789');
  expect([crc32(digits), crc32c(digits)]).toEqual([0xcbf43926, 0xe3069283]);
});
