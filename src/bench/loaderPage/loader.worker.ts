/** The worker behind the loader page: the studio's own pool, batches and kernels, in the order of a training epoch. */
import type { LoadedView } from '../../engine/photo/view';
import { StudioError } from '../../engine/base/errors';
import { fork, permutation } from '../../engine/base/rng';
import { batches } from '../../engine/dataset/batches';
import type { Sample } from '../../engine/dataset/types';
import { installBackend, type StudioBackend } from '../../engine/gpu/backend';
import { openGpu } from '../../engine/gpu/device';
import { readFloats } from '../../engine/gpu/readback';
import { photoPixels } from '../../engine/kernels/photoPixels/photoPixels';
import { resample } from '../../engine/kernels/resample/resample';
import { DecodePool } from '../../hosts/browser/photos/decodePool';
import { FilePortions } from '../../session/filePortions';
import { timeWays, type WayTime } from './ways';
import type { Depth, EpochsAsk, EpochsReport, PhotoAsk, PhotoReport, WaysAsk } from './words';

const PHOTO = /\.(jpe?g|png|webp|avif|gif|bmp)$/i;
/** Batches on their way to the GPU at a time, as in training. */
const IN_FLIGHT = 2;
const PAUSE_MS = 1000;

interface Message {
  message: EpochsAsk | PhotoAsk | WaysAsk;
  files: { path: string; file: File }[];
}

let opened: Promise<StudioBackend> | undefined;
const backendOf = () => (opened ??= openGpu(navigator.gpu).then(installBackend));

addEventListener('message', ({ data }: MessageEvent<Message>) => {
  answer(data).then(
    (reply) => postMessage({ reply }),
    (error: unknown) =>
      postMessage({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});

function answer(data: Message): Promise<EpochsReport | PhotoReport | WayTime[]> {
  const { message } = data;
  switch (message.kind) {
    case 'epochs':
      return runEpochs(message, data);
    case 'photo':
      return showPhoto(message, data);
    case 'ways':
      return runWays(message, data);
    default:
      return message satisfies never;
  }
}

async function runWays({ size, photos }: WaysAsk, { files }: Message): Promise<WayTime[]> {
  const { device } = await backendOf();
  const jpegs = files.filter(({ path }) => /\.jpe?g$/i.test(path)).slice(0, photos);
  return timeWays(
    device,
    jpegs.map(({ file }) => file),
    size,
  );
}

function sourceOf({ files }: Message) {
  const portions = new FilePortions('folder');
  portions.add(files);
  return portions.toSource();
}

async function runEpochs(o: EpochsAsk, message: Message): Promise<EpochsReport> {
  const backend = await backendOf();
  const stages = { read: 0, decode: 0, copy: 0, upload: 0 };
  const pool = new DecodePool(sourceOf(message), {
    workers: o.workers,
    onTimes: ({ read, decode, copy }) => {
      stages.read += read;
      stages.decode += decode;
      stages.copy += copy;
    },
  });
  pool.finish = o.finish;
  const paths = message.files.map(({ path }) => path).filter((path) => PHOTO.test(path));
  const samples: Sample[] = paths.sort().map((path) => ({ path, imageId: path, label: 0 }));
  const digests: string[] = [];
  const unreadable: string[] = [];
  let images = 0;
  let pulled = 0;
  let firstBatchSeconds = 0;
  let started = performance.now();
  const inFlight: Promise<unknown>[] = [];
  for (let epoch = o.firstEpoch; epoch < o.firstEpoch + o.epochs; epoch++) {
    const order = permutation(fork(o.seed, epoch), samples.length);
    const done = epoch === o.firstEpoch ? o.skipBatches * o.batchSize : 0;
    const stream = batches({
      samples,
      order: order.subarray(done),
      batchSize: o.batchSize,
      spec: { kind: 'train', size: o.size },
      seed: o.seed,
      epoch,
      loader: pool,
      prefetch: 2 * o.batchSize,
      signal: new AbortController().signal,
      onUnreadable: (_, reason) => unreadable.push(reason),
    });
    for await (const { views } of stream) {
      images += views.length;
      const before = performance.now();
      const onGpu = send(backend, views, o.digest ? 'resample' : o.depth, o.digest ? digests : null);
      stages.upload += performance.now() - before;
      inFlight.push(onGpu);
      if (firstBatchSeconds === 0) {
        await onGpu;
        firstBatchSeconds = (performance.now() - started) / 1000;
      }
      if (inFlight.length > IN_FLIGHT) await inFlight.shift();
      if (++pulled === o.pauseAfter) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    if (o.warmUp && epoch === o.firstEpoch) {
      await Promise.all(inFlight.splice(0));
      Object.assign(stages, { read: 0, decode: 0, copy: 0, upload: 0 });
      images = 0;
      started = performance.now();
    }
  }
  await Promise.all(inFlight);
  const seconds = (performance.now() - started) / 1000;
  pool.dispose();
  backend.gpu.throwIfFailed();
  return { images, seconds, firstBatchSeconds, stages, digests, unreadable, software: backend.report.software };
}

/** Does to one batch what `depth` says; the promise waits for the GPU. */
function send(
  backend: StudioBackend,
  views: readonly LoadedView[],
  depth: Depth,
  digests: string[] | null,
): Promise<unknown> {
  if (depth === 'decode') return Promise.resolve();
  if (depth === 'upload') {
    backend.release(photoPixels(backend, views).pixels);
  } else {
    const batch = resample(backend, views);
    const digest = digests && readFloats(backend, batch).then(hash);
    backend.release(batch);
    if (digests && digest) {
      const at = digests.push('') - 1;
      return digest.then((text) => (digests[at] = text));
    }
  }
  backend.flush();
  return backend.device.queue.onSubmittedWorkDone();
}

async function hash(values: Float32Array<ArrayBuffer>): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', values));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function showPhoto({ path, respectExif }: PhotoAsk, message: Message): Promise<PhotoReport> {
  const backend = await backendOf();
  const pool = new DecodePool(sourceOf(message), { workers: 1 });
  pool.respectExif = respectExif;
  try {
    const { width: storedWidth, height: storedHeight } = await pool.header(path);
    const side = Math.max(storedWidth, storedHeight);
    const loaded = await pool.load(path, { kind: 'eval', resize: 0, crop: side }, null, new AbortController().signal);
    const [width, height] = [loaded.photoWidth, loaded.photoHeight];
    const [square, channels] = await squareOf(backend, loaded);
    const left = Math.floor((side - width) / 2);
    const top = Math.floor((side - height) / 2);
    const pixels = new Uint8Array(width * height * 3);
    for (let i = 0; i < width * height; i++) {
      const from = ((Math.floor(i / width) + top) * side + left + (i % width)) * channels;
      for (let c = 0; c < 3; c++) pixels[i * 3 + c] = square[from + c]!;
    }
    return { width, height, pixels, planar: loaded.planes !== undefined, failure: null };
  } catch (error) {
    if (!(error instanceof StudioError) || error.code !== 'bad-photo') throw error;
    return { width: 0, height: 0, pixels: new Uint8Array(), planar: false, failure: error.message };
  } finally {
    pool.dispose();
  }
}

/** The view's bytes and their channels. Where a decode worker has made the view, the kernel would only copy it, for a minute. */
async function squareOf(backend: StudioBackend, loaded: LoadedView): Promise<[Uint8Array | Uint8ClampedArray, number]> {
  const { size } = loaded.view;
  if (!loaded.planes && loaded.pixels.length === size * size * 4) return [loaded.pixels, 4];
  const batch = resample(backend, [loaded]);
  const floats = await readFloats(backend, batch);
  backend.release(batch);
  return [Uint8Array.from(floats, (value) => Math.round(value * 255)), 3];
}
