import { beforeAll, expect, test } from 'vitest';
import { nodeBackend } from '../../../hosts/node/gpu';
import { resizeTaps } from '../../photo/resample';
import type { LoadedView, PlaneLayout, Region } from '../../photo/view';
import { fork } from '../../base/rng';
import { planesToRgba, windowOf } from '../../photo/jpegColor';
import type { StudioBackend } from '../../gpu/backend';
import { photoPixels } from './photoPixels';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const rng = fork(11);

function bytes(count: number): Uint8ClampedArray<ArrayBuffer> {
  return Uint8ClampedArray.from({ length: Math.ceil(count / 4) * 4 }, () => rng.integer(0, 255));
}

function loadedOf(region: Region, pixels: LoadedView['pixels'], planes?: PlaneLayout): LoadedView {
  const { taps } = resizeTaps(8, 8);
  const view = { size: 8, region, horizontal: taps, vertical: taps, flip: false };
  return { view, photoWidth: 0, photoHeight: 0, pixels, ...(planes && { planes }) };
}

/** A region of a made-up photo, with its planes. */
function planar(subsampling: PlaneLayout['subsampling'], width: number, height: number): LoadedView {
  const w = rng.integer(1, width);
  const h = rng.integer(1, height);
  const region = { left: rng.integer(0, width - w), top: rng.integer(0, height - h), width: w, height: h };
  const window = windowOf(region, width, height, subsampling);
  const chroma = Math.ceil(window.width / subsampling.x) * Math.ceil(window.height / subsampling.y);
  return loadedOf(region, bytes(window.width * window.height + 2 * chroma), { window, subsampling });
}

const RGB = 0xffffff;

async function expectSame(views: readonly LoadedView[]): Promise<void> {
  const { pixels, starts } = photoPixels(backend, views);
  const words = new Uint32Array((await backend.download(pixels)).buffer);
  backend.release(pixels);
  backend.gpu.throwIfFailed();
  for (const [i, { view, pixels: given, planes }] of views.entries()) {
    const expected = new Uint32Array((planes ? planesToRgba(given, planes, view.region) : given).buffer);
    const count = view.region.width * view.region.height;
    const got = words.slice(starts[i], starts[i]! + count);
    expect(Array.from(got, (word) => word & RGB)).toEqual(Array.from(expected.subarray(0, count), (w) => w & RGB));
  }
}

test.each([
  { x: 2, y: 2 },
  { x: 2, y: 1 },
  { x: 1, y: 1 },
] as const)('planes with chroma every $x x $y pixels become the pixels that the CPU makes', async (subsampling) => {
  await expectSame(Array.from({ length: 12 }, (_, i) => planar(subsampling, 7 + 5 * i, 6 + 7 * i)));
});

test('a batch mixes planes and pixels', async () => {
  const region = { left: 3, top: 4, width: 9, height: 5 };
  await expectSame([
    planar({ x: 2, y: 2 }, 31, 17),
    loadedOf(region, bytes(9 * 5 * 4)),
    planar({ x: 1, y: 1 }, 20, 20),
    loadedOf(region, bytes(9 * 5 * 4)),
  ]);
});
