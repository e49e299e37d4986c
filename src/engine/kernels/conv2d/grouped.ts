/**
 * Convolution in groups and its gradients, as ResNeXt has it: each group of output channels reads its own group of input
 * channels. So few multiplications a number read that tiles of a matrix product gain nothing: plain sums over registers.
 */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { gridOf, u32Words } from '../launch';
import { precisionOf, type Storage, storageOf, withStorage } from '../storage';
import { expand } from '../template';
import filterGradientSource from './groupedFilterGradient.wgsl?raw';
import forwardSource from './groupedForward.wgsl?raw';
import inputGradientSource from './groupedInputGradient.wgsl?raw';
import { convFlops, type ConvShape } from './shape';
import { sumSplits } from './sumSplits';

/** Neighbours that an invocation makes at once. */
const PIXELS = 4;
/** Output pixels that an invocation of the filter gradient sums: enough to outweigh the second pass, and exact in f32. */
const RUN = 512;

const programs = new Map<string, ComputeProgram>();

/** Two inputs and an output. */
function programOf(name: string, source: string, constants: Record<string, number>, storage: Storage): ComputeProgram {
  const key = `conv2d/${name}/${Object.values(constants).join()}/${storage.name}`;
  const program = programs.get(key) ?? {
    key,
    code: withStorage(storage, expand(source, constants)),
    access: ['read', 'read', 'write'],
  };
  programs.set(key, program);
  return program;
}

const dimensionsOf = (s: ConvShape) =>
  [s.inHeight, s.inWidth, s.inChannels / 4, s.outHeight, s.outWidth, s.outChannels / 4] as const;
const groupsOf = (s: ConvShape) => [s.inChannels / s.groups / 4, s.outChannels / s.groups / 4] as const;

/** `x` [N, H, W, CI], `w` [K, K, CI / groups, CO] → y [N, OH, OW, CO], which the caller releases. */
export function groupedForward(recorder: Recorder, x: GpuTensor, w: GpuTensor, s: ConvShape): GpuTensor {
  const precision = precisionOf(x);
  const y = recorder.allocate([s.batch, s.outHeight, s.outWidth, s.outChannels], precision, [x, w]);
  const blocks = Math.ceil(s.outWidth / PIXELS);
  const count = s.batch * s.outHeight * blocks * (s.outChannels / 4);
  const { gridX, workgroups } = gridOf(Math.ceil(count / 64));
  recorder.dispatch({
    program: programOf('groupedForward', forwardSource, { PIXELS }, storageOf(recorder, y)),
    tensors: [x, w, y],
    uniforms: u32Words(...dimensionsOf(s), s.kernel, s.stride, s.pad, ...groupsOf(s), blocks, count, gridX),
    workgroups,
    flops: convFlops(s),
  });
  return y;
}

/** `dy`, `w` → dx [N, H, W, CI], or added to `into`, which is then returned. */
export function groupedInputGradient(
  recorder: Recorder,
  dy: GpuTensor,
  w: GpuTensor,
  s: ConvShape,
  into?: GpuTensor,
): GpuTensor {
  const precision = precisionOf(dy);
  const dx = into ?? recorder.allocate([s.batch, s.inHeight, s.inWidth, s.inChannels], precision, [dy, w]);
  const blocks = Math.ceil(Math.ceil(s.inWidth / s.stride) / PIXELS) * s.stride;
  const count = s.batch * s.inHeight * blocks * (s.inChannels / 4);
  const { gridX, workgroups } = gridOf(Math.ceil(count / 64));
  const window = [s.kernel, s.stride, s.pad] as const;
  recorder.dispatch({
    program: programOf('groupedInputGradient', inputGradientSource, { PIXELS }, storageOf(recorder, dx)),
    tensors: [dy, w, dx],
    uniforms: u32Words(...dimensionsOf(s), ...window, ...groupsOf(s), blocks, count, gridX, Number(into !== undefined)),
    workgroups,
    flops: convFlops(s),
  });
  return dx;
}

/** `x`, `dy` → dw [K, K, CI / groups, CO], or added to `into`, which is then returned. */
export function groupedFilterGradient(
  recorder: Recorder,
  x: GpuTensor,
  dy: GpuTensor,
  s: ConvShape,
  into?: GpuTensor,
): GpuTensor {
  const [groupIn4, groupOut4] = groupsOf(s);
  const wShape = [s.kernel, s.kernel, 4 * groupIn4, s.outChannels];
  const pixels = s.batch * s.outHeight * s.outWidth;
  const runs = Math.ceil(pixels / RUN);
  const partial = recorder.allocate([runs, ...wShape], 'float32', [x, dy]);
  const count = s.kernel * groupIn4 * (s.outChannels / 4);
  const { gridX, workgroups } = gridOf(Math.ceil(count / 64), runs);
  const sum = [pixels, RUN, count, gridX] as const;
  recorder.dispatch({
    program: programOf('groupedFilterGradient', filterGradientSource, { KERNEL: s.kernel }, storageOf(recorder, dy)),
    tensors: [x, dy, partial],
    uniforms: u32Words(...dimensionsOf(s), s.stride, s.pad, groupIn4, groupOut4, ...sum),
    workgroups,
    flops: convFlops(s),
  });
  return sumSplits(recorder, partial, into);
}
