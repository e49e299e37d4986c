/**
 * A photo's bytes → its stored pixels, by the best of the browser's decoders: step 3 of the data's path.
 *
 * A JPEG comes out of `ImageDecoder` as the planes that are in the file, in a third of the time of `createImageBitmap`
 * and half the bytes, and libjpeg's own arithmetic (`engine/dataset/jpegColor`) makes Pillow's pixels of them, to the bit.
 * All else is read through a `VideoFrame` in the frame's own byte order: a canvas, and a frame asked to convert, multiply
 * colours by alpha. Neither is turned by EXIF. Browsers without these (Safari) go through a canvas and turn back.
 */
import type { PlaneLayout, Region } from '../../../engine/photo/view';
import { swapsSides, uprightToStored } from '../../../engine/photo/exifOrientation';
import type { ImageHeader, ImageType } from '../../../engine/photo/imageHeader';
import { windowOf } from '../../../engine/photo/jpegColor';
import { openTiff } from '../../../engine/photo/tiff';
import type { StoredPhoto } from '../../../engine/photo/storedPhoto';

/** Whoever opened it closes it. */
export interface OpenPhoto extends StoredPhoto {
  close(): void;
}

const AS_STORED = { colorSpaceConversion: 'none', premultiplyAlpha: 'none' } as const;

const SUBSAMPLING: Readonly<Record<string, PlaneLayout['subsampling']>> = {
  I420: { x: 2, y: 2 },
  I422: { x: 2, y: 1 },
  I444: { x: 1, y: 1 },
};
/** libjpeg upsamples planes of one or two columns plainly; such photos are left to the browser. */
const LEAST_WIDTH = 6;

/** Where red and blue stand in the byte orders that need no conversion. */
const BYTE_ORDERS: Readonly<Record<string, 'rgb' | 'bgr'>> = { RGBA: 'rgb', RGBX: 'rgb', BGRA: 'bgr', BGRX: 'bgr' };

/** @throws Error with the browser's reason if it cannot decode the photo. */
export async function openPhoto(bytes: ArrayBuffer, header: ImageHeader): Promise<OpenPhoto> {
  try {
    return await decode(bytes, header);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`its data are broken, cut off, or of a kind that the browser cannot decode (${reason})`, {
      cause: error,
    });
  }
}

async function decode(bytes: ArrayBuffer, header: ImageHeader): Promise<OpenPhoto> {
  if (header.type === 'image/tiff') return { ...(await openTiff(bytes)), close: () => undefined };
  if (typeof ImageDecoder !== 'undefined' && (await isSupported(header.type))) {
    const frame = await decodeFrame(bytes, header.type);
    const photo = fromPlanes(frame, header) ?? fromFrame(frame);
    if (photo) return photo;
    frame.close();
  }
  const bitmap = await createImageBitmap(new Blob([bytes]), AS_STORED);
  if (typeof VideoFrame !== 'undefined') {
    const frame = new VideoFrame(bitmap, { timestamp: 0 });
    const photo = fromFrame(frame);
    if (photo) {
      bitmap.close();
      return photo;
    }
    frame.close();
  }
  return fromBitmap(bitmap, header.orientation);
}

const supported = new Map<ImageType, Promise<boolean>>();

function isSupported(type: ImageType): Promise<boolean> {
  const known = supported.get(type) ?? ImageDecoder.isTypeSupported(type);
  supported.set(type, known);
  return known;
}

async function decodeFrame(bytes: ArrayBuffer, type: ImageType): Promise<VideoFrame> {
  const decoder = new ImageDecoder({ data: bytes, type, preferAnimation: false, ...AS_STORED });
  try {
    return (await decoder.decode()).image;
  } finally {
    decoder.close();
  }
}

/** JPEGs alone: other formats' planes are not JFIF's, and their own libraries upsample otherwise. */
function fromPlanes(frame: VideoFrame, { type }: ImageHeader): OpenPhoto | undefined {
  const subsampling = SUBSAMPLING[frame.format ?? ''];
  const { fullRange, matrix } = frame.colorSpace;
  const [width, height] = [frame.codedWidth, frame.codedHeight];
  const isJfif = type === 'image/jpeg' && fullRange === true && matrix === 'smpte170m';
  if (!subsampling || !isJfif || width < LEAST_WIDTH) return undefined;
  return {
    width,
    height,
    async read(region) {
      const window = windowOf(region, width, height, subsampling);
      const rect = rectOf(window);
      const planes = 2 * Math.ceil(window.width / subsampling.x) * Math.ceil(window.height / subsampling.y);
      const sizeBytes = window.width * window.height + planes;
      const pixels = new Uint8ClampedArray(Math.ceil(sizeBytes / 4) * 4);
      await frame.copyTo(pixels, { rect });
      return { pixels, planes: { window, subsampling } };
    },
    close: () => frame.close(),
  };
}

function fromFrame(frame: VideoFrame): OpenPhoto | undefined {
  const order = BYTE_ORDERS[frame.format ?? ''];
  if (!order) return undefined;
  return {
    width: frame.codedWidth,
    height: frame.codedHeight,
    async read(region) {
      const pixels = new Uint8ClampedArray(region.width * region.height * 4);
      await frame.copyTo(pixels, { rect: rectOf(region) });
      if (order === 'bgr') swapRedAndBlue(pixels);
      return { pixels };
    },
    close: () => frame.close(),
  };
}

/** The bitmap is upright; a canvas turns it back. */
function fromBitmap(upright: ImageBitmap, orientation: number): OpenPhoto {
  const turned = swapsSides(orientation);
  const width = turned ? upright.height : upright.width;
  const height = turned ? upright.width : upright.height;
  const [a, b, c, d, e, f] = uprightToStored(orientation, width, height);
  return {
    width,
    height,
    read({ left, top, width: columns, height: rows }) {
      const context = new OffscreenCanvas(columns, rows).getContext('2d', { willReadFrequently: true });
      if (!context) throw new Error(`no canvas of ${columns} x ${rows} could be made`);
      context.imageSmoothingEnabled = false;
      context.setTransform(a, b, c, d, e - left, f - top);
      context.drawImage(upright, 0, 0);
      return Promise.resolve({ pixels: context.getImageData(0, 0, columns, rows).data });
    },
    close: () => upright.close(),
  };
}

const rectOf = ({ left, top, width, height }: Region): DOMRectInit => ({ x: left, y: top, width, height });

function swapRedAndBlue(pixels: Uint8ClampedArray<ArrayBuffer>): void {
  const words = new Uint32Array(pixels.buffer);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    words[i] = (word & 0xff00ff00) | ((word & 0xff) << 16) | ((word >>> 16) & 0xff);
  }
}
