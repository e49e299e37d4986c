/** The update of torch.optim.AdamW as one kernel a tensor, in place: decay first, then the bias-corrected step. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { StudioBackend } from '../../gpu/backend';
import type { ComputeProgram } from '../../gpu/recorder';
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

function program(vector: boolean): ComputeProgram {
  return {
    key: `adamW/${vector ? 'vec4' : 'f32'}`,
    code: expand(source, { VECTOR: Number(vector) }),
    access: ['write', 'read', 'write', 'write'],
  };
}

const VECTOR = program(true);
const SCALAR = program(false);

/** Changes `parameter`, `m` and `v` in place; `gradient` is only read. All of one shape. */
export function adamW(
  backend: StudioBackend,
  tensors: { parameter: TensorInfo; gradient: TensorInfo; m: TensorInfo; v: TensorInfo },
  { lr, weightDecay, beta1, beta2, epsilon, step }: AdamWStep,
): void {
  const { parameter, gradient, m, v } = tensors;
  const size = parameter.shape.reduce((a, b) => a * b, 1);
  const vector = size % 4 === 0;
  const count = vector ? size / 4 : size;
  const { gridX, workgroups } = gridOf(Math.ceil(count / 64));
  const rates = [1 - lr * weightDecay, beta1, 1 - beta1, beta2, 1 - beta2];
  const floats = [...rates, lr / (1 - beta1 ** step), Math.sqrt(1 - beta2 ** step), epsilon];
  backend.dispatch({
    program: vector ? VECTOR : SCALAR,
    tensors: [parameter, gradient, m, v],
    uniforms: Uint32Array.from([count, gridX, ...floats.map(floatWord)]),
    workgroups,
    flops: 0,
  });
}
