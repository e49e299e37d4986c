/** Global average pooling over NHWC: torch.nn.AdaptiveAvgPool2d(1), flattened. */
import {
  registerGradient,
  registerKernel,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { ComputeProgram } from '../../gpu/recorder';
import { gridOf, type KernelCall, runKernel, words } from '../launch';
import { releasing } from '../tape';
import backwardSource from './backward.wgsl?raw';
import forwardSource from './forward.wgsl?raw';

const FORWARD = 'StudioGlobalAveragePool';
const BACKWARD = 'StudioGlobalAveragePoolGradient';

/** `x` [N, H, W, C], C in fours → [N, C]. */
export function globalAveragePool(x: Tensor4D): Tensor2D {
  return runKernel<Tensor2D>(FORWARD, { x }, {});
}

const FORWARD_PROGRAM: ComputeProgram = { key: 'averagePool', code: forwardSource, access: ['read', 'write'] };
const BACKWARD_PROGRAM: ComputeProgram = {
  key: 'averagePool/gradient',
  code: backwardSource,
  access: ['read', 'write'],
};

registerKernel({
  kernelName: FORWARD,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { inputs, backend } = call as unknown as KernelCall<{ x: TensorInfo }, object>;
    const [batch = 0, height = 0, width = 0, channels = 0] = inputs.x.shape;
    const y = backend.allocate([batch, channels]);
    const count = (batch * channels) / 4;
    backend.dispatch({
      program: FORWARD_PROGRAM,
      tensors: [inputs.x, y],
      uniforms: words(height * width, channels / 4, count),
      workgroups: [Math.ceil(count / 64), 1, 1],
      flops: 0,
    });
    return y;
  },
});

registerKernel({
  kernelName: BACKWARD,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { inputs, attrs, backend } = call as unknown as KernelCall<{ dy: TensorInfo }, { shape: number[] }>;
    const [batch = 0, height = 0, width = 0, channels = 0] = attrs.shape;
    const dx = backend.allocate(attrs.shape);
    const count = (batch * height * width * channels) / 4;
    const { gridX, workgroups } = gridOf(Math.ceil(count / 64));
    backend.dispatch({
      program: BACKWARD_PROGRAM,
      tensors: [inputs.dy, dx],
      uniforms: words(height * width, channels / 4, count, gridX),
      workgroups,
      flops: 0,
    });
    return dx;
  },
});

registerGradient({
  kernelName: FORWARD,
  inputsToSave: ['x'],
  gradFunc: (dy, saved) =>
    releasing(dy as Tensor, saved, {
      x: () => runKernel<Tensor>(BACKWARD, { dy: dy as Tensor }, { shape: saved[0]!.shape }),
    }),
});
