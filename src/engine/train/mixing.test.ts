import { expect, test } from 'vitest';
import { fork } from '../base/rng';
import { drawMixing, symmetricBeta } from './mixing';

test.each([0.2, 1, 4])('shares of Beta(%d, %d) have its mean and variance', (alpha) => {
  const rng = fork(1);
  const shares = Array.from({ length: 20000 }, () => symmetricBeta(alpha, rng));
  const mean = shares.reduce((a, b) => a + b) / shares.length;
  const variance = shares.reduce((sum, share) => sum + (share - mean) ** 2, 0) / shares.length;
  expect(Math.min(...shares)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...shares)).toBeLessThanOrEqual(1);
  expect(mean).toBeCloseTo(0.5, 1.7);
  expect(variance * 4 * (2 * alpha + 1)).toBeCloseTo(1, 1);
});

test('mixup mixes all of a photo', () => {
  const { share, region } = drawMixing({ mixup: 0.2, cutmix: 0 }, 9, fork(3))!;
  expect(region).toEqual({ left: 0, top: 0, right: 9, bottom: 9, share });
});

test('CutMix cuts a box out whose area is what the partner holds', () => {
  const boxes = Array.from({ length: 500 }, (_, i) => drawMixing({ mixup: 0, cutmix: 1 }, 64, fork(4, i))!);
  for (const { share, region } of boxes) {
    const { left, top, right, bottom } = region;
    expect(region.share).toBe(0);
    expect(0 <= left && left <= right && right <= 64 && 0 <= top && top <= bottom && bottom <= 64).toBe(true);
    expect(share).toBeCloseTo(1 - ((right - left) * (bottom - top)) / 64 ** 2, 12);
  }
  // Boxes that touch no border are squares, by the rule.
  const inner = boxes.filter(
    ({ region }) => region.left > 0 && region.top > 0 && region.right < 64 && region.bottom < 64,
  );
  expect(inner.length).toBeGreaterThan(50);
  for (const { region } of inner) expect(region.right - region.left).toBe(region.bottom - region.top);
});

test('with both, either has its turn; with neither, nothing is mixed', () => {
  const kinds = Array.from({ length: 200 }, (_, i) => drawMixing({ mixup: 0.2, cutmix: 1 }, 64, fork(5, i))!);
  const cut = kinds.filter(({ region }) => region.share === 0).length;
  expect(cut).toBeGreaterThan(70);
  expect(cut).toBeLessThan(130);
  expect(drawMixing({ mixup: 0, cutmix: 0 }, 64, fork(5))).toBeNull();
});
