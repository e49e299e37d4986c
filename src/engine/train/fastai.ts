/**
 * What fastai's `cnn_learner` trains, and at whose rates (fastai/learner.py, vision/learner.py, optimizer.py): three groups,
 * the early stages, the late ones and the head; norms trained when frozen; no decay on norms and biases.
 */
import type { Architecture } from '../models/meta';
import { isOfHead } from '../models/heads';
import { stateSpecs } from '../models/resnet';
import { TRAIN } from '../nn/layers';
import type { Grouping } from '../optim/optimiser';
import type { TrainedPart } from '../models/parts';

/** Multiples of the head's learning rate: of the first two stages, of the last two, and its own. */
export type Discrimination = readonly [early: number, late: number, head: 1];

/** `slice(lr)`: a tenth below the head. */
export const TENTH_BELOW: Discrimination = [0.1, 0.1, 1];
/** `slice(lr / 100, lr)`: evenly by factors. */
export const BY_FACTORS: Discrimination = [0.01, 0.1, 1];
export const ALIKE: Discrimination = [1, 1, 1];

export function fastaiGroups(arch: Architecture, discrimination: Discrimination): Grouping {
  const decaying = new Set(keysOf(arch, ['conv', 'linear']));
  return (key) => {
    const group = isOfHead(key) ? 2 : /^layer[34]\./.test(key) ? 1 : 0;
    return { lr: discrimination[group], weightDecay: decaying.has(key) ? 1 : 0 };
  };
}

/** By name: after `freeze()` the head and every norm; after `unfreeze()` everything. All norms use their batch in both. */
export function fastaiPart(arch: Architecture, { frozen }: { frozen: boolean }): TrainedPart {
  const norms = new Set(keysOf(arch, ['gamma', 'beta']));
  return { trains: (key) => !frozen || isOfHead(key) || norms.has(key), mode: TRAIN };
}

/** The number of classes changes no key. */
function keysOf(arch: Architecture, roles: readonly string[]): string[] {
  return stateSpecs(arch, 1).flatMap(({ key, role }) => (roles.includes(role) ? [key] : []));
}
