/**
 * 2-D convolution and its two gradients as implicit matrix products (nothing is unfolded in memory), or by Winograd's
 * algorithm where a variant says so, or in groups where the filter has fewer channels than the input. Semantics:
 * torch.nn.functional.conv2d without bias.
 */
import type { ComputeProgram, GpuTensor, Platform, Recorder } from '../../gpu/recorder';
import { gridOf, u32Words } from '../launch';
import { type Precision, precisionOf, storageOf, withStorage } from '../storage';
import padChannelsSource from './padChannels.wgsl?raw';
import padPhotosSource from './padPhotos.wgsl?raw';
import { groupedFilterGradient, groupedForward, groupedInputGradient } from './grouped';
import { runProduct } from './product';
import { type ConvAttrs, type ConvShape, convShape, type Pass } from './shape';
import { sumSplits } from './sumSplits';
import { type ConvVariant, variantFor } from './variants';
import { winograd } from './winograd';

/** Workgroups that keep an adapter busy; filter gradients split their sum until they have as many. */
const BUSY_WORKGROUPS = { software: 8, hardware: 512 };

const PAD_CHANNELS: ComputeProgram = { key: 'conv2d/padChannels', code: padChannelsSource, access: ['read', 'write'] };

const chosen = (platform: Platform, pass: Pass, shape: ConvShape, precision: Precision) =>
  variantFor(platform, pass, shape, precision);

/** f32 [N, H, W, C] → [N, H + 2 pad, W + 2 pad, 4]: photos with zeros around them and as a fourth channel. */
function padPhotos(recorder: Recorder, photos: GpuTensor, pad: number, precision: Precision): GpuTensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = photos.shape;
  const padded = recorder.allocate([batch, height + 2 * pad, width + 2 * pad, 4], precision, [photos]);
  const count = batch * (height + 2 * pad) * (width + 2 * pad);
  const { gridX, workgroups } = gridOf(Math.ceil(count / 64));
  const uniforms = u32Words(height, width, channels, pad, count, gridX);
  const storage = storageOf(recorder, padded);
  const code = withStorage(storage, padPhotosSource);
  const program: ComputeProgram = { key: `conv2d/padPhotos/${storage.name}`, code, access: ['read', 'write'] };
  recorder.dispatch({ program, tensors: [photos, padded], uniforms, workgroups, flops: 0 });
  return padded;
}

/** Filters [K, K, CI, CO] with as many input channels as asked for: zeros added, or what is beyond dropped. */
function withChannels(recorder: Recorder, w: GpuTensor, channels: number, into?: GpuTensor): GpuTensor {
  const [kernel = 0, , given = 0, outChannels = 0] = w.shape;
  const padded = into ?? recorder.allocate([kernel, kernel, channels, outChannels], 'float32', [w]);
  const { gridX, workgroups } = gridOf(Math.ceil((kernel * kernel * channels * outChannels) / 64));
  const uniforms = u32Words(kernel * kernel, given, channels, outChannels, gridX, Number(into !== undefined));
  recorder.dispatch({ program: PAD_CHANNELS, tensors: [w, padded], uniforms, workgroups, flops: 0 });
  return padded;
}

/** Runs `compute` and disposes of what was made for it. */
function using<T>(recorder: Recorder, temporaries: readonly GpuTensor[], compute: () => T): T {
  const result = compute();
  for (const tensor of temporaries) recorder.release(tensor);
  return result;
}

/** Few channels: photos are padded to four beforehand, so that a row of the filter reads memory in one run. */
const hasFewChannels = (x: GpuTensor) => x.shape[3]! < 4;

export interface ForwardOptions {
  /** Of y; photos are f32 always, other inputs are as their output. */
  precision?: Precision;
  /** The tuned one if not given. */
  variant?: ConvVariant;
}

/** `x` [N, H, W, CI], `w` [K, K, CI / groups, CO] → y [N, OH, OW, CO], which the caller releases. */
export function forward(
  recorder: Recorder,
  x: GpuTensor,
  w: GpuTensor,
  { stride, pad }: ConvAttrs,
  { precision = precisionOf(x), variant: given }: ForwardOptions = {},
): GpuTensor {
  const shape = convShape(x.shape, w.shape, { stride, pad });
  if (shape.groups > 1) return groupedForward(recorder, x, w, shape);
  const variant = given ?? chosen(recorder, 'forward', shape, precision);
  if (hasFewChannels(x)) {
    const [photos, filter] = [padPhotos(recorder, x, pad, precision), withChannels(recorder, w, 4)];
    return using(recorder, [photos, filter], () =>
      runForward(recorder, photos, filter, { stride, pad: 0 }, variant, true),
    );
  }
  return runForward(recorder, x, w, { stride, pad }, variant, false);
}

function runForward(
  recorder: Recorder,
  x: GpuTensor,
  w: GpuTensor,
  attrs: ConvAttrs,
  variant: ConvVariant,
  rowTaps: boolean,
): GpuTensor {
  const shape = convShape(x.shape, w.shape, attrs);
  const precision = precisionOf(x);
  const out = recorder.allocate([shape.batch, shape.outHeight, shape.outWidth, shape.outChannels], precision, [x, w]);
  if (variant.algorithm === 'winograd') {
    winograd(recorder, x, w, out, { variant, pad: shape.pad, turned: false, accumulate: false });
    return out;
  }
  const rows = shape.batch * shape.outHeight * shape.outWidth;
  const [columns4, inner4] = [shape.outChannels / 4, shape.inChannels / 4];
  const o = {
    operands: 'forward',
    shape,
    variant,
    precision,
    a: x,
    b: w,
    out,
    rows,
    columns4,
    inner4,
    z: 1,
    rowTaps,
  } as const;
  runProduct(recorder, o);
  return out;
}

export interface GradientOptions {
  /** Added to, and returned. */
  into?: GpuTensor;
  variant?: ConvVariant;
}

/** `dy` [N, OH, OW, CO], `w` → dx of shape `xShape`, whose channels come in fours. */
export function inputGradient(
  recorder: Recorder,
  dy: GpuTensor,
  w: GpuTensor,
  xShape: readonly number[],
  attrs: ConvAttrs,
  { into, variant: given }: GradientOptions = {},
): GpuTensor {
  const shape = convShape(xShape, w.shape, attrs);
  if (shape.groups > 1) return groupedInputGradient(recorder, dy, w, shape, into);
  const precision = precisionOf(dy);
  const variant = given ?? chosen(recorder, 'inputGradient', shape, precision);
  const { stride } = shape;
  const accumulate = into !== undefined;
  const out = into ?? recorder.allocate(xShape, precision, [dy, w]);
  if (variant.algorithm === 'winograd') {
    winograd(recorder, dy, w, out, { variant, pad: shape.kernel - 1 - shape.pad, turned: true, accumulate });
    return out;
  }
  const rows = shape.batch * Math.ceil(shape.inHeight / stride) * Math.ceil(shape.inWidth / stride);
  const [columns4, inner4, z] = [shape.inChannels / 4, shape.outChannels / 4, stride * stride];
  runProduct(recorder, {
    operands: 'inputGradient',
    shape,
    variant,
    precision,
    a: dy,
    b: w,
    out,
    rows,
    columns4,
    inner4,
    z,
    accumulate,
  });
  return out;
}

/** `x`, `dy` → dw of shape `wShape` [K, K, CI / groups, CO]. */
export function filterGradient(
  recorder: Recorder,
  x: GpuTensor,
  dy: GpuTensor,
  wShape: readonly number[],
  { stride, pad }: ConvAttrs,
  { into, variant: given }: GradientOptions = {},
): GpuTensor {
  const shape = convShape(x.shape, wShape, { stride, pad });
  if (shape.groups > 1) return groupedFilterGradient(recorder, x, dy, shape, into);
  const variant = given ?? chosen(recorder, 'filterGradient', shape, precisionOf(dy));
  if (hasFewChannels(x)) {
    const [kernel = 0, , channels = 0, outChannels = 0] = wShape;
    const photos = padPhotos(recorder, x, pad, precisionOf(dy));
    const padded = using(recorder, [photos], () =>
      runFilterGradient(recorder, photos, dy, [kernel, kernel, 4, outChannels], { stride, pad: 0 }, variant, true),
    );
    return using(recorder, [padded], () => withChannels(recorder, padded, channels, into));
  }
  return runFilterGradient(recorder, x, dy, wShape, { stride, pad }, variant, false, into);
}

function runFilterGradient(
  recorder: Recorder,
  x: GpuTensor,
  dy: GpuTensor,
  wShape: readonly number[],
  attrs: ConvAttrs,
  variant: ConvVariant,
  rowTaps: boolean,
  into?: GpuTensor,
): GpuTensor {
  const shape = convShape(x.shape, wShape, attrs);
  const rows = shape.kernel * shape.kernel * shape.inChannels;
  const columns4 = shape.outChannels / 4;
  const inner4 = Math.ceil((shape.batch * shape.outHeight * shape.outWidth) / 4);
  const z = splitsOf(recorder, variant, rows, columns4, inner4);
  const accumulate = into !== undefined;
  const partial = z === 1 && into ? into : recorder.allocate(z === 1 ? wShape : [z, ...wShape], 'float32', [x, dy]);
  const precision = precisionOf(dy);
  const o = {
    operands: 'filterGradient',
    shape,
    variant,
    precision,
    a: x,
    b: dy,
    out: partial,
    rows,
    columns4,
    inner4,
    z,
  } as const;
  runProduct(recorder, { ...o, rowTaps, accumulate: accumulate && z === 1 });
  if (z === 1) return partial;
  return sumSplits(recorder, partial, into);
}

function splitsOf(recorder: Recorder, variant: ConvVariant, rows: number, columns4: number, inner4: number) {
  const tiles = Math.ceil(rows / variant.tileRows) * Math.ceil(columns4 / variant.tileColumns4);
  const wanted = Math.ceil(BUSY_WORKGROUPS[recorder.report.software ? 'software' : 'hardware'] / tiles);
  // Below some sixteen blocks a split costs more in its second pass than it gains.
  const splits = Math.max(1, Math.min(wanted, Math.floor(inner4 / 16)));
  return Math.ceil(inner4 / Math.ceil(inner4 / splits));
}
