/** A photo's training and test views for show, made by the very code that trains. */
import { makeView } from '../engine/photo/makeView';
import { outlineOf, scaleOf } from '../engine/photo/outline';
import type { PhotoLoader, ViewSeed, ViewSpec } from '../engine/photo/view';
import type { StudioConfig } from '../engine/experiments/meta';
import { ownView, sweepViews, trainView } from '../engine/experiments/views';
import type { StudioBackend } from '../engine/gpu/backend';
import { readFloats } from '../engine/gpu/readback';
import { IMAGENET_MEAN, IMAGENET_STD } from '../engine/kernels/resample/normalization';
import { resample } from '../engine/kernels/resample/resample';
import type { PhotoViews, ShownView } from '../protocol/photos';

/** The photo itself, as large as it is drawn on a dense screen. */
const WHOLE: ViewSpec = { kind: 'eval', resize: 640, crop: 640, squish: true };

interface Means {
  backend: StudioBackend;
  loader: PhotoLoader;
  /** Aborted once the GPU is not to be used any more. */
  signal: AbortSignal;
}

/** `index` is the photo's in its split, from which its views' randomness comes. */
export async function photoViews(
  means: Means,
  path: string,
  config: StudioConfig,
  { index, epochs }: { index: number; epochs: readonly number[] },
): Promise<Omit<PhotoViews, 'imageId' | 'label'>> {
  const draw = (spec: ViewSpec, seed: ViewSeed | null = null) => drawView(means, path, spec, seed);
  const spec = trainView(config);
  const seeds = epochs.map((epoch) => ({ seed: config.seed, epoch, index }));
  const [photo, train, test] = await Promise.all([
    draw(WHOLE),
    Promise.all(seeds.map((seed) => draw(spec, seed))),
    Promise.all([ownView(config), ...sweepViews(config)].map((view) => draw(view))),
  ]);
  return {
    width: photo.width,
    height: photo.height,
    photo: photo.view,
    train: train.map((v) => v.view),
    test: test.map((v) => v.view),
  };
}

async function drawView(
  { backend, loader, signal }: Means,
  path: string,
  spec: ViewSpec,
  seed: ViewSeed | null,
): Promise<{ view: ShownView; width: number; height: number }> {
  const loaded = await loader.load(path, spec, seed, signal);
  signal.throwIfAborted();
  const { photoWidth: width, photoHeight: height } = loaded;
  const { size, normalize = false } = loaded.view;
  const images = resample(backend, [loaded]);
  const values = readFloats(backend, images);
  backend.release(images);
  const rgba = shownPixels(await values, normalize);
  backend.gpu.throwIfFailed();
  const outline = outlineOf(spec, makeView(spec, width, height, seed), width, height);
  return { view: { size, rgba, outline, scale: scaleOf(outline, size) }, width, height };
}

/** [size, size, 3] in [0, 1] or normalised → RGBA. */
export function shownPixels(values: Float32Array, normalize: boolean): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray((values.length / 3) * 4).fill(255);
  values.forEach((value, i) => {
    const c = i % 3;
    const level = normalize ? value * IMAGENET_STD[c]! + IMAGENET_MEAN[c]! : value;
    rgba[Math.floor(i / 3) * 4 + c] = level * 255;
  });
  return rgba;
}

/**
 * A square of pixels, [size, size, 4], shrunk by a whole number to no fewer than `least` px; one of fewer stays as it is. Each
 * pixel is the mean of those that it stands for.
 */
export function smaller(rgba: Uint8ClampedArray<ArrayBuffer>, size: number, least: number) {
  const factor = Math.max(1, Math.floor(size / least));
  const side = Math.floor(size / factor);
  const shrunk = new Uint8ClampedArray(4 * side * side);
  for (let i = 0; i < shrunk.length; i++) {
    const [c, x, y] = [i % 4, Math.floor(i / 4) % side, Math.floor(i / 4 / side)];
    let sum = 0;
    for (let dy = 0; dy < factor; dy++)
      for (let dx = 0; dx < factor; dx++) sum += rgba[4 * ((y * factor + dy) * size + x * factor + dx) + c]!;
    shrunk[i] = sum / factor ** 2;
  }
  return { size: side, rgba: shrunk };
}
