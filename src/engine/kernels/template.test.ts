import { expect, test } from 'vitest';
import { expand } from './template';

test('substitutes expressions over constants', () => {
  expect(expand('a${N} b${N * 2 + 1} c${(N + 1) / 2 - 1} d${N % 2 == 0}', { N: 4 })).toBe('a4 b9 c1 d1');
});

test('unrolls nested loops', () => {
  const source = '//# for r in 0..2\n//# for q in r..N\nx${r}${q}\n//# end\n//# end';
  expect(expand(source, { N: 3 })).toBe('x00\nx01\nx02\nx11\nx12');
});

test('keeps one side of a condition, loops inside included', () => {
  const source = '//# if N > 3\nbig\n//# for i in 0..N\nb${i}\n//# end\n//# else\nsmall\n//# end\ntail';
  expect(expand(source, { N: 4 })).toBe('big\nb0\nb1\nb2\nb3\ntail');
  expect(expand(source, { N: 1 })).toBe('small\ntail');
});

test('an empty loop leaves nothing', () => {
  expect(expand('//# for i in 0..N\nx${unknownButNeverRead}\n//# end\ny', { N: 0 })).toBe('y');
});

test.each(['${M}', '${1 +}', '${(1}', '//# for i in 0..2\nx', '//# while\n', '//# end'])('refuses %j', (source) => {
  expect(() => expand(source, {})).toThrow();
});
