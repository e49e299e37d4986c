/** fastai's AdaptiveConcatPool2d(1), flattened: every channel's largest value, then every channel's mean. */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { gridOf, u32Words } from '../launch';
import { type Precision, storageOf, withStorage } from '../storage';
import backwardSource from './backward.wgsl?raw';
import forwardSource from './forward.wgsl?raw';

export interface ConcatPooled {
  /** f32 [N, 2C] */
  y: GpuTensor;
  /** int32 [N, C]: the pixel that was largest. */
  which: GpuTensor;
}

/** @param activations Whose storage the program is for. */
function programOf(recorder: Recorder, { key, code, access }: ComputeProgram, activations: GpuTensor): ComputeProgram {
  const storage = storageOf(recorder, activations);
  return { key: `${key}/${storage.name}`, code: withStorage(storage, code), access };
}

const FORWARD: ComputeProgram = { key: 'concatPool', code: forwardSource, access: ['read', 'write', 'write'] };
const BACKWARD: ComputeProgram = {
  key: 'concatPool/gradient',
  code: backwardSource,
  access: ['read', 'read', 'write'],
};

/** `x` [N, H, W, C], C in fours. The caller releases both results. */
export function concatPool(recorder: Recorder, x: GpuTensor): ConcatPooled {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const y = recorder.allocate([batch, 2 * channels], 'float32', [x]);
  const which = recorder.allocate([batch, channels], 'int32', [x]);
  const count = (batch * channels) / 4;
  recorder.dispatch({
    program: programOf(recorder, FORWARD, x),
    tensors: [x, y, which],
    uniforms: u32Words(height * width, channels / 4, count),
    workgroups: [Math.ceil(count / 64), 1, 1],
    flops: 0,
  });
  return { y, which };
}

/** f32 `dy` [N, 2C] → dx of shape `xShape`. The caller releases it. */
export function concatPoolGradient(
  recorder: Recorder,
  { dy, which }: { dy: GpuTensor; which: GpuTensor },
  xShape: readonly number[],
  precision: Precision = 'float32',
): GpuTensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = xShape;
  const dx = recorder.allocate(xShape, precision, [dy, which]);
  const count = (batch * height * width * channels) / 4;
  const { gridX, workgroups } = gridOf(Math.ceil(count / 64));
  recorder.dispatch({
    program: programOf(recorder, BACKWARD, dx),
    tensors: [dy, which, dx],
    uniforms: u32Words(height * width, channels / 4, count, gridX),
    workgroups,
    flops: 0,
  });
  return dx;
}
