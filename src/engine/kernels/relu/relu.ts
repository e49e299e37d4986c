/** ReLU where no batch norm precedes it (there it is part of the norm's kernel), and its gradient. */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { gridOf, u32Words } from '../launch';
import { expand } from '../template';
import source from './relu.wgsl?raw';

const FORWARD: ComputeProgram = { key: 'relu', code: expand(source, { GRADIENT: 0 }), access: ['read', 'write'] };
const GRADIENT: ComputeProgram = {
  key: 'relu/gradient',
  code: expand(source, { GRADIENT: 1 }),
  access: ['read', 'write'],
};

/** f32 `x`, in fours → y of its shape. The caller releases it. */
export function relu(recorder: Recorder, x: GpuTensor): GpuTensor {
  const y = recorder.allocate(x.shape, 'float32', [x]);
  run(recorder, FORWARD, x, y);
  return y;
}

/** Turns the output's gradient `dy` into the input's, in place. */
export function reluGradient(recorder: Recorder, x: GpuTensor, dy: GpuTensor): void {
  run(recorder, GRADIENT, x, dy);
}

function run(recorder: Recorder, program: ComputeProgram, x: GpuTensor, y: GpuTensor): void {
  const count = x.shape.reduce((a, b) => a * b, 1) / 4;
  const { gridX, workgroups } = gridOf(Math.ceil(count / 64));
  recorder.dispatch({ program, tensors: [x, y], uniforms: u32Words(count, gridX), workgroups, flops: 0 });
}
