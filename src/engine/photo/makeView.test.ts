import { expect, test } from 'vitest';
import golden from '../../testing/golden/golden.json';
import { crc32, picture } from '../../testing/golden/values';
import { cut } from '../../testing/patterns';
import { resampleReference } from '../../testing/resampleReference';
import { makeView } from './makeView';
import { resizeTaps } from './resample';
import type { View } from './view';

test.each(golden.resampled)('$picture: crop and resize give the pixels of Pillow', (c) => {
  expect(c.outWidth).toBe(c.outHeight);
  const view: View = {
    size: c.outWidth,
    region: { left: c.left, top: c.top, width: c.cropWidth, height: c.cropHeight },
    horizontal: resizeTaps(c.cropWidth, c.outWidth).taps,
    vertical: resizeTaps(c.cropHeight, c.outHeight).taps,
    flip: false,
  };
  const out = resampleReference(view, cut(picture(c.picture, c.width, c.height), c.width, view.region));
  expect([...out]).toEqual(c.pixels);
  expect(crc32(new Uint8Array(out.buffer))).toBe(c.crc32);
});

test.each(golden.evaluated)('$picture: Resize($resize) and CenterCrop($crop) give the pixels of torchvision', (c) => {
  const view = makeView({ kind: 'eval', resize: c.resize ?? 0, crop: c.crop }, c.width, c.height, null);
  const out = resampleReference(view, cut(picture(c.picture, c.width, c.height), c.width, view.region));
  expect([...out]).toEqual(c.pixels);
});

test('a corner of a photo that is smaller than the crop is its padded middle', () => {
  const spec = { kind: 'eval', resize: 0, crop: 64 } as const;
  expect(makeView({ ...spec, corner: 'bottomRight' }, 40, 30, null)).toEqual(makeView(spec, 40, 30, null));
});

test('an evaluation view reads the crop and what its border pixels reach, no more', () => {
  expect(makeView({ kind: 'eval', resize: 0, crop: 224 }, 800, 600, null).region).toEqual({
    left: 288,
    top: 188,
    width: 224,
    height: 224,
  });
  // RoC 480 x 480 at (160, 60); the triangle reaches 7.5 px, less half an output pixel, beyond it.
  const { region } = makeView({ kind: 'eval', resize: 80, crop: 64 }, 800, 600, null);
  expect(region.top).toBeGreaterThan(54);
  expect(region.height).toBeLessThan(490);
  // Taps are clamped to the photo, not to the crop.
  expect(makeView({ kind: 'eval', resize: 32, crop: 32 }, 600, 600, null).region).toEqual({
    left: 0,
    top: 0,
    width: 600,
    height: 600,
  });
});

test('training views depend on seed, epoch and index, and on nothing else', () => {
  const spec = { kind: 'train', size: 64 } as const;
  const view = (seed: number, epoch: number, index: number) => makeView(spec, 800, 600, { seed, epoch, index });
  expect(view(1, 2, 3)).toEqual(view(1, 2, 3));
  const regions = [view(1, 2, 3), view(2, 2, 3), view(1, 3, 3), view(1, 2, 4)].map((v) => JSON.stringify(v.region));
  expect(new Set(regions).size).toBe(4);
  const flips = Array.from({ length: 2000 }, (_, index) => view(1, 1, index).flip).filter(Boolean).length;
  expect(Math.abs(flips - 1000)).toBeLessThan(100);
  expect(() => makeView(spec, 800, 600, null)).toThrow('seed');
});

test('a flipped view is the mirror of the same view unflipped', () => {
  const straight = { ...makeView({ kind: 'eval', resize: 20, crop: 16 }, 40, 30, null), flip: false };
  const pixels = cut(picture('flip', 40, 30), 40, straight.region);
  const a = resampleReference(straight, pixels);
  const b = resampleReference({ ...straight, flip: true }, pixels);
  for (let x = 0; x < 16; x++) expect(b.slice(x * 3, x * 3 + 3)).toEqual(a.slice((15 - x) * 3, (16 - x) * 3));
});

test.each([
  { kind: 'randomCrop', jitter: 0.3 },
  { kind: 'shiftedCrop', resize: 73, jitter: 0.05 },
  { kind: 'fastai', minScale: 0.7 },
] as const)('views of $kind are plain data, the same for the same seed', (augmentation) => {
  const spec = { kind: 'train', size: 64, augmentation } as const;
  const view = (index: number) => makeView(spec, 90, 80, { seed: 1, epoch: 2, index });
  expect(view(3)).toEqual(view(3));
  expect(view(3)).not.toEqual(view(4));
  expect(structuredClone(view(3))).toEqual(view(3));
  expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
});

test('colour jitter leaves crop and flip as they are without it', () => {
  const seed = { seed: 4, epoch: 1, index: 9 };
  const plain = makeView({ kind: 'train', size: 64 }, 800, 600, seed);
  const jittered = makeView(
    { kind: 'train', size: 64, augmentation: { kind: 'randomCrop', jitter: 0.3 } },
    800,
    600,
    seed,
  );
  const { colors, ...rest } = jittered;
  expect(rest).toEqual(plain);
  expect(colors?.operations.map(({ kind }) => kind).sort()).toEqual(['brightness', 'contrast', 'saturation']);
});
