/** Which parts of a network a fine-tuning trains: the rows of the paper's table 6, and further than it goes. */
import type { Architecture } from '../models/meta';
import { isOfHead } from '../models/heads';
import { lastNorm } from '../models/resnet';
import { type Mode, TRAIN, EVAL } from '../nn/layers';
import type { NetworkTensors } from '../nn/state';
import { type Training, tunedParts } from '../train/frozen';

/** From nothing to everything. `statistics` is what the blog and FixRes' own code do. */
export const PARTS = ['none', 'classifier', 'statistics', 'affine', 'lastBlock', 'all'] as const;
export type Part = (typeof PARTS)[number];

export const PART_LABELS: Record<Part, string> = {
  none: 'nothing',
  classifier: 'the classifier',
  statistics: 'the classifier and last statistics',
  affine: 'the classifier and last norm',
  lastBlock: 'the classifier and last block',
  all: 'the whole network',
};

/** By name: what gets gradients, and which norms move. */
export function trainedParts(arch: Architecture, part: Part): { trains: (key: string) => boolean; mode: Mode } {
  switch (part) {
    case 'none':
      return { trains: () => false, mode: EVAL };
    case 'classifier':
      return { trains: isOfHead, mode: { trainsNorm: isOfHead } };
    case 'statistics':
    case 'affine':
      return tunedParts(arch, { affine: part === 'affine' });
    case 'lastBlock': {
      const [stage, block] = lastNorm(arch).split('.');
      const inBlock = (name: string) => name.startsWith(`${stage}.${block}.`);
      return {
        trains: (key) => isOfHead(key) || inBlock(key),
        mode: { trainsNorm: (name) => isOfHead(name) || inBlock(name) },
      };
    }
    case 'all':
      return { trains: () => true, mode: TRAIN };
    default:
      return part satisfies never;
  }
}

/** Everything not in `trained` is neither stepped nor decayed: frozen means untouched. */
export function trainingOf(arch: Architecture, state: NetworkTensors, part: Part): Training {
  const { trains, mode } = trainedParts(arch, part);
  return { trained: new Map([...state.parameters].filter(([key]) => trains(key))), mode };
}
