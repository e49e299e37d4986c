/** Softmax cross entropy with its gradient and the right answers counted; torch.nn.functional.cross_entropy. */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { floatWord } from '../launch';
import { expand } from '../template';
import source from './crossEntropy.wgsl?raw';

const program = (targets: boolean, scaled: boolean): ComputeProgram => ({
  key: `crossEntropy${targets ? '/targets' : ''}${scaled ? '/scaled' : ''}`,
  code: expand(source, { TARGETS: Number(targets), SCALED: Number(scaled) }),
  access: ['read', 'read', 'write', 'write', ...[targets, scaled].filter(Boolean).map(() => 'read' as const)],
});

export interface CrossEntropyOptions {
  /** [2]: the loss in nats and the rows that were right are added to it. */
  score: GpuTensor;
  /** What a row counts for: one over the rows of the whole batch, or over what they weigh. */
  weight: number;
  /** [N, K]: what each class's share of a row's loss is: smoothed, mixed, weighted. All of it the label's if not given. */
  targets?: GpuTensor | null;
  /** Of the gradient alone: a loss scale's `state`. */
  scaling?: GpuTensor | null;
}

/** `logits` [N, K], `labels` int32 [N] in 0 … K-1 → the loss's gradient [N, K]. The caller releases it. */
export function crossEntropy(
  recorder: Recorder,
  logits: GpuTensor,
  labels: GpuTensor,
  { score, weight, targets = null, scaling = null }: CrossEntropyOptions,
): GpuTensor {
  const [rows = 0, classes = 0] = logits.shape;
  const gradient = recorder.allocate([rows, classes]);
  recorder.dispatch({
    program: program(targets !== null, scaling !== null),
    tensors: [logits, labels, score, gradient, ...(targets ? [targets] : []), ...(scaling ? [scaling] : [])],
    uniforms: Uint32Array.of(rows, classes, floatWord(weight)),
    workgroups: [1, 1, 1],
    flops: 0,
  });
  return gradient;
}
