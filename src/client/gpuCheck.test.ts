import { expect, test } from 'vitest';
import type { GpuCheck } from '../engine/base/records';
import { checkWords } from './gpuCheck';

const way = (name: string, loss: number, error: number) => ({ name, loss, gradient: { key: 'bn1.bias', error } });
const check: GpuCheck = {
  at: '2026-11-29T01:00:00.000Z',
  arch: 'resnet18',
  batch: 8,
  size: 64,
  tensors: 62,
  ways: [way('winograd', 2.6e-6, 8.8e-4), way('tiled', 1.6e-6, 2e-4)],
  agrees: true,
  seconds: 12,
};

test('a check says what was compared, and the farthest off of all', () => {
  expect(checkWords(check)).toBe(
    'Computes as stock TensorFlow.js does (a resnet18 step of 8 photos at 64 px, 2 ways to convolve): the loss is off by 0.00026 %, of 62 gradients the farthest, bn1.bias, by 0.088 %, as the order of additions explains. Checked 2026-11-29 in 12 s.',
  );
});

test('a GPU that computes wrongly is said to, with what to do', () => {
  const words = checkWords({
    ...check,
    agrees: false,
    ways: [way('winograd', 0, 0), way('tiled', Infinity, Infinity)],
  });
  expect(words).toContain('Does not compute');
  expect(words).toContain('with tiled the loss is off by everything');
  expect(words).toContain('update the graphics driver');
});
