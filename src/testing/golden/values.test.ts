import { expect, test } from 'vitest';
import golden from './golden.json';
import { images, values } from './values';

test('values repeats the numbers of make_golden.py', () => {
  for (const [name, head] of Object.entries(golden.values)) expect([...values(name, head.length)]).toEqual(head);
});

test('images are within [0, 1] and differ', () => {
  const two = images('two', 2, 8);
  expect(two.length).toBe(2 * 8 * 8 * 3);
  expect(two.every((level) => level >= 0 && level <= 1)).toBe(true);
  expect(two.slice(0, 192)).not.toEqual(two.slice(192));
});
