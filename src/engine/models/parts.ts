/**
 * Which part of a network is trained. What is frozen stays as it is, running statistics included: norms before the part are
 * in evaluation mode. FixRes' fine-tuning is `statistics` (imnet_finetune/train.py); `affine` and the paper's other rows
 * of table 6 go further. A head with norms of its own (fastai's) trains as a whole, its norms and dropouts included.
 */
import type { GpuTensor } from '../gpu/recorder';
import type { Architecture } from './meta';
import { modelOf } from './registry';
import { EVAL, type NormMode, TRAIN } from '../nn/layers';
import type { Network } from './passes';

/** From nothing to everything; `layer4` and `layer3` are the trunk from its last stage or the one before on. */
export type TrainablePart = 'none' | 'classifier' | 'statistics' | 'affine' | 'lastBlock' | 'layer4' | 'layer3' | 'all';

/** By name: which tensors get gradients, and which norms use and move their batch's statistics. */
export interface Trainable {
  isTrainable: (key: string) => boolean;
  mode: NormMode;
}

/** The tensors that get gradients, and how the network's norms behave meanwhile. */
export interface TrainedTensors {
  trained: ReadonlyMap<string, GpuTensor>;
  mode: NormMode;
}

export function trainableOf(arch: Architecture, part: TrainablePart): Trainable {
  const { lastNorm: last, stages, stageOf, blockOf, isOfHead } = modelOf(arch);
  switch (part) {
    case 'none':
      return { isTrainable: () => false, mode: EVAL };
    case 'classifier':
      return from(isOfHead);
    case 'statistics':
    case 'affine': {
      const keys = new Set(part === 'affine' ? [`${last}.weight`, `${last}.bias`] : []);
      return {
        isTrainable: (key) => isOfHead(key) || keys.has(key),
        mode: { trainsNorm: (name) => name === last || isOfHead(name) },
      };
    }
    case 'lastBlock':
      return from((name) => isOfHead(name) || blockOf(name) === blockOf(last));
    case 'layer4':
      return from((name) => stageOf(name) >= stages);
    case 'layer3':
      return from((name) => stageOf(name) >= stages - 1);
    case 'all':
      return { isTrainable: () => true, mode: TRAIN };
    default:
      return part satisfies never;
  }
}

/** Whole layers: those that learn use their batch's statistics, too. */
const from = (learns: (name: string) => boolean): Trainable => ({ isTrainable: learns, mode: { trainsNorm: learns } });

/** Everything not in `trained` is neither stepped nor decayed: frozen means untouched. */
export function trainedTensors({ state }: Pick<Network, 'state'>, { isTrainable, mode }: Trainable): TrainedTensors {
  return { trained: new Map([...state.parameters].filter(([key]) => isTrainable(key))), mode };
}
