/** Mean softmax cross entropy with its gradient and the right answers counted; torch.nn.functional.cross_entropy. */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { floatWord } from '../launch';
import { expand } from '../template';
import source from './crossEntropy.wgsl?raw';

const PROGRAM: ComputeProgram = {
  key: 'crossEntropy',
  code: expand(source, { SCALED: 0 }),
  access: ['read', 'read', 'write', 'write'],
};
const SCALED: ComputeProgram = {
  key: 'crossEntropy/scaled',
  code: expand(source, { SCALED: 1 }),
  access: ['read', 'read', 'write', 'write', 'read'],
};

export interface CrossEntropyOptions {
  /** [2]: the loss in nats and the rows that were right are added to it. */
  score: GpuTensor;
  /** What a row counts for: one over the rows of the whole batch. */
  weight: number;
  /** Of the gradient alone: a loss scale's `state`. */
  scaling?: GpuTensor | null;
}

/** `logits` [N, K], `labels` int32 [N] in 0 … K-1 → the loss's gradient [N, K]. The caller releases it. */
export function crossEntropy(
  recorder: Recorder,
  logits: GpuTensor,
  labels: GpuTensor,
  { score, weight, scaling = null }: CrossEntropyOptions,
): GpuTensor {
  const [rows = 0, classes = 0] = logits.shape;
  const gradient = recorder.allocate([rows, classes]);
  recorder.dispatch({
    program: scaling ? SCALED : PROGRAM,
    tensors: [logits, labels, score, gradient, ...(scaling ? [scaling] : [])],
    uniforms: Uint32Array.of(rows, classes, floatWord(weight)),
    workgroups: [1, 1, 1],
    flops: 0,
  });
  return gradient;
}
