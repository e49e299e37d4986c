import { beforeAll, expect, test } from 'vitest';
import golden from '../../../testing/golden/pixels.json';
import { picture } from '../../../testing/golden/values';
import { nodeBackend } from '../../../hosts/node/gpu';
import { cut } from '../../../testing/patterns';
import { resampleReference } from '../../../testing/resampleReference';
import { makeView } from '../../photo/makeView';
import { resizeTaps } from '../../photo/resample';
import type { LoadedView, Warp } from '../../photo/view';
import { warpOf } from '../../photo/warp';
import { fork } from '../../base/rng';
import type { StudioBackend } from '../../gpu/backend';
import { IMAGENET_MEAN, IMAGENET_STD } from '../resample/normalization';
import { resample } from '../resample/resample';
import { warpReference } from './affineWarp.reference';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

function square(name: string, size: number, warp: Warp, normalize = false): LoadedView {
  const { taps } = resizeTaps(size, size);
  const region = { left: 0, top: 0, width: size, height: size };
  const view = { size, region, horizontal: taps, vertical: taps, flip: false, normalize, warp };
  return { view, photoWidth: size, photoHeight: size, pixels: picture(name, size, size) };
}

async function valuesOf(views: LoadedView[]): Promise<Float32Array> {
  const before = backend.usedBytes();
  const images = resample(backend, views);
  const values = await backend.download(images);
  backend.release(images);
  expect(backend.usedBytes()).toBe(before);
  backend.gpu.throwIfFailed();
  return values;
}

const worst = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.max(...Array.from(a, (value, i) => Math.abs(value - b[i]!)));

test.each(golden.warped)('$picture: PyTorch’s grid_sample and fastai’s lighting', async (c) => {
  const values = await valuesOf([square(c.picture, c.size, warpOf(c.draw))]);
  expect(values.length).toBe(c.values.length);
  expect(worst(values, c.values)).toBeLessThan(1e-5);
});

test.each([16, 57])('a batch of random warps of random crops at %i px', async (size) => {
  const rng = fork(4, size);
  const spec = { kind: 'train', size, augmentation: { kind: 'fastai', minScale: 0.7 } } as const;
  const batch = Array.from({ length: 8 }, (_, index) => {
    const [width, height] = [rng.integer(30, 120), rng.integer(30, 120)];
    const view = makeView(spec, width, height, { seed: 1, epoch: 1, index });
    const pixels = cut(picture(`warped ${index}`, width, height), width, view.region);
    return { view, photoWidth: width, photoHeight: height, pixels };
  });
  const expected = batch.flatMap(({ view, pixels }) => {
    const floats = Array.from(resampleReference(view, pixels), (byte) => byte / 255);
    return warpReference(floats, size, view.warp!);
  });
  expect(worst(await valuesOf(batch), expected)).toBeLessThan(2e-5);
});

test('no warp changes nothing, far ones mirror more than once', async () => {
  const none: Warp = { matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1], brightness: 0, contrast: 1 };
  const bytes = picture('still', 31, 31);
  const still = await valuesOf([square('still', 31, none)]);
  expect(
    worst(
      still,
      Array.from({ length: still.length }, (_, i) => bytes[Math.floor(i / 3) * 4 + (i % 3)]! / 255),
    ),
  ).toBeLessThan(1e-7);
  const far: Warp = { ...none, matrix: [4, 0.5, 3, -0.25, 5, -6, 0, 0, 1] };
  const floats = Array.from({ length: still.length }, (_, i) => bytes[Math.floor(i / 3) * 4 + (i % 3)]! / 255);
  expect(worst(await valuesOf([square('still', 31, far)]), warpReference(floats, 31, far))).toBeLessThan(5e-5);
});

test('what is warped is normalised once, at the end', async () => {
  const warp = warpOf({
    flip: true,
    degrees: 8,
    zoom: 1.1,
    zoomX: 0,
    zoomY: 1,
    warpX: 0.1,
    warpY: 0,
    brightness: 0.6,
    contrast: 0.8,
  });
  const plain = await valuesOf([square('both', 20, warp)]);
  const normalised = await valuesOf([square('both', 20, warp, true)]);
  expect(
    worst(
      normalised,
      plain.map((value, i) => (value - IMAGENET_MEAN[i % 3]!) / IMAGENET_STD[i % 3]!),
    ),
  ).toBeLessThan(1e-5);
});
