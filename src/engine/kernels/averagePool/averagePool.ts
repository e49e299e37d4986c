/** Global average pooling over NHWC: torch.nn.AdaptiveAvgPool2d(1), flattened. */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { gridOf, u32Words } from '../launch';
import { type Precision, storageOf, withStorage } from '../storage';
import backwardSource from './backward.wgsl?raw';
import forwardSource from './forward.wgsl?raw';

/** @param activations Whose storage the program is for. */
function programOf(recorder: Recorder, name: string, code: string, activations: GpuTensor): ComputeProgram {
  const storage = storageOf(recorder, activations);
  return { key: `${name}/${storage.name}`, code: withStorage(storage, code), access: ['read', 'write'] };
}

/** `x` [N, H, W, C], C in fours → f32 [N, C]. The caller releases it. */
export function globalAveragePool(recorder: Recorder, x: GpuTensor): GpuTensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const y = recorder.allocate([batch, channels], 'float32', [x]);
  const count = (batch * channels) / 4;
  recorder.dispatch({
    program: programOf(recorder, 'averagePool', forwardSource, x),
    tensors: [x, y],
    uniforms: u32Words(height * width, channels / 4, count),
    workgroups: [Math.ceil(count / 64), 1, 1],
    flops: 0,
  });
  return y;
}

/** f32 `dy` [N, C] → dx of shape `xShape`. The caller releases it. */
export function globalAveragePoolGradient(
  recorder: Recorder,
  dy: GpuTensor,
  xShape: readonly number[],
  precision: Precision = 'float32',
): GpuTensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = xShape;
  const dx = recorder.allocate(xShape, precision, [dy]);
  const count = (batch * height * width * channels) / 4;
  const { gridX, workgroups } = gridOf(Math.ceil(count / 64));
  recorder.dispatch({
    program: programOf(recorder, 'averagePool/gradient', backwardSource, dx),
    tensors: [dy, dx],
    uniforms: u32Words(height * width, channels / 4, count, gridX),
    workgroups,
    flops: 0,
  });
  return dx;
}
