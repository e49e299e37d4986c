/**
 * Decodes photos in Node: by sharp (libjpeg-turbo, libpng, libwebp, libheif), which gives Pillow's pixels, on threads of
 * its own. What it reads otherwise than Pillow is refused by name.
 */
import { availableParallelism } from 'node:os';
import sharp, { type Sharp } from 'sharp';
import { StudioError } from '../../engine/base/errors';
import type { FileSource } from '../../engine/dataset/types';
import type { ImageHeader } from '../../engine/photo/imageHeader';
import { openTiff } from '../../engine/photo/tiff';
import type { PhotoFacts } from '../../engine/photo/inspectPhoto';
import {
  type Finish,
  headerOf,
  inspectPhoto,
  smallerPhoto,
  type StoredPhoto,
  viewOfPhoto,
} from '../../engine/photo/storedPhoto';
import type { LoadedView, ViewSeed, ViewSpec } from '../../engine/photo/view';
import type { PhotoDecoder } from '../../session/host';

/** Photos in hand at a time: one is read from disk while each core decodes one. */
const AT_ONCE = 2 * availableParallelism();
/** As the browser's copies are kept. */
const COPY_QUALITY = 95;
const THUMBNAIL_QUALITY = 88;

// A thread a photo; several photos at once keep all cores busy.
sharp.concurrency(1);

export class NodeDecoder implements PhotoDecoder {
  respectExif = false;
  finish: Finish = 'rgba';
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private readonly closed = new AbortController();

  constructor(private readonly source: FileSource) {}

  load(path: string, spec: ViewSpec, seed: ViewSeed | null, signal: AbortSignal): Promise<LoadedView> {
    const { respectExif, finish } = this;
    return this.inTurn(path, signal, async (bytes) => {
      const header = headerOf(bytes);
      const orientation = respectExif ? header.orientation : 1;
      return viewOfPhoto(await open(bytes, header), { spec, seed, orientation, finish });
    });
  }

  thumbnail(path: string, maxSide: number): Promise<Blob> {
    return this.inTurn(path, null, async (bytes) => {
      const header = headerOf(bytes);
      const size = { width: maxSide, height: maxSide, fit: 'inside', withoutEnlargement: true } as const;
      const jpeg = await (
        await thumbnailOf(bytes, header)
      )
        .autoOrient()
        .resize(size)
        .jpeg({ quality: THUMBNAIL_QUALITY })
        .toBuffer();
      return new Blob([new Uint8Array(jpeg)], { type: 'image/jpeg' });
    });
  }

  copy(path: string, side: number): Promise<Blob | null> {
    const { respectExif } = this;
    return this.inTurn(path, null, async (bytes) => {
      const header = headerOf(bytes);
      if (Math.min(header.width, header.height) <= side) return null;
      const photo = await open(bytes, header);
      const { width, height, pixels } = await smallerPhoto(photo, side, respectExif ? header.orientation : 1);
      const raw = sharp(new Uint8Array(pixels.buffer), { raw: { width, height, channels: 4 } }).removeAlpha();
      return new Blob([new Uint8Array(await raw.jpeg({ quality: COPY_QUALITY }).toBuffer())], { type: 'image/jpeg' });
    });
  }

  header(path: string): Promise<ImageHeader> {
    return this.inTurn(path, null, (bytes) => Promise.resolve(headerOf(bytes)));
  }

  inspect(path: string, signal: AbortSignal): Promise<PhotoFacts> {
    return this.inTurn(path, signal, async (bytes) => {
      const header = headerOf(bytes);
      return inspectPhoto(await open(bytes, header), bytes, header.orientation);
    });
  }

  dispose(): void {
    this.closed.abort(new StudioError('stopped', 'the folder was closed'));
    for (const wake of this.waiting.splice(0)) wake();
  }

  /** First come, first served. What is dropped before its turn is neither read nor decoded. */
  private async inTurn<T>(
    path: string,
    signal: AbortSignal | null,
    decode: (bytes: ArrayBuffer) => Promise<T>,
  ): Promise<T> {
    const refuse = () => {
      this.closed.signal.throwIfAborted();
      signal?.throwIfAborted();
    };
    refuse();
    if (this.running >= AT_ONCE) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.running++;
    try {
      refuse();
      const bytes = await (await this.source.read(path)).arrayBuffer();
      if (bytes.byteLength === 0) throw new Error('the file is empty');
      const decoded = await decode(bytes);
      refuse();
      return decoded;
    } catch (error) {
      refuse();
      throw error instanceof StudioError ? error : badPhoto(path, error);
    } finally {
      this.running--;
      this.waiting.shift()?.();
    }
  }
}

/** Pixels of the region alone are made. @throws Error with the reason where they would not be Pillow's. */
async function open(bytes: ArrayBuffer, { type, width, height }: ImageHeader): Promise<StoredPhoto> {
  if (type === 'image/tiff') return explained(() => openTiff(bytes));
  if (type === 'image/bmp') throw new Error('it is a BMP, which is read in a browser alone');
  const image = () => sharp(bytes, { ignoreIcc: true, failOn: 'error', limitInputPixels: false });
  const { space, hasAlpha } = await explained(() => image().metadata());
  if (space === 'cmyk') throw new Error('it is of inks (CMYK), which are mixed as Pillow does in a browser alone');
  return {
    width,
    height,
    async read(region) {
      const cut = await explained(() => rgba(image().extract(region), hasAlpha).toBuffer());
      const pixels = new Uint8ClampedArray(region.width * region.height * 4);
      pixels.set(cut);
      return { pixels };
    },
  };
}

/** A TIFF's in the pixels that are trained on. */
async function thumbnailOf(bytes: ArrayBuffer, { type }: ImageHeader): Promise<Sharp> {
  if (type !== 'image/tiff') return sharp(bytes);
  const photo = await openTiff(bytes);
  const { width, height } = photo;
  const { pixels } = await photo.read({ left: 0, top: 0, width, height });
  return sharp(new Uint8Array(pixels.buffer), { raw: { width, height, channels: 4 } }).removeAlpha();
}

/** Colours as they are stored under whatever alpha. */
const rgba = (image: Sharp, hasAlpha: boolean) =>
  (hasAlpha ? image.removeAlpha() : image).toColourspace('srgb').ensureAlpha(1).raw();

async function explained<T>(decode: () => Promise<T>): Promise<T> {
  try {
    return await decode();
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split('\n')[0] : String(error);
    throw new Error(`its data are broken, cut off, or of a kind that sharp cannot decode (${reason})`, {
      cause: error,
    });
  }
}

function badPhoto(path: string, reason: unknown): StudioError {
  const why = reason instanceof Error ? reason.message : String(reason);
  return new StudioError('bad-photo', `${path} could not be read: ${why}`, 'It is left out; the run goes on.');
}
