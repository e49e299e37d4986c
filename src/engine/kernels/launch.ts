/** What every launcher needs: its backend, a grid for any number of workgroups, uniforms as words. */
import { engine, type NamedTensorMap, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import type { StudioBackend } from '../gpu/backend';

/** WebGPU's least maximum of workgroups along one dimension is 65,535; longer grids are folded. */
const MAX_GRID = 32768;

export interface Grid {
  /** Workgroups along x; a shader's index is `x + y * gridX` and may exceed the count. */
  gridX: number;
  workgroups: [number, number, number];
}

export function gridOf(count: number, z = 1): Grid {
  const gridX = Math.min(count, MAX_GRID);
  return { gridX, workgroups: [gridX, Math.ceil(count / gridX), z] };
}

/** Positions of a window of `kernel` along one axis of `size`, padded by `pad` at both ends: PyTorch's rule. */
export function outputSize(
  size: number,
  { kernel, stride, pad }: { kernel: number; stride: number; pad: number },
): number {
  return Math.floor((size + 2 * pad - kernel) / stride) + 1;
}

/** Whole numbers of either sign as uniform words. */
export function words(...values: readonly number[]): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(values, (value) => value >>> 0);
}

/** A float's bits as a uniform word. */
export function floatWord(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0]!;
}

/** The arguments that TensorFlow.js hands a kernel, typed. */
export interface KernelCall<Inputs, Attrs> {
  inputs: Inputs;
  attrs: Attrs;
  backend: StudioBackend;
}

/** Runs a registered kernel on the tape, if one is being recorded. */
export function runKernel<Out extends Tensor | Tensor[]>(
  name: string,
  inputs: Readonly<Record<string, TensorInfo>>,
  attrs: object,
): Out {
  return engine().runKernel(name, inputs as unknown as NamedTensorMap, attrs as Record<string, never>) as Out;
}
