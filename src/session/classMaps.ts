/** Where in a photo a network sees a class, at one size or at several. */
import { type ClassMap, classMap } from '../engine/analysis/classMap';
import type { StudioBackend } from '../engine/gpu/backend';
import { readFloats } from '../engine/gpu/readback';
import { resample } from '../engine/kernels/resample/resample';
import { predictWithMap } from '../engine/models/passes';
import { stateSpecs } from '../engine/models/registry';
import { releaseState, uploadState } from '../engine/nn/state';
import { makeView } from '../engine/photo/makeView';
import { outlineOf, scaleOf } from '../engine/photo/outline';
import type { EvalView, PhotoLoader } from '../engine/photo/view';
import type { MappedView } from '../protocol/photos';
import type { Checkpoint } from './checkpoint';
import { shownPixels } from './views';

/** The view of a photo as the network is given it, and the map of a class over it; no map where `label` is null. */
export async function viewWithMap(
  { backend, loader, signal }: { backend: StudioBackend; loader: PhotoLoader; signal: AbortSignal },
  { path, view, label }: { path: string; view: EvalView; label: number | null },
  checkpoint: Checkpoint,
): Promise<Pick<MappedView, 'size' | 'rgba' | 'scale' | 'map'>> {
  const loaded = await loader.load(path, view, null, signal);
  signal.throwIfAborted();
  const { photoWidth: width, photoHeight: height } = loaded;
  const images = resample(backend, [loaded]);
  const pixels = readFloats(backend, images);
  try {
    const map = label === null ? null : await mapOf(backend, checkpoint, images, label);
    const rgba = shownPixels(await pixels, view.normalize ?? false);
    backend.gpu.throwIfFailed();
    const outline = outlineOf(view, makeView(view, width, height, null), width, height);
    return { size: view.crop, rgba, scale: scaleOf(outline, view.crop), map };
  } finally {
    backend.release(images);
  }
}

/** `images` [1, R, R, 3]. */
async function mapOf(
  backend: StudioBackend,
  { arch, classes, state: host }: Checkpoint,
  images: Parameters<typeof predictWithMap>[2],
  label: number,
): Promise<ClassMap> {
  const state = uploadState(backend, stateSpecs(arch, classes.length), host);
  try {
    const { map, logits, pooled } = predictWithMap(backend, { arch, classes, state }, images);
    const [, height = 0, width = 0, channels = 0] = map.shape;
    const values = readFloats(backend, map);
    for (const tensor of [map, logits, pooled]) backend.release(tensor);
    const last = stateSpecs(arch, classes.length).findLast(({ role }) => role === 'linear')!;
    const weights = host.tensors.get(last.key)!.values.subarray(label * channels, (label + 1) * channels);
    return classMap({ width, height, values: await values }, weights);
  } finally {
    releaseState(backend, state);
  }
}
