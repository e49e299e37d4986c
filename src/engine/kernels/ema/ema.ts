/** Exponential moving average of a tensor, in place. */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { floatWord, gridOf } from '../launch';
import source from './ema.wgsl?raw';

const PROGRAM: ComputeProgram = { key: 'ema', code: source, access: ['write', 'read'] };

/** Moves `average` towards `value`, both of one length in fours, by 1 - `decay` of the way. */
export function ema(recorder: Recorder, average: GpuTensor, value: GpuTensor, decay: number): void {
  const count = average.shape.reduce((a, b) => a * b, 1) / 4;
  const { gridX, workgroups } = gridOf(Math.ceil(count / 64));
  recorder.dispatch({
    program: PROGRAM,
    tensors: [average, value],
    uniforms: Uint32Array.of(count, gridX, floatWord(1 - decay)),
    workgroups,
    flops: 0,
  });
}
