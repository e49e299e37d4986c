/** What the convolution bench times, whoever wrote the kernels. */
import type { ConvWork } from './convWork';
import { repeatedNoise } from '../engine/check/stepInputs';

/** Activations NHWC, filters HWIO, inputs of a group. */
export interface ConvData {
  x: Float32Array<ArrayBuffer>;
  w: Float32Array<ArrayBuffer>;
  dy: Float32Array<ArrayBuffer>;
}

/** Forward and both gradients of one convolution, with operands on the GPU. */
export interface ConvSide {
  /** `times` times one after the other; resolves when the GPU is done. */
  run: (times: number) => Promise<void>;
  /** y, dx (if the layer has one) and dw in our layouts. */
  results(): Promise<Float32Array[]>;
  dispose(): void;
}

export function convData(work: ConvWork, batch: number): ConvData {
  const random = (count: number) => repeatedNoise(3, count, -0.5);
  return {
    x: random(batch * work.inSize ** 2 * work.inChannels),
    w: random((work.kernel ** 2 * work.inChannels * work.outChannels) / work.groups),
    dy: random(batch * work.outSize ** 2 * work.outChannels),
  };
}

/** Largest difference over the largest value of `expected`. */
export function relativeDifference(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Infinity;
  let [worst, largest] = [0, 0];
  expected.forEach((value, i) => {
    const difference = Math.abs(actual[i]! - value);
    worst = Number.isNaN(difference) ? Infinity : Math.max(worst, difference);
    largest = Math.max(largest, Math.abs(value));
  });
  return worst / largest;
}
