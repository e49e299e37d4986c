/**
 * Decodes photos off the training worker's thread: steps 3 and 4 of the data's path. One reply a job. Pixels are those
 * stored in the file: no colour conversion, no turning by EXIF unless asked for, as Pillow has it.
 */
import { type ImageHeader, readImageHeader } from '../../../engine/photo/imageHeader';
import { openTiff } from '../../../engine/photo/tiff';
import type { PhotoFacts } from '../../../engine/photo/inspectPhoto';
import { headerOf, inspectPhoto, smallerPhoto, viewOfPhoto } from '../../../engine/photo/storedPhoto';
import type { LoadedView } from '../../../engine/photo/view';
import { blobOf } from '../sources/lastingFile';
import type { Job, JobMessage, JobReply, ViewTimes } from './jobs';
import { openPhoto } from './openPhoto';

/** Holds the headers of all but photos with colour profiles of several segments before them. */
const HEAD_BYTES = 256 * 1024;
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
  const { id } = job;
  const blob = blobOf(job.blob);
  if (blob.size === 0) throw new Error('the file is empty');
  switch (job.kind) {
    case 'view':
      return { id, ...(await loadView(blob, job)) };
    case 'thumbnail':
      return { id, thumbnail: await shrink(blob, job.maxSide) };
    case 'copy':
      return { id, copy: await makeCopy(blob, job) };
    case 'inspect':
      return { id, facts: await inspect(blob) };
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

async function loadView(
  blob: Blob,
  { spec, seed, respectExif, finish }: Extract<Job, { kind: 'view' }>,
): Promise<{ view: LoadedView; times: ViewTimes }> {
  const started = performance.now();
  const bytes = await blob.arrayBuffer();
  const read = performance.now();
  const header = headerOf(bytes);
  const photo = await openPhoto(bytes, header);
  const decoded = performance.now();
  try {
    const orientation = respectExif ? header.orientation : 1;
    const view = await viewOfPhoto(photo, { spec, seed, orientation, finish });
    const times = { read: read - started, decode: decoded - read, copy: performance.now() - decoded };
    return { view, times };
  } finally {
    photo.close();
  }
}

async function inspect(blob: Blob): Promise<PhotoFacts> {
  const bytes = await blob.arrayBuffer();
  const header = headerOf(bytes);
  const photo = await openPhoto(bytes, header);
  try {
    return await inspectPhoto(photo, bytes, header.orientation);
  } finally {
    photo.close();
  }
}

/** Resized as Pillow does, and as a JPEG: a hundredth of the pixels' bytes. Null where the photo is no larger. */
async function makeCopy(blob: Blob, { side, respectExif }: Extract<Job, { kind: 'copy' }>): Promise<Blob | null> {
  const bytes = await blob.arrayBuffer();
  const header = headerOf(bytes);
  if (Math.min(header.width, header.height) <= side) return null;
  const photo = await openPhoto(bytes, header);
  try {
    const { width, height, pixels } = await smallerPhoto(photo, side, respectExif ? header.orientation : 1);
    const [canvas, context] = canvasOf(width, height);
    context.putImageData(new ImageData(pixels, width, height), 0, 0);
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

/** No browser but Safari shows TIFF. */
async function tiffPixels(bytes: ArrayBuffer): Promise<ImageData> {
  const photo = await openTiff(bytes);
  const { width, height } = photo;
  const { pixels } = await photo.read({ left: 0, top: 0, width, height });
  return new ImageData(pixels, width, height);
}

/** A JPEG no larger than `maxSide`, the way up that people expect. */
async function shrink(blob: Blob, maxSide: number): Promise<Blob> {
  const bytes = await blob.arrayBuffer();
  const shown = headerOf(bytes).type === 'image/tiff' ? await tiffPixels(bytes) : new Blob([bytes]);
  const upright = await createImageBitmap(shown, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
  const scale = Math.min(1, maxSide / Math.max(upright.width, upright.height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  const [canvas, context] = canvasOf(side(upright.width), side(upright.height));
  context.imageSmoothingQuality = 'high';
  context.drawImage(upright, 0, 0, canvas.width, canvas.height);
  upright.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.88 });
}
