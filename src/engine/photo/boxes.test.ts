import { expect, test } from 'vitest';
import { fork } from '../base/rng';
import { centerCropOffset, fallbackBox, randomCropBox, resizedSize, roundHalfEven, shiftedCropOffset } from './boxes';

test('halves round to the even neighbour, as in Python', () => {
  expect([0.5, 1.5, 2.5, 42.5, 74.5, 58.5, 2.4999, 2.5001, 3].map(roundHalfEven)).toEqual([
    0, 2, 2, 42, 74, 58, 2, 3, 3,
  ]);
});

// Shares, sigma and 1/sigma by 400,000 draws of torchvision's own class; the accepted share by its formula.
test.each([
  {
    width: 800,
    height: 600,
    minScale: 0.08,
    fallback: 0,
    area: 0.4327,
    sigma: 0.6349,
    inverse: 1.721,
    percentiles: [0.114, 0.251, 0.421, 0.593, 0.81],
  },
  {
    width: 512,
    height: 512,
    minScale: 0.08,
    fallback: 0,
    area: 0.4786,
    sigma: 0.6677,
    inverse: 1.6428,
    percentiles: [0.12, 0.278, 0.475, 0.673, 0.855],
  },
  {
    width: 800,
    height: 600,
    minScale: 0.7,
    fallback: 0.0308,
    area: 0.8037,
    sigma: 0.8955,
    inverse: 1.1192,
    percentiles: [707 / 1000, 0.74, 0.788, 0.854, 0.957],
  },
])('random crops of $width x $height from $minScale of the area on have the statistics of torchvision', (expected) => {
  const { width, height, minScale } = expected;
  const n = 20_000;
  const shares: number[] = [];
  let fallbacks = 0;
  for (let i = 0; i < n; i++) {
    const box = randomCropBox(fork(5, width, i), width, height, { minScale });
    expect(box.left >= 0 && box.left + box.width <= width).toBe(true);
    expect(box.top >= 0 && box.top + box.height <= height).toBe(true);
    if (box.width === width && box.height === height) fallbacks++;
    shares.push((box.width * box.height) / (width * height));
  }
  const mean = (f: (share: number) => number) => shares.reduce((sum, share) => sum + f(share), 0) / n;
  expect(Math.abs(mean((s) => s) - expected.area)).toBeLessThan(0.006);
  expect(Math.abs(mean(Math.sqrt) - expected.sigma)).toBeLessThan(0.006);
  expect(Math.abs(mean((s) => 1 / Math.sqrt(s)) - expected.inverse)).toBeLessThan(0.02);
  // The whole photo: no random box has its ratio and its area.
  expect(Math.abs(fallbacks / n - expected.fallback)).toBeLessThan(0.004);
  shares.sort((a, b) => a - b);
  for (const [i, share] of expected.percentiles.entries()) {
    expect(Math.abs(shares[Math.floor(([5, 25, 50, 75, 95][i]! / 100) * n)]! - share)).toBeLessThan(0.015);
  }
});

test('crop offsets take both ends', () => {
  const seen = { left: false, right: false, top: false, bottom: false };
  for (let i = 0; i < 3000; i++) {
    const box = randomCropBox(fork(1, i), 12, 9);
    seen.left ||= box.left === 0 && box.width < 12;
    seen.right ||= box.left > 0 && box.left + box.width === 12;
    seen.top ||= box.top === 0 && box.height < 9;
    seen.bottom ||= box.top > 0 && box.top + box.height === 9;
  }
  expect(seen).toEqual({ left: true, right: true, top: true, bottom: true });
});

test('ten misses end in the centred fallback box', () => {
  expect(fallbackBox(800, 600)).toEqual({ left: 0, top: 0, width: 800, height: 600 });
  expect(fallbackBox(1000, 101)).toEqual({ left: 432, top: 0, width: 135, height: 101 });
  expect(fallbackBox(101, 1000)).toEqual({ left: 0, top: 432, width: 101, height: 135 });
  expect(randomCropBox(fork(0), 10_000, 10)).toEqual(fallbackBox(10_000, 10));
});

test('the share of crops that fit at the first try is that of torchvision', () => {
  for (const [width, height, share] of [
    [800, 600, 0.741],
    [512, 512, 0.859],
  ] as const) {
    let accepted = 0;
    for (let i = 0; i < 20_000; i++) {
      const calls = { count: 0 };
      const rng = fork(6, width, i);
      const counted = { ...rng, uniform: () => (calls.count++, rng.uniform()) };
      randomCropBox(counted, width, height);
      if (calls.count === 2) accepted++;
    }
    expect(Math.abs(accepted / 20_000 - share)).toBeLessThan(0.01);
  }
});

test('fastai truncates the fallback’s odd side', () => {
  expect(fallbackBox(1000, 101, Math.trunc)).toEqual({ left: 433, top: 0, width: 134, height: 101 });
  expect(fallbackBox(101, 1000, Math.trunc)).toEqual({ left: 0, top: 433, width: 101, height: 134 });
});

test('shifted crops move to either side as far as the centred one’s offset, each offset as often', () => {
  const counts = new Map<number, number>();
  for (let i = 0; i < 12_000; i++) {
    const left = shiftedCropOffset(fork(7, i), 30, 20);
    counts.set(left, (counts.get(left) ?? 0) + 1);
  }
  expect([...counts.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, i) => i));
  // A shift of nothing comes from both sides.
  for (const [left, count] of counts) expect(Math.abs(count - (left === 5 ? 2000 : 1000))).toBeLessThan(150);
  expect(shiftedCropOffset(fork(1), 20, 20)).toBe(0);
  expect(shiftedCropOffset(fork(1), 15, 20)).toBe(-2);
});

test('Resize truncates the longer side, and keeps a photo whose shorter side fits', () => {
  expect(resizedSize(80, 800, 600)).toEqual({ width: 106, height: 80 });
  expect(resizedSize(80, 600, 800)).toEqual({ width: 80, height: 106 });
  expect(resizedSize(600, 800, 600)).toEqual({ width: 800, height: 600 });
  expect(resizedSize(0, 37, 11)).toEqual({ width: 37, height: 11 });
});

test('CenterCrop pads with the odd pixel at the end', () => {
  expect(centerCropOffset(4, 7)).toBe(-1);
  expect(centerCropOffset(4, 4)).toBe(0);
  expect(centerCropOffset(7, 4)).toBe(2);
  expect(centerCropOffset(5, 4)).toBe(0);
});

// [crop, resize, width, height, top, left] for 800 x 600 photos; resize ratios 1.25 and 256/224.
test.each([
  [64, 80, 106, 80, 8, 21],
  [128, 160, 213, 160, 16, 42],
  [179, 223, 297, 223, 22, 59],
  [224, 280, 373, 280, 28, 74],
  [280, 350, 466, 350, 35, 93],
  [384, 480, 640, 480, 48, 128],
  [480, 600, 800, 600, 60, 160],
  [224, 0, 800, 600, 188, 288],
  [64, 73, 97, 73, 4, 16],
  [128, 146, 194, 146, 9, 33],
  [224, 256, 341, 256, 16, 58],
  [384, 438, 584, 438, 27, 100],
  [480, 548, 730, 548, 34, 125],
])('crop %i after resize %i', (crop, resize, width, height, top, left) => {
  expect(resizedSize(resize, 800, 600)).toEqual({ width, height });
  expect(centerCropOffset(height, crop)).toBe(top);
  expect(centerCropOffset(width, crop)).toBe(left);
});
