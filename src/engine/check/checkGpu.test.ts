import { expect, test } from 'vitest';
import { compareSteps, type StepResult } from './checkGpu';

const step = (loss: number, filter: number[], bias: number[]): StepResult => ({
  loss,
  gradients: new Map([
    ['filter', Float32Array.from(filter)],
    ['bias', Float32Array.from(bias)],
  ]),
});
const right = step(1.5, [3, 4], [1]);

test('the gradient that is farthest off is named, by its norm', () => {
  expect(compareSteps(right, right)).toEqual({ loss: 0, gradient: { key: '', error: 0 } });
  const { loss, gradient } = compareSteps(step(1.65, [3.3, 4.4], [1.01]), right);
  expect(loss).toBeCloseTo(0.1, 6);
  expect(gradient).toEqual({ key: 'filter', error: expect.closeTo(0.1, 6) });
});

test.each([
  ['no number', step(1.5, [3, NaN], [1])],
  ['too short', step(1.5, [3], [1])],
])('a gradient that is %s is as far off as can be', (_, ours) => {
  expect(compareSteps(ours, right).gradient).toEqual({ key: 'filter', error: Infinity });
});
