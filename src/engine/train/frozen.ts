/**
 * What fine-tuning trains (FixRes, imnet_finetune/train.py): the whole network in evaluation mode but its last batch
 * norm, whose running statistics move; gradients for the head alone, or also for that norm's affine parameters. A head with
 * norms of its own (fastai's) trains as a whole, its norms and dropouts included.
 */
import type { GpuTensor } from '../gpu/recorder';
import type { Architecture } from '../models/meta';
import { isOfHead } from '../models/heads';
import { lastNorm } from '../models/resnet';
import type { Mode } from '../nn/layers';
import type { Network } from './step';

/** The tensors that get gradients, and how the network's norms behave meanwhile. */
export interface Training {
  trained: ReadonlyMap<string, GpuTensor>;
  mode: Mode;
}

/** By name: what of an architecture is trained, and which norms move. */
export function tunedParts(
  arch: Architecture,
  { affine }: { affine: boolean },
): { trains: (key: string) => boolean; mode: Mode } {
  const last = lastNorm(arch);
  const keys = new Set(affine ? [`${last}.weight`, `${last}.bias`] : []);
  return {
    trains: (key) => isOfHead(key) || keys.has(key),
    mode: { trainsNorm: (name) => name === last || isOfHead(name) },
  };
}

/** Everything not in `trained` is neither stepped nor decayed: frozen means untouched. */
export function tuned({ arch, state }: Network, options: { affine: boolean }): Training {
  const { trains, mode } = tunedParts(arch, options);
  return { trained: new Map([...state.parameters].filter(([key]) => trains(key))), mode };
}
