/** Global average pooling over NHWC: torch.nn.AdaptiveAvgPool2d(1), flattened. */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { gridOf, words } from '../launch';
import backwardSource from './backward.wgsl?raw';
import forwardSource from './forward.wgsl?raw';

const FORWARD: ComputeProgram = { key: 'averagePool', code: forwardSource, access: ['read', 'write'] };
const BACKWARD: ComputeProgram = { key: 'averagePool/gradient', code: backwardSource, access: ['read', 'write'] };

/** `x` [N, H, W, C], C in fours → [N, C]. The caller releases it. */
export function globalAveragePool(recorder: Recorder, x: GpuTensor): GpuTensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const y = recorder.allocate([batch, channels], 'float32', [x]);
  const count = (batch * channels) / 4;
  recorder.dispatch({
    program: FORWARD,
    tensors: [x, y],
    uniforms: words(height * width, channels / 4, count),
    workgroups: [Math.ceil(count / 64), 1, 1],
    flops: 0,
  });
  return y;
}

/** `dy` [N, C] → dx of shape `xShape`. The caller releases it. */
export function globalAveragePoolGradient(recorder: Recorder, dy: GpuTensor, xShape: readonly number[]): GpuTensor {
  const [batch = 0, height = 0, width = 0, channels = 0] = xShape;
  const dx = recorder.allocate(xShape, 'float32', [dy]);
  const count = (batch * height * width * channels) / 4;
  const { gridX, workgroups } = gridOf(Math.ceil(count / 64));
  recorder.dispatch({
    program: BACKWARD,
    tensors: [dy, dx],
    uniforms: words(height * width, channels / 4, count, gridX),
    workgroups,
    flops: 0,
  });
  return dx;
}
