/**
 * What fine-tuning trains (FixRes, imnet_finetune/train.py): the whole network in evaluation mode but its last batch
 * norm, whose running statistics move; gradients for `fc` alone, or also for that norm's affine parameters.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import { lastNorm } from '../models/resnet';
import type { Mode } from '../nn/layers';
import type { Network } from './step';

/** The tensors that get gradients, and how the network's norms behave meanwhile. */
export interface Training {
  trained: ReadonlyMap<string, Tensor>;
  mode: Mode;
}

/** Everything not in `trained` is neither stepped nor decayed: frozen means untouched. */
export function tuned({ arch, state }: Network, { affine }: { affine: boolean }): Training {
  const last = lastNorm(arch);
  const keys = ['fc.weight', 'fc.bias', ...(affine ? [`${last}.weight`, `${last}.bias`] : [])];
  return {
    trained: new Map(keys.map((key) => [key, state.parameters.get(key)!])),
    mode: { trainsNorm: (name) => name === last, inputGradients: false },
  };
}
