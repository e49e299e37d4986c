import { expect, test } from 'vitest';
import { forwardMacs } from '../models/cost';
import { type MeasuredSize, nextSize, recommendSize } from './bestSize';

const COUNT = 400;
/** The first `right` photos right: nested, so that a difference of n photos is n against 0. */
const at = (size: number, right: number): MeasuredSize => ({
  size,
  hits: Uint8Array.from({ length: COUNT }, (_, i) => (i < right ? 1 : 0)),
  score: { loss: 1, accuracy: right / COUNT, correct: right, count: COUNT },
  macs: forwardMacs('resnet50', size, 5),
});

test.each([160, 224, 288, 352, 480])('coarse, then fine: a single peak at %i px is found', (peak) => {
  const range = { from: 64, to: 576 };
  const measured: MeasuredSize[] = [];
  for (let size = nextSize(measured, range); size !== null; size = nextSize(measured, range)) {
    expect(size % 32).toBe(0);
    expect(measured.some((one) => one.size === size)).toBe(false);
    measured.push(at(size, 390 - Math.abs(size - peak) / 2));
  }
  expect(recommendSize(measured, 224).best).toBe(peak);
  // All sizes would be seventeen.
  expect(measured.length).toBeLessThanOrEqual(10);
});

test('a range of one size is measured once', () => {
  expect(nextSize([], { from: 96, to: 96 })).toBe(96);
  expect(nextSize([at(96, 3)], { from: 96, to: 96 })).toBeNull();
});

test('sizes within the noise are named, and the cheapest is recommended', () => {
  // Five photos against none are 2/32 = 6 % likely, six 3 %.
  const { best, recommended, withinNoise, sentence } = recommendSize([at(128, 294), at(192, 295), at(256, 300)], 192);
  expect([best, recommended, withinNoise]).toEqual([256, 192, [192, 256]]);
  expect(sentence).toMatch(/256 px .* 75\.0 %, but 192 px is within the noise of 400 photos .* 44 % less/);
  expect(recommendSize([at(128, 200), at(256, 300)], 128).sentence).toMatch(/no smaller one/);
});

test('what a smaller size saves is counted, not taken from the square of the size', () => {
  // (200 / 224)² would be 20 % less: the last map is as large.
  const { saved, sentence } = recommendSize([at(200, 300), at(224, 301)], 224);
  expect(saved).toBeCloseTo(1 - forwardMacs('resnet50', 200, 5) / forwardMacs('resnet50', 224, 5), 12);
  expect(saved).toBeLessThan(0.17);
  expect(sentence).toContain(`costs ${Math.round(100 * saved)} % less`);
});

test('of equally accurate sizes the smaller one is best', () => {
  expect(recommendSize([at(256, 300), at(128, 300)], 256)).toMatchObject({ best: 128, recommended: 128 });
});

test('the best size is held against the one trained at, photo by photo', () => {
  expect(recommendSize([at(192, 294), at(256, 300)], 192).againstTrained).toMatchObject({ won: 6, lost: 0 });
  expect(recommendSize([at(192, 294), at(256, 300)], 256).againstTrained).toBeNull();
  expect(recommendSize([at(192, 294), at(256, 300)], 224).againstTrained).toBeNull();
});

test('where the smallest size is best, nothing is said of smaller ones', () => {
  expect(recommendSize([at(128, 300), at(256, 200)], 256).sentence).not.toMatch(/smaller/);
});

test('where sizes are chosen by another value, that one decides, and no noise is told of it', () => {
  const by = (one: MeasuredSize, macroF1: number): MeasuredSize => ({ ...one, score: { ...one.score, macroF1 } });
  const measured = [by(at(128, 300), 0.4), by(at(192, 299), 0.6), by(at(256, 298), 0.5)];
  const found = recommendSize(measured, 128, 'macroF1');
  expect(found).toMatchObject({ best: 192, recommended: 192, withinNoise: [192] });
  expect(found.sentence).toBe('192 px has the highest macro F1 measured, 60.0 %.');
  expect(recommendSize(measured, 128)).toMatchObject({ best: 128 });
  // Where it is compared by that value, noise is told of it.
  const changed = ({ size }: MeasuredSize) => ({
    won: 1,
    lost: 9,
    p: 0.02,
    metric: { by: 'macroF1', difference: 0.1, low: 0, high: 0.2, p: size === 128 ? 0.3 : 0.01 } as const,
  });
  const compared = recommendSize(measured, 128, 'macroF1', changed);
  expect(compared).toMatchObject({ best: 192, recommended: 128, withinNoise: [128, 192] });
  expect(compared.againstTrained).toMatchObject({ p: 0.02, metric: { p: 0.3 } });
  expect(compared.sentence).toMatch(
    /60\.0 %, but 128 px is within the noise of 400 photos \(permutation test at 5 %\)/,
  );
});
