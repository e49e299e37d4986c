/**
 * Decodes photos off the training worker's thread: steps 3 and 4 of the data's path. One job at a time,
 * one reply each. Pixels are those stored in the file: no colour conversion, no turning by EXIF, as Pillow has it.
 */
import { makeView } from '../../engine/augment/makeView';
import type { LoadedView, Region, ViewSeed, ViewSpec } from '../../engine/augment/view';
import { exifOrientation, swapsSides, uprightToStored } from '../../engine/dataset/exifOrientation';
import type { JobMessage, JobReply } from './jobs';

/** EXIF data is one JPEG segment of 64 KiB at most, among the first. */
const HEAD_BYTES = 128 * 1024;

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
  return job.kind === 'view'
    ? { id: job.id, view: await decode(job.blob, job.spec, job.seed) }
    : { id: job.id, thumbnail: await shrink(job.blob, job.maxSide) };
}

async function decode(blob: Blob, spec: ViewSpec, seed: ViewSeed | null): Promise<LoadedView> {
  const orientation = exifOrientation(new Uint8Array(await blob.slice(0, HEAD_BYTES).arrayBuffer()));
  const upright = await toBitmap(blob);
  try {
    const turned = swapsSides(orientation);
    const photoWidth = turned ? upright.height : upright.width;
    const photoHeight = turned ? upright.width : upright.height;
    const view = makeView(spec, photoWidth, photoHeight, seed);
    const back = uprightToStored(orientation, photoWidth, photoHeight);
    return { view, photoWidth, photoHeight, pixels: readRegion(upright, view.region, back) };
  } finally {
    upright.close();
  }
}

/** The region's RGBA. `back` maps the upright picture to the stored one, in which the region is given. */
function readRegion(
  upright: ImageBitmap,
  { left, top, width, height }: Region,
  [a, b, c, d, e, f]: ReturnType<typeof uprightToStored>,
): LoadedView['pixels'] {
  const context = contextOf(new OffscreenCanvas(width, height), true);
  context.imageSmoothingEnabled = false;
  context.setTransform(a, b, c, d, e - left, f - top);
  context.drawImage(upright, 0, 0);
  return context.getImageData(0, 0, width, height).data;
}

/** A JPEG no larger than `maxSide`, the way up that people expect. */
async function shrink(blob: Blob, maxSide: number): Promise<Blob> {
  const upright = await toBitmap(blob);
  const scale = Math.min(1, maxSide / Math.max(upright.width, upright.height));
  const side = (length: number) => Math.max(1, Math.round(length * scale));
  const canvas = new OffscreenCanvas(side(upright.width), side(upright.height));
  const context = contextOf(canvas);
  context.imageSmoothingQuality = 'high';
  context.drawImage(upright, 0, 0, canvas.width, canvas.height);
  upright.close();
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.88 });
}

async function toBitmap(blob: Blob): Promise<ImageBitmap> {
  if (blob.size === 0) throw new Error('the file is empty');
  return createImageBitmap(blob, { colorSpaceConversion: 'none', premultiplyAlpha: 'none' });
}

function contextOf(canvas: OffscreenCanvas, willReadFrequently = false): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently });
  if (!context) throw new Error(`no canvas of ${canvas.width} x ${canvas.height} could be made`);
  return context;
}
