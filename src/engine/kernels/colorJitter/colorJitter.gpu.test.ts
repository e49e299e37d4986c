import { beforeAll, expect, test } from 'vitest';
import golden from '../../../testing/golden/pixels.json';
import { picture } from '../../../testing/golden/values';
import { nodeBackend } from '../../../hosts/node/gpu';
import { cut } from '../../../testing/patterns';
import { resampleReference } from '../../../testing/resampleReference';
import { makeView } from '../../photo/makeView';
import { resizeTaps } from '../../photo/resample';
import type { ColorOperation, LoadedView, View } from '../../photo/view';
import { fork } from '../../base/rng';
import type { StudioBackend } from '../../gpu/backend';
import { resample } from '../resample/resample';
import { enhanceReference } from './colorJitter.reference';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

function load(name: string, photoWidth: number, photoHeight: number, view: View): LoadedView {
  const pixels = cut(picture(name, photoWidth, photoHeight), photoWidth, view.region);
  return { view, photoWidth, photoHeight, pixels };
}

async function bytesOf(views: LoadedView[]): Promise<number[]> {
  const before = backend.usedBytes();
  const images = resample(backend, views);
  const floats = await backend.download(images);
  backend.release(images);
  expect(backend.usedBytes()).toBe(before);
  backend.gpu.throwIfFailed();
  return Array.from(floats, (value) => Math.round(value * 255));
}

const operationsOf = (given: { kind: string; factor: number }[]) => given as ColorOperation[];

test('operations in any order give the pixels of Pillow', async () => {
  const batch = golden.jittered.map((c) => {
    const { taps } = resizeTaps(c.size, c.size);
    const region = { left: 0, top: 0, width: c.size, height: c.size };
    const colors = { left: 0, top: 0, operations: operationsOf(c.operations) };
    return load(c.picture, c.size, c.size, {
      size: c.size,
      region,
      horizontal: taps,
      vertical: taps,
      flip: false,
      colors,
    });
  });
  expect(await bytesOf(batch)).toEqual(golden.jittered.flatMap((c) => c.pixels));
});

test.each(golden.shifted)('$picture: resized, flipped ($flip), recoloured, then cropped, as DA2 does', async (c) => {
  const height = c.resize;
  const width = Math.trunc((c.width * c.resize) / c.height);
  const view: View = {
    size: c.size,
    region: { left: 0, top: 0, width: c.width, height: c.height },
    horizontal: resizeTaps(c.width, width).taps,
    vertical: resizeTaps(c.height, height).taps,
    flip: c.flip,
    colors: { left: c.left, top: c.top, operations: operationsOf(c.operations) },
  };
  expect(await bytesOf([load(c.picture, c.width, c.height, view)])).toEqual(c.pixels);
});

test.each([0.05, 0.3, 1])('random crops jittered by up to %f are exact', async (jitter) => {
  const rng = fork(8, jitter * 100);
  const spec = { kind: 'train', size: 29, augmentation: { kind: 'randomCrop', jitter } } as const;
  const batch = Array.from({ length: 12 }, (_, index) => {
    const [width, height] = [rng.integer(20, 90), rng.integer(20, 90)];
    return load(`jitter ${index}`, width, height, makeView(spec, width, height, { seed: 1, epoch: 2, index }));
  });
  const expected = batch.flatMap(({ view, pixels }) => [
    ...enhanceReference(resampleReference(view, pixels), view.colors!.operations),
  ]);
  expect(await bytesOf(batch)).toEqual(expected);
});

test('shifted crops of photos narrower than the crop are padded black', async () => {
  const spec = { kind: 'train', size: 24, augmentation: { kind: 'shiftedCrop', resize: 20, jitter: 0.3 } } as const;
  const batch = [
    [20, 30],
    [70, 20],
    [25, 25],
  ].map(([width = 0, height = 0], index) =>
    load(`narrow ${index}`, width, height, makeView(spec, width, height, { seed: 3, epoch: 1, index })),
  );
  const expected = batch.flatMap(({ view, pixels }) => {
    const [width, height] = [view.horizontal.starts.length, view.vertical.starts.length];
    const { left, top, operations } = view.colors!;
    const whole = enhanceReference(resampleReference(view, pixels), operations);
    return Array.from({ length: 24 * 24 * 3 }, (_, i) => {
      const x = (Math.floor(i / 3) % 24) + left;
      const y = Math.floor(i / 72) + top;
      return x < 0 || y < 0 || x >= width || y >= height ? 0 : whole[(y * width + x) * 3 + (i % 3)]!;
    });
  });
  expect(await bytesOf(batch)).toEqual(expected);
});
