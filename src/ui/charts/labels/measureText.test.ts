import { expect, test } from 'vitest';
import { linesOf } from './measureText';

test('words are wrapped where the next one has no room', () => {
  // Without a page each letter is 6 px wide at 10 px.
  expect(linesOf('as trained', 10, 60)).toBe(1);
  expect(linesOf('as trained', 10, 59)).toBe(2);
  expect(linesOf('as trained at 32 px', 10, 60)).toBe(2);
  expect(linesOf('unbreakable', 10, 30)).toBe(1);
});
