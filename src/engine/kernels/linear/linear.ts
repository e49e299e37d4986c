/** A fully connected layer and its gradients: torch.nn.functional.linear. */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { u32Words } from '../launch';
import { expand } from '../template';
import forwardSource from './forward.wgsl?raw';
import inputGradientSource from './inputGradient.wgsl?raw';
import weightGradientSource from './weightGradient.wgsl?raw';

export interface LinearParameters {
  /** [K, C], C in fours. */
  weight: GpuTensor;
  /** [K], if there is one. */
  bias: GpuTensor | null;
}

const FORWARD: ComputeProgram = {
  key: 'linear',
  code: expand(forwardSource, { BIAS: 1 }),
  access: ['read', 'read', 'write', 'read'],
};
const FORWARD_PLAIN: ComputeProgram = {
  key: 'linear/plain',
  code: expand(forwardSource, { BIAS: 0 }),
  access: ['read', 'read', 'write'],
};
const INPUT_GRADIENT: ComputeProgram = {
  key: 'linear/inputGradient',
  code: inputGradientSource,
  access: ['read', 'read', 'write'],
};
const WEIGHT_GRADIENT: ComputeProgram = {
  key: 'linear/weightGradient',
  code: expand(weightGradientSource, { BIAS: 1 }),
  access: ['read', 'read', 'write', 'write'],
};
const WEIGHT_GRADIENT_PLAIN: ComputeProgram = {
  key: 'linear/weightGradient/plain',
  code: expand(weightGradientSource, { BIAS: 0 }),
  access: ['read', 'read', 'write'],
};

/** `x` [N, C] → [N, K]. The caller releases it. */
export function linear(recorder: Recorder, x: GpuTensor, { weight, bias }: LinearParameters): GpuTensor {
  const [rows = 0, inner = 0] = x.shape;
  const [outputs = 0] = weight.shape;
  const y = recorder.allocate([rows, outputs]);
  const tensors = [x, weight, y, ...(bias ? [bias] : [])];
  run(recorder, bias ? FORWARD : FORWARD_PLAIN, tensors, rows * outputs, u32Words(rows, outputs, inner / 4));
  return y;
}

/** `dy` [N, K] → dx [N, C]. The caller releases it. */
export function linearInputGradient(recorder: Recorder, dy: GpuTensor, weight: GpuTensor): GpuTensor {
  const [rows = 0] = dy.shape;
  const [outputs = 0, inner = 0] = weight.shape;
  const dx = recorder.allocate([rows, inner]);
  run(recorder, INPUT_GRADIENT, [dy, weight, dx], (rows * inner) / 4, u32Words(rows, outputs, inner / 4));
  return dx;
}

/** Adds the gradients of weight and bias to `into`. */
export function linearWeightGradient(recorder: Recorder, x: GpuTensor, dy: GpuTensor, into: LinearParameters): void {
  const [rows = 0, inner = 0] = x.shape;
  const [, outputs = 0] = dy.shape;
  const tensors = [x, dy, into.weight, ...(into.bias ? [into.bias] : [])];
  const program = into.bias ? WEIGHT_GRADIENT : WEIGHT_GRADIENT_PLAIN;
  run(recorder, program, tensors, (outputs * inner) / 4, u32Words(rows, outputs, inner / 4));
}

function run(
  recorder: Recorder,
  program: ComputeProgram,
  tensors: GpuTensor[],
  count: number,
  uniforms: Uint32Array<ArrayBuffer>,
): void {
  recorder.dispatch({ program, tensors, uniforms, workgroups: [Math.ceil(count / 64), 1, 1], flops: 0 });
}
