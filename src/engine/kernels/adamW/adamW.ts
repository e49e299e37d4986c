/** The update of torch.optim.AdamW, in place: decay first, then the bias-corrected step. */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { floatWord, gridOf } from '../launch';
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

const PROGRAM: ComputeProgram = { key: 'adamW', code: source, access: ['write', 'read', 'write', 'write'] };

/** Changes `parameter`, `m` and `v` in place; `gradient` is only read. All of one length, in fours. */
export function adamW(
  recorder: Recorder,
  tensors: { parameter: GpuTensor; gradient: GpuTensor; m: GpuTensor; v: GpuTensor },
  { lr, weightDecay, beta1, beta2, epsilon, step }: AdamWStep,
): void {
  const { parameter, gradient, m, v } = tensors;
  const count = parameter.shape.reduce((a, b) => a * b, 1) / 4;
  const { gridX, workgroups } = gridOf(Math.ceil(count / 64));
  const rates = [1 - lr * weightDecay, beta1, 1 - beta1, beta2, 1 - beta2];
  const floats = [...rates, lr / (1 - beta1 ** step), Math.sqrt(1 - beta2 ** step), epsilon];
  recorder.dispatch({
    program: PROGRAM,
    tensors: [parameter, gradient, m, v],
    uniforms: Uint32Array.from([count, gridX, ...floats.map(floatWord)]),
    workgroups,
    flops: 0,
  });
}
