/** Max pooling over NHWC with the winner's index kept for the gradient; semantics of torch.nn.MaxPool2d. */
import { registerGradient, registerKernel, type Tensor, type Tensor4D, type TensorInfo } from '@tensorflow/tfjs-core';
import type { StudioBackend } from '../../gpu/backend';
import type { ComputeProgram } from '../../gpu/recorder';
import { gridOf, type KernelCall, outputSize, runKernel, words } from '../launch';
import { releasing } from '../tape';
import backwardSource from './backward.wgsl?raw';
import forwardSource from './forward.wgsl?raw';

const FORWARD = 'StudioMaxPool';
const BACKWARD = 'StudioMaxPoolGradient';

interface Attrs {
  kernel: number;
  stride: number;
  pad: number;
}

/** `x` [N, H, W, C], C in fours → [N, OH, OW, C]. */
export function maxPool(x: Tensor4D, kernel: number, stride: number, pad: number): Tensor4D {
  return runKernel<Tensor[]>(FORWARD, { x }, { kernel, stride, pad })[0] as Tensor4D;
}

const FORWARD_PROGRAM: ComputeProgram = { key: 'maxPool', code: forwardSource, access: ['read', 'write', 'write'] };
const BACKWARD_PROGRAM: ComputeProgram = {
  key: 'maxPool/gradient',
  code: backwardSource,
  access: ['read', 'read', 'write'],
};

function run(
  backend: StudioBackend,
  program: ComputeProgram,
  tensors: TensorInfo[],
  xShape: readonly number[],
  window: Attrs,
  count: number,
) {
  const [, height = 0, width = 0, channels = 0] = xShape;
  const { kernel, stride, pad } = window;
  const [outHeight, outWidth] = [outputSize(height, window), outputSize(width, window)];
  const { gridX, workgroups } = gridOf(Math.ceil(count / 64));
  const uniforms = words(height, width, outHeight, outWidth, channels / 4, kernel, stride, pad, count, gridX);
  backend.dispatch({ program, tensors, uniforms, workgroups, flops: 0 });
}

registerKernel({
  kernelName: FORWARD,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { inputs, attrs, backend } = call as unknown as KernelCall<{ x: TensorInfo }, Attrs>;
    const [batch = 0, height = 0, width = 0, channels = 0] = inputs.x.shape;
    const shape = [batch, outputSize(height, attrs), outputSize(width, attrs), channels];
    const y = backend.allocate(shape);
    const which = backend.allocate(shape, 'int32');
    const count = shape.reduce((a, b) => a * b, 1) / 4;
    run(backend, FORWARD_PROGRAM, [inputs.x, y, which], inputs.x.shape, attrs, count);
    return [y, which];
  },
});

registerKernel({
  kernelName: BACKWARD,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { inputs, attrs, backend } = call as unknown as KernelCall<
      { dy: TensorInfo; which: TensorInfo },
      Attrs & { shape: number[] }
    >;
    const dx = backend.allocate(attrs.shape);
    const count = attrs.shape.reduce((a, b) => a * b, 1) / 4;
    run(backend, BACKWARD_PROGRAM, [inputs.dy, inputs.which, dx], attrs.shape, attrs, count);
    return dx;
  },
});

registerGradient({
  kernelName: FORWARD,
  inputsToSave: ['x'],
  outputsToSave: [false, true],
  gradFunc: (dys, saved, attrs) => {
    const [x, which] = saved as [Tensor4D, Tensor];
    const [dy] = dys as Tensor[];
    return releasing(dy!, [x, which], {
      x: () => runKernel<Tensor>(BACKWARD, { dy: dy!, which }, { ...attrs, shape: x.shape }),
    });
  },
});
