import { expect, test } from 'vitest';
import { compareLogits } from './agreement';

const ours = Float32Array.from([1, 2, 3, 9, 8, 7]);
const changed = (index: number, value: number) => ours.map((one, i) => (i === index ? value : one));

test('the same logits agree', () => {
  expect(compareLogits(ours, ours, 3)).toEqual({
    largestDifference: 0,
    tolerance: 1e-3 * 9,
    equalAnswers: 2,
    photos: 2,
    holds: true,
  });
});

test('rounding agrees, more does not, not even with the same answers', () => {
  expect(compareLogits(ours, changed(0, 1.001), 3)).toMatchObject({ holds: true, equalAnswers: 2 });
  expect(compareLogits(ours, changed(0, 1.1), 3)).toMatchObject({ holds: false, equalAnswers: 2 });
  expect(compareLogits(ours, changed(0, 3.5), 3)).toMatchObject({ holds: false, equalAnswers: 1 });
});

test('an answer that rounding decides is no disagreement', () => {
  const close = Float32Array.from([1, 1.0001]);
  expect(compareLogits(close, Float32Array.from([1.0002, 1.0001]), 2)).toMatchObject({ holds: true, equalAnswers: 0 });
});

test.each([NaN, Infinity, -Infinity])('%d agrees with nothing', (value) => {
  expect(compareLogits(ours, changed(4, value), 3)).toMatchObject({ holds: false, largestDifference: Infinity });
  expect(compareLogits(changed(4, value), changed(4, value), 3).holds).toBe(false);
});

test('nor do logits of another number', () => {
  expect(compareLogits(ours, ours.slice(0, 3), 3)).toMatchObject({ holds: false, equalAnswers: 0 });
});
