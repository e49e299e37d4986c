/** Mean softmax cross entropy with its gradient and the right answers counted; torch.nn.functional.cross_entropy. */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { floatWord } from '../launch';
import source from './crossEntropy.wgsl?raw';

const PROGRAM: ComputeProgram = { key: 'crossEntropy', code: source, access: ['read', 'read', 'write', 'write'] };

export interface CrossEntropyOptions {
  /** [2]: the loss in nats and the rows that were right are added to it. */
  score: GpuTensor;
  /** What a row counts for: one over the rows of the whole batch. */
  weight: number;
  /** Factor on the gradient alone, for half precision. */
  scale: number;
}

/** `logits` [N, K], `labels` int32 [N] in 0 … K-1 → the loss's gradient [N, K]. The caller releases it. */
export function crossEntropy(
  recorder: Recorder,
  logits: GpuTensor,
  labels: GpuTensor,
  { score, weight, scale }: CrossEntropyOptions,
): GpuTensor {
  const [rows = 0, classes = 0] = logits.shape;
  const gradient = recorder.allocate([rows, classes]);
  recorder.dispatch({
    program: PROGRAM,
    tensors: [logits, labels, score, gradient],
    uniforms: Uint32Array.of(rows, classes, floatWord(weight), floatWord(scale)),
    workgroups: [1, 1, 1],
    flops: 0,
  });
  return gradient;
}
