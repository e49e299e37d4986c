/** Mean softmax cross entropy with its gradient and the right answers counted; torch.nn.functional.cross_entropy. */
import {
  mul,
  registerGradient,
  registerKernel,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { ComputeProgram } from '../../gpu/recorder';
import { type KernelCall, runKernel, words } from '../launch';
import source from './crossEntropy.wgsl?raw';

const NAME = 'StudioCrossEntropy';

/** `logits` [N, K], `labels` int32 [N] in 0 … K-1 → mean loss in nats, and how many rows were right. */
export function crossEntropy(logits: Tensor2D, labels: Tensor1D): { loss: Scalar; correct: Scalar } {
  const [loss, correct] = runKernel<Tensor[]>(NAME, { logits, labels }, {});
  return { loss: loss as Scalar, correct: correct as Scalar };
}

const PROGRAM: ComputeProgram = {
  key: 'crossEntropy',
  code: source,
  access: ['read', 'read', 'write', 'write', 'write'],
};

registerKernel({
  kernelName: NAME,
  backendName: 'webgpu',
  kernelFunc: (call) => {
    const { inputs, backend } = call as unknown as KernelCall<{ logits: TensorInfo; labels: TensorInfo }, object>;
    const [rows = 0, classes = 0] = inputs.logits.shape;
    const loss = backend.allocate([]);
    const correct = backend.allocate([]);
    const gradient = backend.allocate([rows, classes]);
    backend.dispatch({
      program: PROGRAM,
      tensors: [inputs.logits, inputs.labels, loss, correct, gradient],
      uniforms: words(rows, classes),
      workgroups: [1, 1, 1],
      flops: 0,
    });
    return [loss, correct, gradient];
  },
});

registerGradient({
  kernelName: NAME,
  outputsToSave: [false, false, true],
  gradFunc: (dys, [gradient]) => ({ logits: () => mul(gradient!, (dys as Tensor[])[0]!) }),
});
