import { expect, test } from 'vitest';
import { FORMULA, withoutMark } from './csvText';

test('what is marked comes back as it was, and nothing else loses a quote', () => {
  for (const [name, written] of [
    ['=2+5', "'=2+5"],
    ['@home', "'@home"],
    ['-1+cmd|x', "'-1+cmd|x"],
    ["'=2+5", "''=2+5"],
    ['-dQw4w9.jpg', '-dQw4w9.jpg'],
    ["'tis", "'tis"],
    ["''", "''"],
  ] as const) {
    expect(FORMULA.test(name) ? `'${name}` : name).toBe(written);
    expect(withoutMark(written)).toBe(name);
  }
});
