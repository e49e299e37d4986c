/** Steps 7 to 9 of the data's path: forward, loss and backward on one batch. */
import {
  dispose,
  engine,
  keep,
  type Scalar,
  type Tensor,
  type Tensor1D,
  type Tensor4D,
  tidy,
} from '@tensorflow/tfjs-core';
import { crossEntropy } from '../kernels/crossEntropy/crossEntropy';
import type { Architecture } from '../models/meta';
import { type Outputs, resnet } from '../models/resnet';
import type { Mode } from '../nn/layers';
import type { NetworkState } from '../nn/state';

export interface Network {
  arch: Architecture;
  classes: readonly string[];
  state: NetworkState;
}

export interface BatchGradients {
  loss: Scalar;
  /** Rows of the batch classified right. */
  correct: Scalar;
  gradients: Map<string, Tensor>;
}

/**
 * Mean cross entropy of a batch and its gradients with respect to `trained` alone; norms that `mode` trains move their
 * running statistics. The caller disposes of all results. Does not wait for the GPU.
 */
export function batchGradients(
  { arch, state }: Network,
  trained: ReadonlyMap<string, Tensor>,
  mode: Mode,
  images: Tensor4D,
  labels: Tensor1D,
): BatchGradients {
  let correct: Scalar | undefined;
  try {
    const { loss, grads } = tidy(() => {
      const result = engine().gradients(() => {
        const { logits } = resnet(arch, state, images, mode);
        const score = crossEntropy(logits, labels);
        correct = keep(score.correct);
        return score.loss;
      }, [...trained.values()]);
      return { loss: result.value, grads: result.grads };
    });
    return { loss, correct: correct!, gradients: new Map([...trained.keys()].map((key, i) => [key, grads[i]!])) };
  } catch (error) {
    disposeTape();
    correct?.dispose();
    throw error;
  }
}

/**
 * TensorFlow.js 4.22 lets go of what it saved for the backward pass only at that pass's end; where an error comes first,
 * a whole batch's activations would stay on the GPU.
 */
function disposeTape(): void {
  for (const { saved } of engine().state.activeTape ?? []) dispose(saved ?? []);
}

/** Evaluation's forward pass. The caller disposes of the outputs. */
export function predict({ arch, state }: Network, mode: Mode, images: Tensor4D): Outputs {
  return tidy(() => ({ ...resnet(arch, state, images, mode) }));
}
