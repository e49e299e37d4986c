/** From a photo that a host has opened to its part of a batch: steps 3 and 4 of the data's path, but for the decoding itself. */
import { resizedSize } from './boxes';
import { resizeRgba, resizeView } from './cpuResize';
import { storedRegion, turnUpright, uprightSize } from './exifTurn';
import { type ImageHeader, readImageHeader } from './imageHeader';
import { contentHash, inspectPixels, type PhotoFacts } from './inspectPhoto';
import { planesToRgba } from './jpegColor';
import { makeView } from './makeView';
import { DECODABLE_NAMES } from './photoKinds';
import { resizeTaps } from './resample';
import type { LoadedView, Region, ViewSeed, ViewSpec } from './view';

/**
 * How far a decoder takes a view, the GPU doing the rest; the pixels that come out are the same. `planes`: as the file
 * has them, where the host tells them. `rgba`: pixels. `view`: resized, too.
 */
export type Finish = 'planes' | 'rgba' | 'view';

export type RegionPixels = Pick<LoadedView, 'pixels' | 'planes'>;

/** A decoded photo, as it is stored, px. */
export interface StoredPhoto {
  width: number;
  height: number;
  read(region: Region): Promise<RegionPixels>;
}

/** 160 megapixels are 240 MB as planes and 640 MB as RGBA, in each decoder at a time; more may take the page down. */
const MOST_PIXELS = 160e6;
/**
 * Larger regions are resized by the decoder, by the same arithmetic, rather than sent: a batch of 64 views keeps below
 * 200 MB whatever the camera was. Below, the GPU is faster.
 */
const RESIZE_ABOVE_PIXELS = 2e6;

/** @throws Error if it is no photo, or one too large to decode. */
export function headerOf(bytes: ArrayBuffer): ImageHeader {
  const header = readImageHeader(new Uint8Array(bytes));
  if (!header) throw new Error(`it is no ${DECODABLE_NAMES}, or only a part of one`);
  const { width, height } = header;
  if (width * height > MOST_PIXELS) {
    const megapixels = (pixels: number) => `${Math.round(pixels / 1e6)} megapixels`;
    throw new Error(
      `it is ${width} x ${height} px, ${megapixels(width * height)}; at most ${megapixels(MOST_PIXELS)} are decoded`,
    );
  }
  return header;
}

/** `orientation`: EXIF's, 1 where it is not respected. */
export async function viewOfPhoto(
  photo: StoredPhoto,
  { spec, seed, orientation, finish }: { spec: ViewSpec; seed: ViewSeed | null; orientation: number; finish: Finish },
): Promise<LoadedView> {
  const { width: photoWidth, height: photoHeight } = uprightSize(orientation, photo);
  const view = makeView(spec, photoWidth, photoHeight, seed);
  const region = storedRegion(orientation, view.region, photo);
  const stored = await photo.read(region);
  const resizeHere = finish === 'view' || region.width * region.height > RESIZE_ABOVE_PIXELS;
  let loaded: LoadedView = { view, photoWidth, photoHeight, ...stored };
  if (orientation !== 1 || (finish === 'rgba' && !resizeHere)) {
    loaded = { view, photoWidth, photoHeight, pixels: turnUpright(orientation, rgbaOf(stored, region), region) };
  }
  return resizeHere ? resizeView(loaded) : loaded;
}

/** The whole photo upright, its shorter side `side` px, resized as Pillow does. RGBA. */
export async function smallerPhoto(
  photo: StoredPhoto,
  side: number,
  orientation: number,
): Promise<{ width: number; height: number; pixels: Uint8ClampedArray<ArrayBuffer> }> {
  const whole = { left: 0, top: 0, width: photo.width, height: photo.height };
  const pixels = turnUpright(orientation, rgbaOf(await photo.read(whole), whole), whole);
  const upright = uprightSize(orientation, photo);
  const { width, height } = resizedSize(side, upright.width, upright.height);
  const [across, down] = [resizeTaps(upright.width, width).taps, resizeTaps(upright.height, height).taps];
  return { width, height, pixels: resizeRgba(pixels, upright, across, down) };
}

/** What the photo and its file's bytes say of themselves. */
export async function inspectPhoto(photo: StoredPhoto, bytes: ArrayBuffer, orientation: number): Promise<PhotoFacts> {
  const whole = { left: 0, top: 0, width: photo.width, height: photo.height };
  const pixels = turnUpright(orientation, rgbaOf(await photo.read(whole), whole), whole);
  return { ...inspectPixels({ ...uprightSize(orientation, photo), pixels }), hash: contentHash(bytes) };
}

function rgbaOf({ pixels, planes }: RegionPixels, region: Region): LoadedView['pixels'] {
  return planes ? planesToRgba(pixels, planes, region) : pixels;
}
