/**
 * Batch normalisation over NHWC, fused with what follows it in a ResNet: an optional residual addition and an optional
 * ReLU. Semantics of torch.nn.BatchNorm2d (eps 1e-5, momentum 0.1): training normalises with the biased batch variance
 * and moves the running statistics with the unbiased one; evaluation uses the running statistics and moves nothing.
 */
import { registerGradient, registerKernel, type Tensor, type Tensor1D, type TensorInfo } from '@tensorflow/tfjs-core';
import type { StudioBackend } from '../../gpu/backend';
import type { ComputeProgram } from '../../gpu/recorder';
import { floatWord, gridOf, type KernelCall, runKernel } from '../launch';
import { release } from '../tape';
import { expand } from '../template';
import combineSource from './combine.wgsl?raw';
import gradientApplySource from './gradientApply.wgsl?raw';
import gradientCombineSource from './gradientCombine.wgsl?raw';
import gradientSumsSource from './gradientSums.wgsl?raw';
import normalizeSource from './normalize.wgsl?raw';
import statisticsSource from './statistics.wgsl?raw';

export const EPSILON = 1e-5;
export const MOMENTUM = 0.1;

const TRAIN = 'StudioBatchNormTrain';
const TRAIN_GRADIENT = 'StudioBatchNormTrainGradient';
const EVAL = 'StudioBatchNormEval';

/** A layer's four vectors, each [C]. */
export interface BatchNormTensors {
  gamma: Tensor1D;
  beta: Tensor1D;
  runningMean: Tensor1D;
  runningVariance: Tensor1D;
}

export interface BatchNormOptions {
  relu: boolean;
  /** Added before the ReLU; of x's shape. */
  residual?: Tensor;
}

/**
 * Training mode: normalises with the batch's statistics and moves the running ones in place.
 * `inputGradient` false saves the work of dx where nothing below is trained.
 */
export function batchNormTrain<T extends Tensor>(
  x: T,
  bn: BatchNormTensors,
  { relu, residual, inputGradient = true }: BatchNormOptions & { inputGradient?: boolean },
): T {
  const inputs = { x, ...bn, ...(residual && { residual }) };
  return runKernel<Tensor[]>(TRAIN, inputs, { relu, inputGradient, residual: residual !== undefined })[0] as T;
}

/** Evaluation mode: a fixed affine map a channel. Has no gradient. */
export function batchNormEval<T extends Tensor>(x: T, bn: BatchNormTensors, { relu, residual }: BatchNormOptions): T {
  return runKernel<T>(EVAL, { x, ...bn, ...(residual && { residual }) }, { relu });
}

interface Inputs extends Record<keyof BatchNormTensors, TensorInfo> {
  x: TensorInfo;
  residual?: TensorInfo;
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

function dimensionsOf(backend: StudioBackend, x: TensorInfo) {
  const channels4 = x.shape.at(-1)! / 4;
  const rows = x.shape.reduce((a, b) => a * b, 1) / (channels4 * 4);
  return { rows, channels4, software: backend.gpu.report.software };
}

const channelGrid = (channels4: number): [number, number, number] => [Math.ceil(channels4 / 64), 1, 1];
const uniform = (...values: number[]) => Uint32Array.from(values);

const STATISTICS: ComputeProgram = { key: 'batchNorm/statistics', code: statisticsSource, access: ['read', 'write'] };
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

function normalizeProgram(relu: boolean, residual: boolean): ComputeProgram {
  return {
    key: `batchNorm/normalize/${relu}/${residual}`,
    code: expand(normalizeSource, { RELU: Number(relu), RESIDUAL: Number(residual) }),
    access: ['read', 'read', 'read', 'read', 'read', 'write', ...(residual ? (['read'] as const) : [])],
  };
}

function gradientSumsProgram(relu: boolean): ComputeProgram {
  return {
    key: `batchNorm/gradientSums/${relu}`,
    code: expand(gradientSumsSource, { RELU: Number(relu) }),
    access: ['read', 'read', 'read', 'read', 'read', 'write'],
  };
}

function gradientApplyProgram(relu: boolean, residual: boolean): ComputeProgram {
  return {
    key: `batchNorm/gradientApply/${relu}/${residual}`,
    code: expand(gradientApplySource, { RELU: Number(relu), RESIDUAL: Number(residual) }),
    access: ['read', 'read', 'read', 'read', 'write', ...(residual ? (['write'] as const) : [])],
  };
}

function normalize(backend: StudioBackend, o: Inputs, mean: TensorInfo, variance: TensorInfo, relu: boolean) {
  const { rows, channels4, software } = dimensionsOf(backend, o.x);
  const { chunks, gridX, workgroups } = chunking(rows, channels4, software);
  const y = backend.allocate(o.x.shape);
  backend.dispatch({
    program: normalizeProgram(relu, o.residual !== undefined),
    tensors: [o.x, mean, variance, o.gamma, o.beta, y, ...(o.residual ? [o.residual] : [])],
    uniforms: uniform(rows, channels4, chunks, gridX, floatWord(EPSILON)),
    workgroups,
    flops: 0,
  });
  return y;
}

registerKernel({
  kernelName: EVAL,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { inputs, attrs, backend } = call as unknown as KernelCall<Inputs, { relu: boolean }>;
    return normalize(backend, inputs, inputs.runningMean, inputs.runningVariance, attrs.relu);
  },
});

registerKernel({
  kernelName: TRAIN,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { inputs, attrs, backend } = call as unknown as KernelCall<Inputs, { relu: boolean }>;
    const { rows, channels4, software } = dimensionsOf(backend, inputs.x);
    const { chunks, gridX, workgroups } = reductionChunking(rows, channels4, software);
    const partial = backend.allocate([2, chunks, channels4 * 4]);
    backend.dispatch({
      program: STATISTICS,
      tensors: [inputs.x, partial],
      uniforms: uniform(rows, channels4, chunks, gridX),
      workgroups,
      flops: 0,
    });
    const mean = backend.allocate([channels4 * 4]);
    const variance = backend.allocate([channels4 * 4]);
    backend.dispatch({
      program: COMBINE,
      tensors: [partial, mean, variance, inputs.runningMean, inputs.runningVariance],
      uniforms: uniform(rows, channels4, chunks, floatWord(MOMENTUM)),
      workgroups: channelGrid(channels4),
      flops: 0,
    });
    backend.disposeData(partial.dataId);
    return [normalize(backend, inputs, mean, variance, attrs.relu), mean, variance];
  },
});

interface GradientInputs {
  x: TensorInfo;
  y: TensorInfo;
  dy: TensorInfo;
  mean: TensorInfo;
  variance: TensorInfo;
  gamma: TensorInfo;
}

interface GradientAttrs {
  relu: boolean;
  residual: boolean;
  inputGradient: boolean;
}

/** Gives [dgamma, dbeta], then dx, then the residual's gradient, as far as they are asked for. */
registerKernel({
  kernelName: TRAIN_GRADIENT,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { inputs, attrs, backend } = call as unknown as KernelCall<GradientInputs, GradientAttrs>;
    const { x, y, dy, mean, variance, gamma } = inputs;
    const { rows, channels4, software } = dimensionsOf(backend, x);
    const sums = reductionChunking(rows, channels4, software);
    const partial = backend.allocate([2, sums.chunks, channels4 * 4]);
    backend.dispatch({
      program: gradientSumsProgram(attrs.relu),
      tensors: [x, y, dy, mean, variance, partial],
      uniforms: uniform(rows, channels4, sums.chunks, sums.gridX, floatWord(EPSILON)),
      workgroups: sums.workgroups,
      flops: 0,
    });
    const dgamma = backend.allocate(gamma.shape);
    const dbeta = backend.allocate(gamma.shape);
    const table = backend.allocate([4, channels4 * 4]);
    backend.dispatch({
      program: GRADIENT_COMBINE,
      tensors: [partial, mean, variance, gamma, dgamma, dbeta, table],
      uniforms: uniform(rows, channels4, sums.chunks, floatWord(EPSILON)),
      workgroups: channelGrid(channels4),
      flops: 0,
    });
    backend.disposeData(partial.dataId);
    const out = [dgamma, dbeta];
    if (attrs.inputGradient) {
      const apply = chunking(rows, channels4, software);
      const gradients = [backend.allocate(x.shape), ...(attrs.residual ? [backend.allocate(x.shape)] : [])];
      backend.dispatch({
        program: gradientApplyProgram(attrs.relu, attrs.residual),
        tensors: [x, y, dy, table, ...gradients],
        uniforms: uniform(rows, channels4, apply.chunks, apply.gridX),
        workgroups: apply.workgroups,
        flops: 0,
      });
      out.push(...gradients);
    }
    backend.disposeData(table.dataId);
    return out;
  },
});

registerGradient({
  kernelName: TRAIN,
  inputsToSave: ['x', 'gamma'],
  outputsToSave: [true, true, true],
  gradFunc: (dys, saved, attrs) => {
    const [x, gamma, y, mean, variance] = saved;
    const [dy] = dys as Tensor[];
    const { relu, inputGradient, residual } = attrs as unknown as GradientAttrs;
    const gradients = runKernel<Tensor[]>(
      TRAIN_GRADIENT,
      { x: x!, y: y!, dy: dy!, mean: mean!, variance: variance!, gamma: gamma! },
      { relu, inputGradient, residual },
    );
    release(dy!, saved);
    const [dgamma, dbeta, dx, dresidual] = gradients;
    return { gamma: () => dgamma!, beta: () => dbeta!, x: () => dx!, residual: () => dresidual! };
  },
});
