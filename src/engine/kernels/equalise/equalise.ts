/** The equalising map of pooled activations (paper section 4.2): affine for what is not zero. */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { floatWord, gridOf } from '../launch';
import source from './equalise.wgsl?raw';

const PROGRAM: ComputeProgram = { key: 'equalise', code: source, access: ['write'] };

/** `x` [N, C], C in fours, in place. Results are not clamped: the paper does not say so. */
export function equalise(recorder: Recorder, x: GpuTensor, { scale, shift }: { scale: number; shift: number }): void {
  const count = x.shape.reduce((a, b) => a * b, 1) / 4;
  const { gridX, workgroups } = gridOf(Math.ceil(count / 64));
  recorder.dispatch({
    program: PROGRAM,
    tensors: [x],
    uniforms: Uint32Array.of(count, gridX, floatWord(scale), floatWord(shift)),
    workgroups,
    flops: 0,
  });
}
