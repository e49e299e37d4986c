import { expect, test } from 'vitest';
import { makeView } from '../photo/makeView';
import { outlineOf, scaleOf } from '../photo/outline';
import type { ViewSpec } from '../photo/view';
import {
  apparentSize,
  apparentSizeSentence,
  closedFormula,
  shownShare,
  sizeAlike,
  testScale,
  trainScales,
} from './apparentSize';

const PHOTO = { width: 800, height: 600 };
const OPTIONS = { draws: 200_000, seed: 42 };
const trained = (size: number) => ({ kind: 'train', size }) as const;
const tested = (resize: number, crop: number) => ({ kind: 'eval', resize, crop }) as const;

/** Mean, median, least, most, mean of the inverse: torchvision's sampling rule on photos of 800 x 600 px, 400,000 draws; in thousandths. */
test.each([
  { train: 224, resize: 0, crop: 224, expected: [1964, 2008, 873, 3091, 556] },
  { train: 224, resize: 80, crop: 64, expected: [262, 268, 116, 412, 4173] },
  { train: 224, resize: 160, crop: 128, expected: [524, 535, 233, 824, 2087] },
  { train: 224, resize: 280, crop: 224, expected: [916, 937, 407, 1442, 1192] },
  { train: 224, resize: 256, crop: 224, expected: [838, 857, 372, 1319, 1304] },
  { train: 224, resize: 480, crop: 384, expected: [1571, 1606, 698, 2473, 696] },
  { train: 224, resize: 600, crop: 480, expected: [1964, 2008, 873, 3091, 556] },
  { train: 384, resize: 480, crop: 384, expected: [916, 937, 407, 1442, 1192] },
  { train: 179, resize: 280, crop: 224, expected: [1147, 1173, 510, 1805, 953] },
  { train: 179, resize: 0, crop: 224, expected: [2457, 2512, 1092, 3868, 445] },
])('trained at $train, tested at $resize + $crop: within 1 %', ({ train, resize, crop, expected }) => {
  const { mean, median, min, max, inverseMean, histogram } = apparentSize(
    trained(train),
    tested(resize, crop),
    [PHOTO],
    OPTIONS,
  );
  [mean, median, min, max, inverseMean].forEach((value, i) => {
    expect(Math.abs((1000 * value) / expected[i]! - 1)).toBeLessThan(0.01);
  });
  expect(histogram.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
});

test('the closed formula gives the paper’s figures', () => {
  expect(closedFormula(1, 1)).toBeCloseTo(0.70824, 5);
  expect(closedFormula(1, 1, 0.28 ** 2)).toBeCloseTo(0.7075, 4);
  expect(closedFormula(256, 224)).toBeCloseTo(0.8094, 4);
  expect(apparentSize(trained(224), tested(256, 224), [PHOTO], { draws: 10, seed: 1 }).formula).toBeCloseTo(0.8094, 4);
});

test('scales are those of the views that training makes', () => {
  const photos = [PHOTO, { width: 300, height: 420 }];
  const specs: ViewSpec[] = [
    trained(64),
    { kind: 'train', size: 64, augmentation: { kind: 'randomCrop', minScale: 0.5, jitter: 0.3 } },
    { kind: 'train', size: 64, augmentation: { kind: 'fastai', minScale: 0.7 } },
    { kind: 'train', size: 64, augmentation: { kind: 'shiftedCrop', resize: 73, jitter: 0.05 } },
  ];
  for (const spec of specs) {
    trainScales(spec, photos, { draws: 6, seed: 3 }).forEach((scale, i) => {
      const { width, height } = photos[i % 2]!;
      const view = makeView(spec, width, height, { seed: 3, epoch: 1 + (i >> 1), index: i % 2 });
      expect(scale).toBeCloseTo(scaleOf(outlineOf(spec, view, width, height), 64), 9);
    });
  }
  // 319 px of 426 x 320 px: nearly as the photo's shorter side is resized.
  expect(testScale(tested(320, 256), PHOTO)).toBeCloseTo(320 / 600, 3);
});

test('the sentence says larger or smaller, and by how much', () => {
  const sentence = (resize: number, crop: number) =>
    apparentSizeSentence(apparentSize(trained(224), tested(resize, crop), [PHOTO], { draws: 20_000, seed: 1 }));
  expect(sentence(0, 224)).toMatch(/^Objects look 1\.9\d times larger in testing .* opposite/);
  expect(sentence(256, 224)).toMatch(/^Objects look 1\.(19|20) times smaller in testing than in training/);
  expect(sentence(306, 245)).toMatch(/^Objects look about as large/);
});

test('the size that would undo the difference is 245 px with the blog’s settings, and there is none without a resize', () => {
  const options = { ...OPTIONS, from: 32, to: 1024 };
  const alike = (viewAt: (size: number) => ReturnType<typeof tested>) =>
    sizeAlike(trained(224), viewAt, [PHOTO], options);
  expect(alike((size) => tested(Math.floor(1.25 * size), size))).toBe(245);
  expect(alike((size) => tested(0, size))).toBeNull();
  // Photos of several sizes are one distribution.
  const photos = [PHOTO, { width: 300, height: 420 }];
  const size = sizeAlike(trained(64), (px) => tested(px, px), photos, { ...options, draws: 20_000 })!;
  const ratioAt = (px: number) => apparentSize(trained(64), tested(px, px), photos, { ...OPTIONS, draws: 20_000 }).mean;
  expect(Math.abs(Math.log(ratioAt(size)))).toBeLessThan(Math.abs(Math.log(ratioAt(size - 1))));
  expect(Math.abs(Math.log(ratioAt(size)))).toBeLessThan(Math.abs(Math.log(ratioAt(size + 1))));
});

test('test views show their share of the photo', () => {
  expect(shownShare(tested(0, 224), [PHOTO])).toBeCloseTo(0.1045, 4);
  expect(shownShare(tested(600, 480), [PHOTO])).toBeCloseTo(0.48, 9);
  expect(shownShare(tested(280, 224), [PHOTO])).toBeCloseTo(0.48, 2);
  // Black around a photo shows nothing of it.
  expect(shownShare(tested(0, 800), [PHOTO])).toBe(1);
  expect(shownShare({ ...tested(256, 224), squish: true }, [PHOTO])).toBeCloseTo((224 / 256) ** 2, 9);
});
