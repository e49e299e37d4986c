/** Where in photos a network sees a class, at one size or at several. */
import { type ClassMap, gradientMap } from '../engine/analysis/classMap';
import { argmax } from '../engine/analysis/score';
import { StudioError } from '../engine/base/errors';
import type { StudioBackend } from '../engine/gpu/backend';
import { readFloats } from '../engine/gpu/readback';
import { resample } from '../engine/kernels/resample/resample';
import type { GpuTensor } from '../engine/gpu/recorder';
import { outOfMemory, planMemory } from '../engine/memory/memoryPlan';
import { endOfStage } from '../engine/models/model';
import { gradientOfMap } from '../engine/models/maps';
import type { Network } from '../engine/models/passes';
import { modelOf } from '../engine/models/registry';
import { makeView } from '../engine/photo/makeView';
import { outlineOf, scaleOf } from '../engine/photo/outline';
import type { EvalView, LoadedView, PhotoLoader } from '../engine/photo/view';
import type { MappedView } from '../protocol/photos';
import type { Checkpoint } from './checkpoint';
import type { LookWeights } from './lookWeights';
import { shownPixels, smaller } from './views';

/** Whose map, and at the end of which of the trunk's stages; the last one's if not given. */
export interface MapAsk {
  /** Null: of each photo the class that it is taken for. */
  label: number | null;
  stage?: number | undefined;
}

interface Means {
  backend: StudioBackend;
  weights: LookWeights;
  loader: PhotoLoader;
  signal: AbortSignal;
}

interface Seen {
  paths: readonly string[];
  view: EvalView;
  of: MapAsk;
  /** What is shown of a view at least, px, where there is as much; all of it if not given. */
  side?: number | undefined;
}

type SeenView = Omit<MappedView, 'step' | 'resize'>;

/**
 * As `viewsWithMaps`, as many photos at once as `memoryBytes` allow.
 * @throws StudioError `exceeds-limits` if not even one does.
 */
export async function allViewsWithMaps(
  means: Means & { memoryBytes: number },
  seen: Seen,
  checkpoint: Checkpoint,
): Promise<(SeenView | StudioError)[]> {
  const { backend, weights, memoryBytes } = means;
  const { arch, classes, state } = checkpoint;
  const demand = { arch, classes: classes.length, rows: seen.paths.length, size: seen.view.crop, training: null };
  let plan = planMemory(backend, demand, memoryBytes - weights.bytesBeside(backend, state));
  if (!plan) {
    weights.release();
    plan = planMemory(backend, demand, memoryBytes);
  }
  if (!plan) throw outOfMemory(backend, demand, memoryBytes);
  const all: (SeenView | StudioError)[] = [];
  for (let at = 0; at < seen.paths.length; at += plan.microBatch) {
    const paths = seen.paths.slice(at, at + plan.microBatch);
    all.push(...(await viewsWithMaps(means, { ...seen, paths }, checkpoint)));
  }
  return all;
}

/** Photos as the network is given them, all at once, and the map of a class over each; why not, of one that cannot be read. */
export async function viewsWithMaps(
  { backend, weights, loader, signal }: Means,
  { paths, view, of, side = Infinity }: Seen,
  checkpoint: Checkpoint,
): Promise<(SeenView | StudioError)[]> {
  const loaded = await Promise.all(paths.map((path) => loadOne(loader, path, view, signal)));
  signal.throwIfAborted();
  const views = loaded.filter((one): one is LoadedView => !(one instanceof StudioError));
  if (views.length === 0) return loaded.filter((one) => one instanceof StudioError);
  const images = resample(backend, views);
  const pixels = readFloats(backend, images);
  try {
    const maps = await weights.during(backend, checkpoint, (network) => classMapsOf(backend, network, images, of));
    const rgba = shownPixels(await pixels, view.normalize ?? false);
    backend.gpu.throwIfFailed();
    const size = view.crop;
    let row = 0;
    return loaded.map((one) => {
      if (one instanceof StudioError) return one;
      const whole = rgba.slice(row * 4 * size * size, (row + 1) * 4 * size * size);
      const shown = smaller(whole, size, Math.min(side, size));
      const { photoWidth: width, photoHeight: height } = one;
      const outline = outlineOf(view, makeView(view, width, height, null), width, height);
      return { size, shown: shown.size, rgba: shown.rgba, scale: scaleOf(outline, size), ...maps[row++]! };
    });
  } finally {
    backend.release(images);
  }
}

/** @throws what is no fault of the photo's. */
const loadOne = (loader: PhotoLoader, path: string, view: EvalView, signal: AbortSignal) =>
  loader.load(path, view, null, signal).catch((error: unknown) => {
    if (error instanceof StudioError && error.code === 'bad-photo') return error;
    throw error;
  });

/** One for each of `images` [N, R, R, 3]. */
export async function classMapsOf(
  backend: StudioBackend,
  network: Network,
  images: GpuTensor,
  { label, stage }: MapAsk,
): Promise<{ label: number; map: ClassMap }[]> {
  const model = modelOf(network.arch);
  const cut = endOfStage(model, stage ?? model.stages);
  const [photos = 0] = images.shape;
  const k = network.classes.length;
  let labels = Array.from({ length: photos }, () => label);
  const weights = async (logits: GpuTensor) => {
    if (label === null) {
      const rows = await readFloats(backend, logits);
      labels = labels.map((_, i) => argmax(rows.subarray(i * k, (i + 1) * k)));
    }
    const ones = new Float32Array(photos * k);
    for (const [i, one] of labels.entries()) ones[i * k + one!] = 1;
    const chosen = backend.allocate([photos, k]);
    backend.writeWords(chosen, ones);
    return chosen;
  };
  const { map, gradient } = await gradientOfMap(backend, network, images, { cut, weights });
  const [, height = 0, width = 0, channels = 0] = map.shape;
  const read = Promise.all([readFloats(backend, map), readFloats(backend, gradient)]);
  for (const tensor of [map, gradient]) backend.release(tensor);
  const [values, gradients] = await read;
  const length = height * width * channels;
  const rowOf = (all: Float32Array, i: number) => all.subarray(i * length, (i + 1) * length);
  return labels.map((one, i) => ({
    label: one!,
    map: gradientMap({ width, height, values: rowOf(values, i) }, rowOf(gradients, i)),
  }));
}
