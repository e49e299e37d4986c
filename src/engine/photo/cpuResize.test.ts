import { expect, test } from 'vitest';
import { cut } from '../../testing/patterns';
import { picture } from '../../testing/golden/values';
import { resampleReference } from '../../testing/resampleReference';
import { makeView } from './makeView';
import { resizeTaps } from './resample';
import { fork } from '../base/rng';
import { resizeRgba, resizeView } from './cpuResize';
import { planesToRgba, windowOf } from './jpegColor';

/** Training crops, centre crops, and crops that are larger than the photo. */
function viewOf(index: number, photoWidth: number, photoHeight: number) {
  const spec =
    index % 2 === 0
      ? ({ kind: 'train', size: 24 } as const)
      : ({ kind: 'eval', resize: index % 4 === 1 ? 40 : 0, crop: 32 } as const);
  return makeView(spec, photoWidth, photoHeight, { seed: 3, epoch: 1, index });
}

test('a view resized before it is sent shows the pixels of the view', () => {
  for (let index = 0; index < 20; index++) {
    const [photoWidth, photoHeight] = [20 + 9 * index, 150 - 5 * index];
    const view = viewOf(index, photoWidth, photoHeight);
    const pixels = cut(picture(`photo ${index}`, photoWidth, photoHeight), photoWidth, view.region);
    const resized = resizeView({ view, photoWidth, photoHeight, pixels });
    expect(resized.view.region).toEqual({ left: 0, top: 0, width: view.size, height: view.size });
    expect(resampleReference(resized.view, resized.pixels)).toEqual(resampleReference(view, pixels));
  }
});

test.each(['bilinear', 'bicubic'] as const)('any size to any other, %s, is the reference’s, and opaque', (filter) => {
  const rng = fork(8);
  for (let index = 0; index < 40; index++) {
    const [width, height] = [rng.integer(1, 70), rng.integer(1, 70)];
    const [outWidth, outHeight] = [rng.integer(1, 40), rng.integer(1, 40)];
    // Noise of the extremes, which overshoots under the cubic.
    const pixels = Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) =>
      i % 4 === 3 ? 255 : 255 * rng.integer(0, 1),
    );
    const horizontal = resizeTaps(width, outWidth, { filter }).taps;
    const vertical = resizeTaps(height, outHeight, { filter }).taps;
    const region = { left: 0, top: 0, width, height };
    const expected = resampleReference({ size: outWidth, region, horizontal, vertical, flip: false }, pixels);
    const resized = resizeRgba(pixels, region, horizontal, vertical);
    expect(resized.filter((_, i) => i % 4 !== 3)).toEqual(expected);
    expect(resized.filter((_, i) => i % 4 === 3).every((alpha) => alpha === 255)).toBe(true);
  }
});

test.each([
  { x: 2, y: 2 },
  { x: 2, y: 1 },
  { x: 1, y: 1 },
] as const)('a view of planes with chroma every $x x $y pixels is the view of their pixels', (subsampling) => {
  const rng = fork(9);
  for (let index = 0; index < 20; index++) {
    const [photoWidth, photoHeight] = [20 + 9 * index, 150 - 5 * index];
    const view = viewOf(index, photoWidth, photoHeight);
    const window = windowOf(view.region, photoWidth, photoHeight, subsampling);
    const chroma = Math.ceil(window.width / subsampling.x) * Math.ceil(window.height / subsampling.y);
    const length = Math.ceil((window.width * window.height + 2 * chroma) / 4) * 4;
    const pixels = Uint8ClampedArray.from({ length }, () => rng.integer(0, 255));
    const planes = { window, subsampling };
    const rgba = planesToRgba(pixels, planes, view.region);
    const resized = resizeView({ view, photoWidth, photoHeight, pixels, planes });
    expect(resized.planes).toBeUndefined();
    expect(resampleReference(resized.view, resized.pixels)).toEqual(resampleReference(view, rgba));
  }
});
