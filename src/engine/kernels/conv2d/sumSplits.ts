/** Second pass of a filter gradient: adds up what its splits have summed. */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { gridOf, u32Words } from '../launch';
import source from './sumSplits.wgsl?raw';

const SUM_SPLITS: ComputeProgram = { key: 'conv2d/sumSplits', code: source, access: ['read', 'write'] };

/** `partial` [splits, …], which is released → […], or added to `into`, which is then returned. */
export function sumSplits(recorder: Recorder, partial: GpuTensor, into?: GpuTensor): GpuTensor {
  const [splits = 0, ...shape] = partial.shape;
  const total = into ?? recorder.allocate(shape, 'float32', [partial]);
  const count4 = shape.reduce((product, length) => product * length, 1) / 4;
  const { gridX, workgroups } = gridOf(Math.ceil(count4 / 64));
  const uniforms = u32Words(count4, splits, gridX, Number(into !== undefined));
  recorder.dispatch({ program: SUM_SPLITS, tensors: [partial, total], uniforms, workgroups, flops: 0 });
  recorder.release(partial);
  return total;
}
