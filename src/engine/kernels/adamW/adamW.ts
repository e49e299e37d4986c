/** The update of torch.optim.AdamW, in place: decay first, then the bias-corrected step. */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { floatWord, gridOf } from '../launch';
import { expand } from '../template';
import source from './adamW.wgsl?raw';

export interface AdamWStep {
  lr: number;
  weightDecay: number;
  beta1: number;
  beta2: number;
  epsilon: number;
  /** From 1. */
  step: number;
}

const PROGRAM: ComputeProgram = {
  key: 'adamW',
  code: expand(source, { SCALED: 0 }),
  access: ['write', 'read', 'write', 'write'],
};
const SCALED: ComputeProgram = {
  key: 'adamW/scaled',
  code: expand(source, { SCALED: 1 }),
  access: ['write', 'read', 'write', 'write', 'read'],
};

/**
 * Changes `parameter`, `m` and `v` in place; `gradient` is only read. All of one length, in fours. With a loss scale's state as
 * `scaling`, that counts the steps and may leave this one out.
 */
export function adamW(
  recorder: Recorder,
  tensors: { parameter: GpuTensor; gradient: GpuTensor; m: GpuTensor; v: GpuTensor },
  { lr, weightDecay, beta1, beta2, epsilon, step }: AdamWStep,
  scaling: GpuTensor | null = null,
): void {
  const { parameter, gradient, m, v } = tensors;
  const count = parameter.shape.reduce((a, b) => a * b, 1) / 4;
  const { gridX, workgroups } = gridOf(Math.ceil(count / 64));
  const rates = [1 - lr * weightDecay, beta1, 1 - beta1, beta2, 1 - beta2];
  const corrections = scaling ? [lr, 1] : [lr / (1 - beta1 ** step), Math.sqrt(1 - beta2 ** step)];
  const floats = [...rates, ...corrections, epsilon];
  recorder.dispatch({
    program: scaling ? SCALED : PROGRAM,
    tensors: [parameter, gradient, m, v, ...(scaling ? [scaling] : [])],
    uniforms: Uint32Array.from([count, gridX, ...floats.map(floatWord)]),
    workgroups,
    flops: 0,
  });
}
