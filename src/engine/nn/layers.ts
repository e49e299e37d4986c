/** Layers as functions over named tensors. Every result belongs to the caller's scope. */
import { add, matMul, type Tensor, type Tensor1D, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';
import { batchNormEval, batchNormTrain, type BatchNormTensors } from '../kernels/batchNorm/batchNorm';
import { conv2d } from '../kernels/conv2d/conv2d';
import type { NetworkState } from './state';

/** Which batch norms use and move their batch's statistics. */
export interface Mode {
  /** By layer name (`layer4.2.bn3`). */
  trainsNorm(name: string): boolean;
  /** Whether anything below the norms in training is trained, too. */
  inputGradients: boolean;
}

export const TRAIN: Mode = { trainsNorm: () => true, inputGradients: true };
export const EVAL: Mode = { trainsNorm: () => false, inputGradients: false };

/** A convolution without bias. */
export function conv(state: NetworkState, name: string, x: Tensor4D, stride: number, pad: number): Tensor4D {
  return conv2d(x, parameter<Tensor4D>(state, `${name}.weight`), stride, pad);
}

/** Batch norm, then the residual if there is one, then ReLU if asked for. */
export function norm(
  state: NetworkState,
  name: string,
  x: Tensor4D,
  mode: Mode,
  options: { relu: boolean; residual?: Tensor4D },
): Tensor4D {
  const tensors: BatchNormTensors = {
    gamma: parameter(state, `${name}.weight`),
    beta: parameter(state, `${name}.bias`),
    runningMean: buffer(state, `${name}.running_mean`),
    runningVariance: buffer(state, `${name}.running_var`),
  };
  if (!mode.trainsNorm(name)) return batchNormEval(x, tensors, options);
  const tracked = `${name}.num_batches_tracked`;
  state.batchesTracked.set(tracked, (state.batchesTracked.get(tracked) ?? 0) + 1);
  return batchNormTrain(x, tensors, { ...options, inputGradient: mode.inputGradients });
}

/** x [N, in] → [N, out]. */
export function linear(state: NetworkState, name: string, x: Tensor2D): Tensor2D {
  const weight = parameter<Tensor2D>(state, `${name}.weight`);
  return add(matMul(x, weight, false, true), parameter<Tensor1D>(state, `${name}.bias`));
}

function parameter<T extends Tensor>(state: NetworkState, key: string): T {
  const found = state.parameters.get(key);
  if (!found) throw new Error(`No parameter ${key}`);
  return found as T;
}

function buffer<T extends Tensor>(state: NetworkState, key: string): T {
  const found = state.buffers.get(key);
  if (!found) throw new Error(`No buffer ${key}`);
  return found as T;
}
