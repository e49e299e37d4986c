/** Where in a photo a network sees a class, at one size or at several. */
import { type ClassMap, classMap, gradientMap } from '../engine/analysis/classMap';
import type { StudioBackend } from '../engine/gpu/backend';
import { readFloats } from '../engine/gpu/readback';
import { resample } from '../engine/kernels/resample/resample';
import type { GpuTensor } from '../engine/gpu/recorder';
import { endOfStage } from '../engine/models/model';
import { gradientOfMap, predictWithMap } from '../engine/models/maps';
import type { Network } from '../engine/models/passes';
import { modelOf, stateSpecs } from '../engine/models/registry';
import { releaseState, uploadState } from '../engine/nn/state';
import { makeView } from '../engine/photo/makeView';
import { outlineOf, scaleOf } from '../engine/photo/outline';
import type { EvalView, PhotoLoader } from '../engine/photo/view';
import type { MappedView } from '../protocol/photos';
import type { Checkpoint } from './checkpoint';
import { shownPixels } from './views';

/** Whose map, and at the end of which of the trunk's stages; the last one's if not given. */
export interface MapAsk {
  label: number;
  stage?: number | undefined;
}

/** The view of a photo as the network is given it, and the map of a class over it; no map where `of` is null. */
export async function viewWithMap(
  { backend, loader, signal }: { backend: StudioBackend; loader: PhotoLoader; signal: AbortSignal },
  { path, view, of }: { path: string; view: EvalView; of: MapAsk | null },
  checkpoint: Checkpoint,
): Promise<Pick<MappedView, 'size' | 'rgba' | 'scale' | 'map'>> {
  const loaded = await loader.load(path, view, null, signal);
  signal.throwIfAborted();
  const { photoWidth: width, photoHeight: height } = loaded;
  const images = resample(backend, [loaded]);
  const pixels = readFloats(backend, images);
  try {
    const map = of && (await classMapOf(backend, checkpoint, images, of));
    const rgba = shownPixels(await pixels, view.normalize ?? false);
    backend.gpu.throwIfFailed();
    const outline = outlineOf(view, makeView(view, width, height, null), width, height);
    return { size: view.crop, rgba, scale: scaleOf(outline, view.crop), map };
  } finally {
    backend.release(images);
  }
}

/** Of one photo, `images` [1, R, R, 3]. */
export async function classMapOf(
  backend: StudioBackend,
  { arch, classes, state: host }: Pick<Checkpoint, 'arch' | 'classes' | 'state'>,
  images: GpuTensor,
  { label, stage }: MapAsk,
): Promise<ClassMap> {
  const specs = stateSpecs(arch, classes.length);
  const state = uploadState(backend, specs, host);
  const network = { arch, classes, state };
  const model = modelOf(arch);
  try {
    if (stage !== undefined && stage < model.stages)
      return await earlierMap(backend, network, images, { label, stage });
    const { map, logits, pooled } = predictWithMap(backend, network, images);
    const [, height = 0, width = 0, channels = 0] = map.shape;
    const values = readFloats(backend, map);
    for (const tensor of [map, logits, pooled]) backend.release(tensor);
    const last = specs.findLast(({ role }) => role === 'linear')!;
    const weights = host.tensors.get(last.key)!.values.subarray(label * channels, (label + 1) * channels);
    return classMap({ width, height, values: await values }, weights);
  } finally {
    releaseState(backend, state);
  }
}

/** At the end of a stage before the last, by the gradient of the class's logit. */
async function earlierMap(
  backend: StudioBackend,
  network: Network,
  images: GpuTensor,
  { label, stage }: Required<MapAsk>,
): Promise<ClassMap> {
  const cut = endOfStage(modelOf(network.arch), stage);
  const weights = () => {
    const logits = backend.allocate([1, network.classes.length]);
    const one = new Float32Array(network.classes.length);
    one[label] = 1;
    backend.writeWords(logits, one);
    return logits;
  };
  const { map, gradient } = gradientOfMap(backend, network, images, { cut, weights });
  const [, height = 0, width = 0] = map.shape;
  const read = Promise.all([readFloats(backend, map), readFloats(backend, gradient)]);
  for (const tensor of [map, gradient]) backend.release(tensor);
  const [values, gradients] = await read;
  return gradientMap({ width, height, values }, gradients);
}
