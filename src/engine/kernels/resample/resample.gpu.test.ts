import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import crops from '../../../testing/golden/crops.json';
import golden from '../../../testing/golden/golden.json';
import pixels from '../../../testing/golden/pixels.json';
import { picture } from '../../../testing/golden/values';
import { nodeBackend } from '../../../hosts/node/gpu';
import { cut } from '../../../testing/patterns';
import { resampleReference } from '../../../testing/resampleReference';
import { makeView } from '../../photo/makeView';
import { resizeTaps } from '../../photo/resample';
import type { LoadedView, Region, View } from '../../photo/view';
import { fork } from '../../base/rng';
import type { StudioBackend } from '../../gpu/backend';
import { IMAGENET_MEAN, IMAGENET_STD } from './normalization';
import { resample } from './resample';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

/** The view of a made-up photo, its pixels cut out as a loader does. */
function load(name: string, photoWidth: number, photoHeight: number, view: View): LoadedView {
  const pixels = cut(picture(name, photoWidth, photoHeight), photoWidth, view.region);
  return { view, photoWidth, photoHeight, pixels };
}

/** The kernel's bytes; every value must be k / 255 to a float's precision. */
async function run(views: LoadedView[]): Promise<number[]> {
  const before = backend.usedBytes();
  const images = resample(backend, views);
  const { size } = views[0]!.view;
  expect(images.shape).toEqual([views.length, size, size, 3]);
  const floats = await backend.download(images);
  backend.release(images);
  expect(backend.usedBytes()).toBe(before);
  backend.gpu.throwIfFailed();
  const bytes = Array.from(floats, (value) => Math.round(value * 255));
  const furthest = floats.reduce((most, value, i) => Math.max(most, Math.abs(value - bytes[i]! / 255)), 0);
  expect(furthest).toBeLessThan(1e-7);
  return bytes;
}

test.each(golden.resampled)('$picture: crop and resize give the pixels of Pillow', async (c) => {
  const region: Region = { left: c.left, top: c.top, width: c.cropWidth, height: c.cropHeight };
  const horizontal = resizeTaps(c.cropWidth, c.outWidth).taps;
  const vertical = resizeTaps(c.cropHeight, c.outHeight).taps;
  const view = { size: c.outWidth, region, horizontal, vertical, flip: false };
  expect(await run([load(c.picture, c.width, c.height, view)])).toEqual(c.pixels);
});

test.each(golden.evaluated)('$picture: Resize($resize) and CenterCrop($crop) give torchvision’s pixels', async (c) => {
  const view = makeView({ kind: 'eval', resize: c.resize ?? 0, crop: c.crop }, c.width, c.height, null);
  expect(await run([load(c.picture, c.width, c.height, view)])).toEqual(c.pixels);
});

test.each(pixels.resampled)('$picture: crop and bicubic resize give the pixels of Pillow', async (c) => {
  const region: Region = { left: c.left, top: c.top, width: c.cropWidth, height: c.cropHeight };
  const horizontal = resizeTaps(c.cropWidth, c.size, { filter: 'bicubic' }).taps;
  const vertical = resizeTaps(c.cropHeight, c.size, { filter: 'bicubic' }).taps;
  const view = { size: c.size, region, horizontal, vertical, flip: false };
  expect(await run([load(c.picture, c.width, c.height, view)])).toEqual(c.pixels);
});

test.each(pixels.evaluated)('$picture: bicubic Resize($resize) and CenterCrop($crop) give torchvision’s', async (c) => {
  const spec = { kind: 'eval', resize: c.resize, crop: c.crop, filter: 'bicubic' } as const;
  const view = makeView(spec, c.width, c.height, null);
  expect(await run([load(c.picture, c.width, c.height, view)])).toEqual(c.pixels);
});

test.each(pixels.squished)('$picture: squished to $resize and cropped to $size, as fastai validates', async (c) => {
  const spec = { kind: 'eval', resize: c.resize, crop: c.size, squish: true } as const;
  const view = makeView(spec, c.width, c.height, null);
  expect(await run([load(c.picture, c.width, c.height, view)])).toEqual(c.pixels);
});

test.each(crops.batches)(
  'random crops at $size px, $filter, shrunk and stretched, are Pillow’s to the bit',
  async (c) => {
    const filter = c.filter === 'bicubic' ? 'bicubic' : 'bilinear';
    const tapsOf = (length: number) => resizeTaps(length, c.size, { filter }).taps;
    const batch = c.crops.map(({ picture: name, width, height, left, top, cropWidth, cropHeight }) => {
      const region: Region = { left, top, width: cropWidth, height: cropHeight };
      const [horizontal, vertical] = [tapsOf(cropWidth), tapsOf(cropHeight)];
      return load(name, width, height, { size: c.size, region, horizontal, vertical, flip: false });
    });
    const bytes = await run(batch);
    const photoBytes = c.size * c.size * 3;
    const digests = batch.map((_, i) => {
      const pixels = Uint8Array.from(bytes.slice(i * photoBytes, (i + 1) * photoBytes));
      return createHash('sha256').update(pixels).digest('hex');
    });
    expect(digests).toEqual(c.crops.map(({ sha256 }) => sha256));
  },
);

test('normalised values are those of torchvision’s Normalize', async () => {
  const spec = { kind: 'eval', resize: 20, crop: 24 } as const;
  const plain = load('normalised', 40, 30, makeView(spec, 40, 30, null));
  const bytes = await run([plain]);
  const images = resample(backend, [{ ...plain, view: makeView({ ...spec, normalize: true }, 40, 30, null) }]);
  const values = await backend.download(images);
  backend.release(images);
  const expected = bytes.map((byte, i) => (byte / 255 - IMAGENET_MEAN[i % 3]!) / IMAGENET_STD[i % 3]!);
  expect(Math.max(...expected.map((value, i) => Math.abs(value - values[i]!)))).toBeLessThan(1e-6);
});

test.each([
  [8, 'bilinear'],
  [33, 'bilinear'],
  [64, 'bilinear'],
  [8, 'bicubic'],
  [47, 'bicubic'],
] as const)('random views at %i px, %s, shrunk and stretched, half of them flipped', async (size, filter) => {
  const rng = fork(3, size);
  const batch = Array.from({ length: 9 }, (_, index) => {
    const [width, height] = [rng.integer(5, 150), rng.integer(5, 150)];
    return load(
      `photo ${index}`,
      width,
      height,
      makeView({ kind: 'train', size, filter }, width, height, { seed: 1, epoch: 1, index }),
    );
  });
  expect(new Set(batch.map(({ view }) => view.flip)).size).toBe(2);
  expect(await run(batch)).toEqual(batch.flatMap(({ view, pixels }) => [...resampleReference(view, pixels)]));
});

test('one batch mixes photos smaller than the crop, padded black, with large ones', async () => {
  const spec = { kind: 'eval', resize: 0, crop: 24 } as const;
  const sizes = [
    [10, 7],
    [24, 24],
    [61, 9],
    [90, 80],
  ] as const;
  const batch = sizes.map(([width, height], i) =>
    load(`eval ${i}`, width, height, makeView(spec, width, height, null)),
  );
  const bytes = await run(batch);
  expect(bytes).toEqual(batch.flatMap(({ view, pixels }) => [...resampleReference(view, pixels)]));
  expect(bytes.slice(0, 3)).toEqual([0, 0, 0]);
});

test.each([
  { kind: 'randomCrop' },
  { kind: 'randomCrop', jitter: 0.3 },
  { kind: 'shiftedCrop', resize: 37, jitter: 0.05 },
  { kind: 'fastai', minScale: 0.7 },
] as const)('$kind: the same seed gives the same bits, whatever else is in the batch', async (augmentation) => {
  const spec = { kind: 'train', size: 32, augmentation } as const;
  const batch = Array.from({ length: 5 }, (_, index) => {
    const [width, height] = [50 + 9 * index, 45];
    return load(`same ${index}`, width, height, makeView(spec, width, height, { seed: 7, epoch: 3, index }));
  });
  const bits = async (views: LoadedView[]) => {
    const images = resample(backend, views);
    const values = await backend.download(images);
    backend.release(images);
    return [...new Uint32Array(values.buffer)];
  };
  const together = await bits(batch);
  expect(await bits(batch)).toEqual(together);
  const apart: number[] = [];
  for (const view of batch) apart.push(...(await bits([view])));
  expect(apart).toEqual(together);
});
