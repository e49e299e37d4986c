/**
 * 2-D convolution and its two gradients, f32, as implicit matrix products (nothing is unfolded in memory). One family:
 * two cores (subgroup registers, workgroup tiles) times three operands (forward, input gradient, filter gradient),
 * dimensions in uniforms so that one pipeline serves every layer. Semantics: torch.nn.functional.conv2d without bias.
 */
import { registerGradient, registerKernel, type Tensor, type Tensor4D, type TensorInfo } from '@tensorflow/tfjs-core';
import type { ComputeProgram, StudioBackend } from '../../gpu/backend';
import { gridOf, type KernelCall, runKernel, words } from '../launch';
import { expand } from '../template';
import coreSubgroup from './coreSubgroup.wgsl?raw';
import coreTiled from './coreTiled.wgsl?raw';
import operandsFilterGradient from './operandsFilterGradient.wgsl?raw';
import operandsForward from './operandsForward.wgsl?raw';
import operandsInputGradient from './operandsInputGradient.wgsl?raw';
import padChannelsSource from './padChannels.wgsl?raw';
import product from './product.wgsl?raw';
import { type ConvAttrs, convFlops, type ConvShape, convShape } from './shape';
import sumSplitsSource from './sumSplits.wgsl?raw';
import { type ConvVariant, convVariants } from './variants';

const FORWARD = 'StudioConv2d';
const INPUT_GRADIENT = 'StudioConv2dInputGradient';
const FILTER_GRADIENT = 'StudioConv2dFilterGradient';

/** `x` [N, H, W, CI], `w` [K, K, CI, CO] → [N, OH, OW, CO]. The caller's scope owns the result. */
export function conv2d(x: Tensor4D, w: Tensor4D, stride: number, pad: number): Tensor4D {
  return runKernel<Tensor4D>(FORWARD, { x, w }, { stride, pad });
}

type Pass = 'forward' | 'inputGradient' | 'filterGradient';

const OPERANDS: Record<Pass, string> = {
  forward: operandsForward,
  inputGradient: operandsInputGradient,
  filterGradient: operandsFilterGradient,
};

/** Workgroups that keep an adapter busy; filter gradients split their sum until they have as many. */
const BUSY_WORKGROUPS = { software: 8, hardware: 512 };

function productProgram(pass: Pass, variant: ConvVariant): ComputeProgram {
  const { subgroup } = variant;
  const code = expand(`${product}\n${OPERANDS[pass]}\n${subgroup ? coreSubgroup : coreTiled}`, {
    ROWS: variant.tileRows,
    CHUNK: 16,
    A_TRANSPOSED: Number(pass === 'filterGradient'),
    ...(subgroup && { SUBGROUP: subgroup.size, LANES: subgroup.lanes, COLUMNS4: subgroup.columns4 }),
  });
  return {
    key: `conv2d/${pass}/${variant.name}`,
    code: subgroup ? `enable subgroups;\n${code}` : code,
    access: ['read', 'read', 'write'],
  };
}

const SUM_SPLITS: ComputeProgram = { key: 'conv2d/sumSplits', code: sumSplitsSource, access: ['read', 'write'] };
const PAD_CHANNELS: ComputeProgram = { key: 'conv2d/padChannels', code: padChannelsSource, access: ['read', 'write'] };

const programs = new Map<string, ComputeProgram>();

function cachedProgram(pass: Pass, variant: ConvVariant): ComputeProgram {
  const key = `${pass}/${variant.name}`;
  const program = programs.get(key) ?? productProgram(pass, variant);
  programs.set(key, program);
  return program;
}

interface Product {
  pass: Pass;
  shape: ConvShape;
  variant: ConvVariant;
  a: TensorInfo;
  b: TensorInfo;
  out: TensorInfo;
  rows: number;
  columns4: number;
  inner4: number;
  /** Phases or splits. */
  z: number;
}

function runProduct(backend: StudioBackend, o: Product): void {
  const { shape: s, variant } = o;
  const columnTiles = Math.ceil(o.columns4 / variant.tileColumns4);
  const tiles = Math.ceil(o.rows / variant.tileRows) * columnTiles;
  const { gridX, workgroups } = gridOf(tiles, o.z);
  backend.dispatch({
    program: cachedProgram(o.pass, variant),
    tensors: [o.a, o.b, o.out],
    uniforms: words(
      s.inHeight,
      s.inWidth,
      s.inChannels / 4,
      s.outHeight,
      s.outWidth,
      s.outChannels / 4,
      s.batch * s.outHeight * s.outWidth,
      s.kernel,
      s.stride,
      s.pad,
      Math.ceil(s.inHeight / s.stride),
      Math.ceil(s.inWidth / s.stride),
      o.rows,
      o.columns4,
      o.inner4,
      Math.ceil(o.inner4 / o.z),
      columnTiles,
      tiles,
      gridX,
    ),
    workgroups,
    flops: convFlops(s),
  });
}

/** [rows, from, repeat] → [rows, to, repeat]; see the shader. The caller disposes of it. */
function padChannels(
  backend: StudioBackend,
  source: TensorInfo,
  out: number[],
  from: number,
  to: number,
  repeat: number,
) {
  const padded = backend.allocate(out);
  const rows = out.reduce((a, b) => a * b, 1) / (to * repeat);
  const { gridX, workgroups } = gridOf(Math.ceil((rows * to * repeat) / 64));
  backend.dispatch({
    program: PAD_CHANNELS,
    tensors: [source, padded],
    uniforms: words(rows, from, to, repeat, gridX),
    workgroups,
    flops: 0,
  });
  return padded;
}

const fours = (channels: number) => Math.ceil(channels / 4) * 4;

/** Runs `compute` on input and filters padded to channels in fours, then drops the padding. */
function withPaddedInput<T>(backend: StudioBackend, x: TensorInfo, compute: (x: TensorInfo) => T): T {
  const channels = x.shape[3]!;
  if (channels % 4 === 0) return compute(x);
  const padded = padChannels(backend, x, [...x.shape.slice(0, 3), fours(channels)], channels, fours(channels), 1);
  const result = compute(padded);
  backend.disposeData(padded.dataId);
  return result;
}

function withPaddedFilter<T>(backend: StudioBackend, w: TensorInfo, compute: (w: TensorInfo) => T): T {
  const [kernel = 0, , channels = 0, out = 0] = w.shape;
  if (channels % 4 === 0) return compute(w);
  const padded = padChannels(backend, w, [kernel, kernel, fours(channels), out], channels, fours(channels), out);
  const result = compute(padded);
  backend.disposeData(padded.dataId);
  return result;
}

/** The forward pass. `variant` is the adapter's default unless a test or the tuner says otherwise. */
export function forward(
  backend: StudioBackend,
  xs: TensorInfo,
  ws: TensorInfo,
  attrs: ConvAttrs,
  variant = convVariants(backend.gpu.report)[0]!,
): TensorInfo {
  return withPaddedInput(backend, xs, (x) =>
    withPaddedFilter(backend, ws, (w) => {
      const shape = convShape(x.shape, w.shape, attrs);
      const out = backend.allocate([shape.batch, shape.outHeight, shape.outWidth, shape.outChannels]);
      const rows = shape.batch * shape.outHeight * shape.outWidth;
      const columns4 = shape.outChannels / 4;
      const inner4 = shape.inChannels / 4;
      runProduct(backend, { pass: 'forward', shape, variant, a: x, b: w, out, rows, columns4, inner4, z: 1 });
      return out;
    }),
  );
}

/** `dy` [N, OH, OW, CO], `w` → dx of shape `xShape`, whose channels come in fours. */
export function inputGradient(
  backend: StudioBackend,
  dy: TensorInfo,
  w: TensorInfo,
  xShape: readonly number[],
  attrs: ConvAttrs,
  variant = convVariants(backend.gpu.report)[0]!,
): TensorInfo {
  const shape = convShape(xShape, w.shape, attrs);
  const { stride } = shape;
  const out = backend.allocate(xShape);
  const rows = shape.batch * Math.ceil(shape.inHeight / stride) * Math.ceil(shape.inWidth / stride);
  const [columns4, inner4, z] = [shape.inChannels / 4, shape.outChannels / 4, stride * stride];
  runProduct(backend, { pass: 'inputGradient', shape, variant, a: dy, b: w, out, rows, columns4, inner4, z });
  return out;
}

/** `x`, `dy` → dw of shape `wShape` [K, K, CI, CO]. */
export function filterGradient(
  backend: StudioBackend,
  xs: TensorInfo,
  dy: TensorInfo,
  wShape: readonly number[],
  attrs: ConvAttrs,
  variant = convVariants(backend.gpu.report)[0]!,
): TensorInfo {
  const [kernel = 0, , channels = 0, outChannels = 0] = wShape;
  const padded = [kernel, kernel, fours(channels), outChannels];
  const gradient = withPaddedInput(backend, xs, (x) => {
    const shape = convShape(x.shape, padded, attrs);
    const rows = kernel * kernel * shape.inChannels;
    const columns4 = outChannels / 4;
    const inner4 = Math.ceil((shape.batch * shape.outHeight * shape.outWidth) / 4);
    const z = splitsOf(backend, variant, rows, columns4, inner4);
    const partial = backend.allocate([z, ...padded]);
    runProduct(backend, {
      pass: 'filterGradient',
      shape,
      variant,
      a: x,
      b: dy,
      out: partial,
      rows,
      columns4,
      inner4,
      z,
    });
    if (z === 1) return { ...partial, shape: padded };
    const out = backend.allocate(padded);
    const { gridX, workgroups } = gridOf(Math.ceil((rows * columns4) / 64));
    const uniforms = words(rows * columns4, z, gridX);
    backend.dispatch({ program: SUM_SPLITS, tensors: [partial, out], uniforms, workgroups, flops: 0 });
    backend.disposeData(partial.dataId);
    return out;
  });
  if (channels % 4 === 0) return gradient;
  const trimmed = padChannels(backend, gradient, [...wShape], fours(channels), channels, outChannels);
  backend.disposeData(gradient.dataId);
  return trimmed;
}

function splitsOf(backend: StudioBackend, variant: ConvVariant, rows: number, columns4: number, inner4: number) {
  const tiles = Math.ceil(rows / variant.tileRows) * Math.ceil(columns4 / variant.tileColumns4);
  const wanted = Math.ceil(BUSY_WORKGROUPS[backend.gpu.report.software ? 'software' : 'hardware'] / tiles);
  // Below some sixteen blocks a split costs more in its second pass than it gains.
  const splits = Math.max(1, Math.min(wanted, Math.floor(inner4 / 16)));
  return Math.ceil(inner4 / Math.ceil(inner4 / splits));
}

registerKernel({
  kernelName: FORWARD,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { inputs, attrs, backend } = call as unknown as KernelCall<{ x: TensorInfo; w: TensorInfo }, ConvAttrs>;
    return forward(backend, inputs.x, inputs.w, attrs);
  },
});

interface GradientAttrs extends ConvAttrs {
  shape: readonly number[];
}

registerKernel({
  kernelName: INPUT_GRADIENT,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { inputs, attrs, backend } = call as unknown as KernelCall<{ dy: TensorInfo; w: TensorInfo }, GradientAttrs>;
    return inputGradient(backend, inputs.dy, inputs.w, attrs.shape, attrs);
  },
});

registerKernel({
  kernelName: FILTER_GRADIENT,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { inputs, attrs, backend } = call as unknown as KernelCall<{ x: TensorInfo; dy: TensorInfo }, GradientAttrs>;
    return filterGradient(backend, inputs.x, inputs.dy, attrs.shape, attrs);
  },
});

registerGradient({
  kernelName: FORWARD,
  inputsToSave: ['x', 'w'],
  gradFunc: (dy, saved, attrs) => {
    const [x, w] = saved as [Tensor4D, Tensor4D];
    const grad = dy as Tensor;
    return {
      x: () => runKernel<Tensor>(INPUT_GRADIENT, { dy: grad, w }, { ...attrs, shape: x.shape }),
      w: () => runKernel<Tensor>(FILTER_GRADIENT, { x, dy: grad }, { ...attrs, shape: w.shape }),
    };
  },
});
