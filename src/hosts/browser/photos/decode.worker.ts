/**
 * Decodes photos off the training worker's thread: steps 3 and 4 of the data's path. One reply a job. Pixels are those
 * stored in the file: no colour conversion, no turning by EXIF unless asked for, as Pillow has it.
 */
import { makeView } from '../../../engine/photo/makeView';
import type { LoadedView } from '../../../engine/photo/view';
import { resizedSize } from '../../../engine/photo/boxes';
import { resizeTaps } from '../../../engine/photo/resample';
import { resizeRgba, resizeView } from '../../../engine/photo/cpuResize';
import { storedRegion, turnUpright, uprightSize } from '../../../engine/photo/exifTurn';
import { type ImageHeader, readImageHeader } from '../../../engine/photo/imageHeader';
import { planesToRgba } from '../../../engine/photo/jpegColor';
import type { JobMessage, JobReply, ViewTimes } from './jobs';
import { openPhoto, type RegionPixels } from './openPhoto';

/** Holds the headers of all but photos with colour profiles of several segments before them. */
const HEAD_BYTES = 256 * 1024;
/** 160 megapixels are 240 MB as planes and 640 MB as RGBA, in each worker at a time; more may take the page down. */
const MOST_PIXELS = 160e6;
/**
 * Larger regions are resized here, by the same arithmetic, rather than sent: a batch of 64 views keeps below 200 MB
 * whatever the camera was. Below, the GPU is faster.
 */
const RESIZE_ABOVE_PIXELS = 2e6;
/** Hardly told from the photo, in a few bits a pixel. */
const COPY_QUALITY = 0.95;

addEventListener('message', (event: MessageEvent<JobMessage>) => {
  const job = event.data;
  work(job).then(
    (reply) => postMessage(reply, 'view' in reply ? [reply.view.pixels.buffer] : []),
    (error: unknown) => {
      const failed = error instanceof Error ? error.message : String(error);
      postMessage({ id: job.id, failed } satisfies JobReply);
    },
  );
});

async function work(job: JobMessage): Promise<JobReply> {
  const { id, blob } = job;
  if (blob.size === 0) throw new Error('the file is empty');
  switch (job.kind) {
    case 'view':
      return { id, ...(await loadView(job)) };
    case 'thumbnail':
      return { id, thumbnail: await shrink(blob, job.maxSide) };
    case 'copy':
      return { id, copy: await makeCopy(job) };
    case 'header':
      return { id, header: await readHeader(blob) };
    default:
      return job satisfies never;
  }
}

/** Reads the photo's start, or all of it where that does not say enough. Throws as `headerOf` does. */
async function readHeader(blob: Blob): Promise<ImageHeader> {
  const head = await blob.slice(0, HEAD_BYTES).arrayBuffer();
  return headerOf(readImageHeader(new Uint8Array(head)) ? head : await blob.arrayBuffer());
}

/** @throws Error if it is no photo, or one too large to decode. */
function headerOf(bytes: ArrayBuffer): ImageHeader {
  const header = readImageHeader(new Uint8Array(bytes));
  if (!header) throw new Error('it is no JPEG, PNG, WebP, AVIF, GIF or BMP, or only a part of one');
  const { width, height } = header;
  if (width * height > MOST_PIXELS) {
    const megapixels = (pixels: number) => `${Math.round(pixels / 1e6)} megapixels`;
    throw new Error(
      `it is ${width} x ${height} px, ${megapixels(width * height)}; at most ${megapixels(MOST_PIXELS)} are decoded`,
    );
  }
  return header;
}

async function loadView({
  blob,
  spec,
  seed,
  respectExif,
  finish,
}: Extract<JobMessage, { kind: 'view' }>): Promise<{ view: LoadedView; times: ViewTimes }> {
  const started = performance.now();
  const bytes = await blob.arrayBuffer();
  const read = performance.now();
  const header = headerOf(bytes);
  const photo = await openPhoto(bytes, header);
  const decoded = performance.now();
  try {
    const orientation = respectExif ? header.orientation : 1;
    const { width: photoWidth, height: photoHeight } = uprightSize(orientation, photo);
    const view = makeView(spec, photoWidth, photoHeight, seed);
    const region = storedRegion(orientation, view.region, photo);
    const stored = await photo.read(region);
    let loaded: LoadedView = { view, photoWidth, photoHeight, ...stored };
    const resizeHere = finish === 'view' || region.width * region.height > RESIZE_ABOVE_PIXELS;
    if (orientation !== 1 || (finish === 'rgba' && !resizeHere)) {
      loaded = { view, photoWidth, photoHeight, pixels: turnUpright(orientation, rgbaOf(stored, region), region) };
    }
    if (resizeHere) loaded = resizeView(loaded);
    const times = { read: read - started, decode: decoded - read, copy: performance.now() - decoded };
    return { view: loaded, times };
  } finally {
    photo.close();
  }
}

/** Resized as Pillow does, and as a JPEG: a hundredth of the pixels' bytes. Null where the photo is no larger. */
async function makeCopy({ blob, side, respectExif }: Extract<JobMessage, { kind: 'copy' }>): Promise<Blob | null> {
  const bytes = await blob.arrayBuffer();
  const header = headerOf(bytes);
  if (Math.min(header.width, header.height) <= side) return null;
  const photo = await openPhoto(bytes, header);
  try {
    const orientation = respectExif ? header.orientation : 1;
    const whole = { left: 0, top: 0, width: photo.width, height: photo.height };
    const pixels = turnUpright(orientation, rgbaOf(await photo.read(whole), whole), whole);
    const upright = uprightSize(orientation, photo);
    const { width, height } = resizedSize(side, upright.width, upright.height);
    const [across, down] = [resizeTaps(upright.width, width).taps, resizeTaps(upright.height, height).taps];
    const [canvas, context] = canvasOf(width, height);
    context.putImageData(new ImageData(resizeRgba(pixels, upright, across, down), width, height), 0, 0);
    return await canvas.convertToBlob({ type: 'image/jpeg', quality: COPY_QUALITY });
  } finally {
    photo.close();
  }
}

function canvasOf(width: number, height: number): [OffscreenCanvas, OffscreenCanvasRenderingContext2D] {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error(`no canvas of ${width} x ${height} could be made`);
  return [canvas, context];
}

function rgbaOf({ pixels, planes }: RegionPixels, region: LoadedView['view']['region']): LoadedView['pixels'] {
  return planes ? planesToRgba(pixels, planes, region) : pixels;
}

/** A JPEG no larger than `maxSide`, the way up that people expect. */
async function shrink(blob: Blob, maxSide: number): Promise<Blob> {
  await readHeader(blob);
  const upright = await createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  const scale = Math.min(1, maxSide / Math.max(upright.width, upright.height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  const [canvas, context] = canvasOf(side(upright.width), side(upright.height));
  context.imageSmoothingQuality = 'high';
  context.drawImage(upright, 0, 0, canvas.width, canvas.height);
  upright.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.88 });
}
