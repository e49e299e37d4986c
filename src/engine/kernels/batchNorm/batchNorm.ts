/**
 * Batch normalisation over NHWC, fused with what follows it in a ResNet: an optional residual addition and an optional
 * ReLU. Semantics of torch.nn.BatchNorm2d (eps 1e-5, momentum 0.1): training normalises with the biased batch variance
 * and moves the running statistics with the unbiased one; evaluation uses the running statistics and moves nothing.
 */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { floatWord, gridOf } from '../launch';
import { precisionOf, type Storage, storageOf, withStorage } from '../storage';
import { expand } from '../template';
import combineSource from './combine.wgsl?raw';
import gradientApplySource from './gradientApply.wgsl?raw';
import gradientCombineSource from './gradientCombine.wgsl?raw';
import gradientSumsSource from './gradientSums.wgsl?raw';
import normalizeSource from './normalize.wgsl?raw';
import statisticsSource from './statistics.wgsl?raw';

export const EPSILON = 1e-5;
export const MOMENTUM = 0.1;

/** What a batch is normalised with: mean and biased variance, each [C]. */
export interface Statistics {
  mean: GpuTensor;
  variance: GpuTensor;
}

export interface Affine {
  gamma: GpuTensor;
  beta: GpuTensor;
}

/** How rows are shared out: chunk k takes rows k, k + chunks, …, so that neighbours read neighbouring memory. */
function chunking(rows: number, channels4: number, software: boolean) {
  const wanted = Math.ceil((software ? 256 : 65536) / channels4);
  const chunks = Math.max(1, Math.min(wanted, Math.ceil(rows / 8)));
  return { chunks, ...gridOf(Math.ceil((chunks * channels4) / 64)) };
}

/** As `chunking`, but few enough for one invocation to add up. */
function reductionChunking(rows: number, channels4: number, software: boolean) {
  const { chunks } = chunking(rows, channels4, software);
  const few = Math.min(chunks, 256);
  return { chunks: few, ...gridOf(Math.ceil((few * channels4) / 64)) };
}

function dimensionsOf({ report }: Recorder, x: GpuTensor) {
  const channels4 = x.shape.at(-1)! / 4;
  const rows = x.shape.reduce((a, b) => a * b, 1) / (channels4 * 4);
  return { rows, channels4, software: report.software };
}

const channelGrid = (channels4: number): [number, number, number] => [Math.ceil(channels4 / 64), 1, 1];
const uniform = (...values: number[]) => Uint32Array.from(values);

function statisticsProgram(storage: Storage): ComputeProgram {
  return {
    key: `batchNorm/statistics/${storage.name}`,
    code: withStorage(storage, statisticsSource),
    access: ['read', 'write'],
  };
}

const COMBINE: ComputeProgram = {
  key: 'batchNorm/combine',
  code: combineSource,
  access: ['read', 'write', 'write', 'write', 'write'],
};
const GRADIENT_COMBINE: ComputeProgram = {
  key: 'batchNorm/gradientCombine',
  code: gradientCombineSource,
  access: ['read', 'read', 'read', 'read', 'write', 'write', 'write'],
};

/** What follows the normalisation, and where its result goes. */
interface Fusion {
  relu: boolean;
  residual: boolean;
  inPlace?: boolean;
}

function normalizeProgram({ relu, residual, inPlace = false }: Fusion, storage: Storage): ComputeProgram {
  const constants = { RELU: Number(relu), RESIDUAL: Number(residual), IN_PLACE: Number(inPlace) };
  return {
    key: `batchNorm/normalize/${relu}/${residual}/${inPlace}/${storage.name}`,
    code: withStorage(storage, expand(normalizeSource, constants)),
    access: [
      ...(inPlace ? [] : (['read'] as const)),
      'read',
      'read',
      'read',
      'read',
      ...(residual ? (['read'] as const) : []),
      'write',
    ],
  };
}

function gradientSumsProgram({ relu, residual }: Fusion, storage: Storage): ComputeProgram {
  return {
    key: `batchNorm/gradientSums/${relu}/${residual}/${storage.name}`,
    code: withStorage(storage, expand(gradientSumsSource, { RELU: Number(relu), RESIDUAL: Number(residual) })),
    access: ['read', 'read', 'read', 'read', 'read', 'read', 'write', ...(relu && residual ? (['read'] as const) : [])],
  };
}

function gradientApplyProgram({ relu, residual }: Fusion, storage: Storage): ComputeProgram {
  return {
    key: `batchNorm/gradientApply/${relu}/${residual}/${storage.name}`,
    code: withStorage(storage, expand(gradientApplySource, { RELU: Number(relu), RESIDUAL: Number(residual) })),
    access: ['write', residual ? 'write' : 'read', 'read', 'read', ...(relu && residual ? (['read'] as const) : [])],
  };
}

/** Mean and variance of a batch `x` [N, H, W, C]; moves `running` in place. The caller releases the result. */
export function batchStatistics(recorder: Recorder, x: GpuTensor, running: Statistics): Statistics {
  const { rows, channels4, software } = dimensionsOf(recorder, x);
  const { chunks, gridX, workgroups } = reductionChunking(rows, channels4, software);
  const partial = recorder.allocate([2, chunks, channels4 * 4], 'float32', [x]);
  recorder.dispatch({
    program: statisticsProgram(storageOf(recorder, x)),
    tensors: [x, partial],
    uniforms: uniform(rows, channels4, chunks, gridX),
    workgroups,
    flops: 0,
  });
  const mean = recorder.allocate([channels4 * 4]);
  const variance = recorder.allocate([channels4 * 4]);
  recorder.dispatch({
    program: COMBINE,
    tensors: [partial, mean, variance, running.mean, running.variance],
    uniforms: uniform(rows, channels4, chunks, floatWord(MOMENTUM)),
    workgroups: channelGrid(channels4),
    flops: 0,
  });
  recorder.release(partial);
  return { mean, variance };
}

export interface NormalizeOptions {
  relu: boolean;
  /** Added before the ReLU; of x's shape. */
  residual: GpuTensor | null;
  /** Overwrites x and returns it. */
  inPlace: boolean;
}

/** Normalises `x` with `statistics`, then the affine map, the residual, the ReLU. */
export function normalize(
  recorder: Recorder,
  x: GpuTensor,
  { mean, variance }: Statistics,
  { gamma, beta }: Affine,
  { relu, residual, inPlace }: NormalizeOptions,
): GpuTensor {
  const { rows, channels4, software } = dimensionsOf(recorder, x);
  const { chunks, gridX, workgroups } = chunking(rows, channels4, software);
  const y = inPlace ? x : recorder.allocate(x.shape, precisionOf(x), [x, ...(residual ? [residual] : [])]);
  recorder.dispatch({
    program: normalizeProgram({ relu, residual: residual !== null, inPlace }, storageOf(recorder, x)),
    tensors: [...(inPlace ? [] : [x]), mean, variance, gamma, beta, ...(residual ? [residual] : []), y],
    uniforms: uniform(rows, channels4, chunks, gridX, floatWord(EPSILON)),
    workgroups,
    flops: 0,
  });
  return y;
}

export interface NormGradientInputs {
  x: GpuTensor;
  /** The output, where a residual was added before the ReLU: elsewhere x tells what the ReLU let through. */
  y: GpuTensor | null;
  dy: GpuTensor;
  statistics: Statistics;
  affine: Affine;
}

export interface NormGradientOptions {
  relu: boolean;
  residual: boolean;
  /** Whether the statistics are the batch's, and so depend on x. */
  batchStatistics: boolean;
  inputGradient: boolean;
  /** What dgamma and dbeta are added to. */
  into: Affine;
}

/**
 * Adds dgamma and dbeta to `into`; with `inputGradient`, turns x into dx and, where there is a residual, dy into the
 * residual's gradient, both in place.
 */
export function normGradient(
  recorder: Recorder,
  { x, y, dy, statistics: { mean, variance }, affine: { gamma, beta } }: NormGradientInputs,
  { relu, residual, batchStatistics: ofBatch, inputGradient, into }: NormGradientOptions,
): void {
  const { rows, channels4, software } = dimensionsOf(recorder, x);
  const sums = reductionChunking(rows, channels4, software);
  const mask = relu && residual ? [y!] : [];
  const storage = storageOf(recorder, x);
  const partial = recorder.allocate([2, sums.chunks, channels4 * 4], 'float32', [x, dy, ...mask]);
  recorder.dispatch({
    program: gradientSumsProgram({ relu, residual }, storage),
    tensors: [x, dy, mean, variance, gamma, beta, partial, ...mask],
    uniforms: uniform(rows, channels4, sums.chunks, sums.gridX, floatWord(EPSILON)),
    workgroups: sums.workgroups,
    flops: 0,
  });
  const table = recorder.allocate([5, channels4 * 4]);
  recorder.dispatch({
    program: GRADIENT_COMBINE,
    tensors: [partial, mean, variance, gamma, into.gamma, into.beta, table],
    uniforms: uniform(rows, channels4, sums.chunks, floatWord(EPSILON), Number(ofBatch)),
    workgroups: channelGrid(channels4),
    flops: 0,
  });
  recorder.release(partial);
  if (inputGradient) {
    const apply = chunking(rows, channels4, software);
    recorder.dispatch({
      program: gradientApplyProgram({ relu, residual }, storage),
      tensors: [x, dy, table, beta, ...mask],
      uniforms: uniform(rows, channels4, apply.chunks, apply.gridX),
      workgroups: apply.workgroups,
      flops: 0,
    });
  }
  recorder.release(table);
}
