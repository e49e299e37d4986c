/** Max pooling over NHWC with the winner's index kept for the gradient; semantics of torch.nn.MaxPool2d. */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { gridOf, outputSize, u32Words } from '../launch';
import { precisionOf, storageOf, withStorage } from '../storage';
import backwardSource from './backward.wgsl?raw';
import forwardSource from './forward.wgsl?raw';

export interface PoolWindow {
  kernel: number;
  stride: number;
  pad: number;
}

export interface MaxPooled {
  y: GpuTensor;
  /** The winning tap of every output, a byte a channel: [N, OH, OW, C / 4] words. */
  which: GpuTensor;
}

const FORWARD: ComputeProgram = { key: 'maxPool', code: forwardSource, access: ['read', 'write', 'write'] };
const BACKWARD: ComputeProgram = { key: 'maxPool/gradient', code: backwardSource, access: ['read', 'read', 'write'] };

/** `x` [N, H, W, C], C in fours → y [N, OH, OW, C]. The caller releases both results. */
export function maxPool(recorder: Recorder, x: GpuTensor, window: PoolWindow): MaxPooled {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const shape = [batch, outputSize(height, window), outputSize(width, window), channels / 4];
  const y = recorder.allocate([...shape.slice(0, 3), channels], precisionOf(x), [x]);
  const which = recorder.allocate(shape, 'int32', [x]);
  run(recorder, FORWARD, [x, y, which], x.shape, window, volume(shape));
  return { y, which };
}

/** → dx of shape `xShape`. The caller releases it. */
export function maxPoolGradient(
  recorder: Recorder,
  { dy, which }: { dy: GpuTensor; which: GpuTensor },
  xShape: readonly number[],
  window: PoolWindow,
): GpuTensor {
  const dx = recorder.allocate(xShape, precisionOf(dy), [dy, which]);
  run(recorder, BACKWARD, [dy, which, dx], xShape, window, volume(xShape) / 4);
  return dx;
}

const volume = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

function run(
  recorder: Recorder,
  { key, code, access }: ComputeProgram,
  tensors: GpuTensor[],
  xShape: readonly number[],
  window: PoolWindow,
  count: number,
) {
  const [, height = 0, width = 0, channels = 0] = xShape;
  const { kernel, stride, pad } = window;
  const [outHeight, outWidth] = [outputSize(height, window), outputSize(width, window)];
  const { gridX, workgroups } = gridOf(Math.ceil(count / 64));
  const uniforms = u32Words(height, width, outHeight, outWidth, channels / 4, kernel, stride, pad, count, gridX);
  const storage = storageOf(recorder, tensors[0]!);
  const program = { key: `${key}/${storage.name}`, code: withStorage(storage, code), access };
  recorder.dispatch({ program, tensors, uniforms, workgroups, flops: 0 });
}
