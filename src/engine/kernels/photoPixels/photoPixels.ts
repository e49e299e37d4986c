/**
 * Loaded views → their regions' pixels in one GPU buffer, for the resampling kernel. Each view's bytes go up as they
 * are, without being gathered first; JPEG planes become pixels there, half the bytes that RGBA would have taken.
 * Between steps 5 and 6 of the data's path.
 */
import type { LoadedView } from '../../photo/view';
import type { StudioBackend } from '../../gpu/backend';
import type { ComputeProgram, GpuTensor } from '../../gpu/recorder';
import { gridOf, u32Words } from '../launch';
import { expand } from '../template';
import planesSource from './planes.wgsl?raw';

/** Planes at (byte), pixels at, width, height, left and top in the window, window width and height, chroma shifts x and y. */
const HEADER_WORDS = 10;

const PLANES: ComputeProgram = {
  key: 'photoPixels/planes',
  code: expand(planesSource, { HEADER_WORDS }),
  access: ['read', 'read', 'write'],
};

export interface PhotoPixels {
  /** One word a pixel: r | g << 8 | b << 16, the last byte unspecified. The caller releases it. */
  pixels: GpuTensor;
  /** Where each view's region begins, in words. */
  starts: readonly number[];
}

/** Does not wait for the GPU. */
export function photoPixels(backend: StudioBackend, views: readonly LoadedView[]): PhotoPixels {
  const starts: number[] = [];
  let total = 0;
  for (const { view } of views) {
    starts.push(total);
    total += view.region.width * view.region.height;
  }
  const ready = views.flatMap(({ pixels, planes }, i) => (planes ? [] : [{ at: starts[i]!, bytes: pixels }]));
  const pixels = backend.uploadParts(memoryPlanFor(total), ready);
  const planar = views.flatMap((loaded, i) =>
    loaded.planes ? [{ ...loaded, planes: loaded.planes, start: starts[i]! }] : [],
  );
  if (planar.length > 0) convert(backend, planar, pixels);
  return { pixels, starts };
}

type Planar = LoadedView & Required<Pick<LoadedView, 'planes'>> & { start: number };

function convert(backend: StudioBackend, views: readonly Planar[], pixels: GpuTensor): void {
  const headers = new Uint32Array(memoryPlanFor(views.length * HEADER_WORDS));
  const parts: { at: number; bytes: LoadedView['pixels'] }[] = [];
  let at = 0;
  let most = 0;
  for (const [i, { view, planes, pixels: bytes, start }] of views.entries()) {
    const { left, top, width, height } = view.region;
    const { window, subsampling } = planes;
    const inWindow = [left - window.left, top - window.top, window.width, window.height];
    headers.set([at * 4, start, width, height, ...inWindow, subsampling.x - 1, subsampling.y - 1], i * HEADER_WORDS);
    parts.push({ at, bytes });
    at += bytes.byteLength / 4;
    most = Math.max(most, width * height);
  }
  const headerTensor = backend.upload(headers);
  const planeTensor = backend.uploadParts(memoryPlanFor(at), parts);
  const grid = gridOf(Math.ceil(most / 64), views.length);
  backend.dispatch({
    program: PLANES,
    tensors: [headerTensor, planeTensor, pixels],
    uniforms: u32Words(grid.gridX),
    workgroups: grid.workgroups,
    flops: 0,
  });
  for (const tensor of [headerTensor, planeTensor]) backend.release(tensor);
}

/**
 * Rounded up to an eighth of a power of two: crops differ from batch to batch, and a buffer a size would never be used
 * again. Beyond what a GPU binds, nothing is rounded.
 */
function memoryPlanFor(count: number): number {
  const step = 2 ** Math.max(6, Math.ceil(Math.log2(Math.max(count, 1))) - 3);
  return Math.ceil(count / step) * step;
}
