/** The update of torch.optim.SGD with momentum, in place: decay is part of the gradient, dampening and Nesterov are off. */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { floatWord, gridOf } from '../launch';
import { expand } from '../template';
import source from './sgd.wgsl?raw';

export interface SgdStep {
  lr: number;
  weightDecay: number;
  momentum: number;
}

const PROGRAM: ComputeProgram = {
  key: 'sgd',
  code: expand(source, { SCALED: 0 }),
  access: ['write', 'read', 'write'],
};
const SCALED: ComputeProgram = {
  key: 'sgd/scaled',
  code: expand(source, { SCALED: 1 }),
  access: ['write', 'read', 'write', 'read'],
};

/**
 * Changes `parameter` and `velocity` in place; `gradient` is only read. All of one length, in fours. A loss scale's state as
 * `scaling` may leave this step out.
 */
export function sgd(
  recorder: Recorder,
  { parameter, gradient, velocity }: { parameter: GpuTensor; gradient: GpuTensor; velocity: GpuTensor },
  { lr, weightDecay, momentum }: SgdStep,
  scaling: GpuTensor | null = null,
): void {
  const count = parameter.shape.reduce((a, b) => a * b, 1) / 4;
  const { gridX, workgroups } = gridOf(Math.ceil(count / 64));
  recorder.dispatch({
    program: scaling ? SCALED : PROGRAM,
    tensors: [parameter, gradient, velocity, ...(scaling ? [scaling] : [])],
    uniforms: Uint32Array.from([count, gridX, ...[lr, weightDecay, momentum].map(floatWord)]),
    workgroups,
    flops: 0,
  });
}
