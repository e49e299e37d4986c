/**
 * The ways that a browser offers from a JPEG's bytes to a training crop on the GPU, timed one after the other in one thread.
 * The first is what the studio takes where there is an `ImageDecoder`; only its pixels are those in the file.
 */
import { median } from '../statistics';
import { makeView } from '../../engine/photo/makeView';
import type { Region } from '../../engine/photo/view';
import { readImageHeader } from '../../engine/photo/imageHeader';
import { openPhoto } from '../../hosts/browser/photos/openPhoto';

export interface WayTime {
  way: string;
  /** The median of all photos; null where the browser cannot do it. */
  msPerPhoto: number | null;
  /** What the browser says then. */
  failure: string | null;
}

interface Photo {
  bytes: ArrayBuffer;
  region: Region;
}

type Way = (device: GPUDevice, photo: Photo) => Promise<void>;

const RAW = { colorSpaceConversion: 'none', premultiplyAlpha: 'none' } as const;
const rectOf = ({ left, top, width, height }: Region) => ({ x: left, y: top, width, height });
const bitmapOf = ({ bytes }: Photo) => createImageBitmap(new Blob([bytes]), RAW);

const WAYS: Record<string, Way> = {
  async 'ImageDecoder, copyTo of the rectangle as planes'(device, { bytes, region }) {
    const photo = await openPhoto(bytes, readImageHeader(new Uint8Array(bytes))!);
    write(device, (await photo.read(region)).pixels);
    photo.close();
  },
  async 'ImageDecoder, copyTo of the rectangle as RGBA'(device, photo) {
    const frame = await frameOf(photo);
    const pixels = new Uint8ClampedArray(photo.region.width * photo.region.height * 4);
    await frame.copyTo(pixels, { rect: rectOf(photo.region), format: 'RGBA' });
    frame.close();
    write(device, pixels);
  },
  async 'ImageDecoder, copied to a texture'(device, photo) {
    const frame = await frameOf(photo);
    copyToTexture(device, frame, photo.region);
    frame.close();
  },
  async 'createImageBitmap, read through a canvas'(device, photo) {
    const { left, top, width, height } = photo.region;
    const bitmap = await bitmapOf(photo);
    const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
    context.drawImage(bitmap, -left, -top);
    bitmap.close();
    write(device, context.getImageData(0, 0, width, height).data);
  },
  async 'createImageBitmap, copied to a texture'(device, photo) {
    const bitmap = await bitmapOf(photo);
    copyToTexture(device, bitmap, photo.region);
    bitmap.close();
  },
};

/** Every way in turn for each photo, so that whatever else the machine does disturbs all alike. The first photo warms up. */
export async function timeWays(device: GPUDevice, files: readonly Blob[], size: number): Promise<WayTime[]> {
  const ways = Object.entries(WAYS).map(([way, take]) => ({ way, take, times: [] as number[], failure: '' }));
  for (const [index, file] of files.entries()) {
    const bytes = await file.arrayBuffer();
    const { width, height } = readImageHeader(new Uint8Array(bytes))!;
    const { region } = makeView({ kind: 'train', size }, width, height, { seed: 1, epoch: 1, index });
    for (const one of ways.filter(({ failure }) => failure === '')) {
      const started = performance.now();
      try {
        await one.take(device, { bytes, region });
        await device.queue.onSubmittedWorkDone();
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
        one.failure = error.message;
      }
      if (index > 0) one.times.push(performance.now() - started);
    }
  }
  return ways.map(({ way, times, failure }) =>
    failure === '' ? { way, msPerPhoto: median(times), failure: null } : { way, msPerPhoto: null, failure },
  );
}

async function frameOf({ bytes }: Photo): Promise<VideoFrame> {
  const decoder = new ImageDecoder({ data: bytes, type: 'image/jpeg', preferAnimation: false, ...RAW });
  const { image } = await decoder.decode();
  decoder.close();
  return image;
}

function write(device: GPUDevice, pixels: Uint8ClampedArray<ArrayBuffer>): void {
  const buffer = device.createBuffer({
    size: pixels.byteLength,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(buffer, 0, pixels);
  buffer.destroy();
}

function copyToTexture(
  device: GPUDevice,
  source: ImageBitmap | VideoFrame,
  { left, top, width, height }: Region,
): void {
  const usage = GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST | GPUTextureUsage.RENDER_ATTACHMENT;
  const texture = device.createTexture({ size: [width, height], format: 'rgba8unorm', usage });
  device.queue.copyExternalImageToTexture({ source, origin: [left, top] }, { texture }, [width, height]);
  texture.destroy();
}
