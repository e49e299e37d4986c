/**
 * What fastai's `cnn_learner` trains, and at whose rates (fastai/learner.py, vision/learner.py, optimizer.py): three groups,
 * the early stages, the late ones and the head; norms trained when frozen; no decay on norms and biases.
 */
import type { Architecture } from '../models/meta';
import { keysOf, NORM_PARAMETERS, WEIGHTS } from '../models/model';
import { modelOf } from '../models/registry';
import { TRAIN } from '../nn/layers';
import type { Grouping } from '../optim/optimiser';
import type { Trainable } from '../models/parts';

/** Multiples of the head's learning rate: of the first two stages, of the last two, and its own. */
export type Discrimination = readonly [early: number, late: number, head: 1];

/** `slice(lr)`: a tenth below the head. */
export const TENTH_BELOW: Discrimination = [0.1, 0.1, 1];
/** `slice(lr / 100, lr)`: evenly by factors. */
export const BY_FACTORS: Discrimination = [0.01, 0.1, 1];
export const ALIKE: Discrimination = [1, 1, 1];

export function fastaiGroups(arch: Architecture, discrimination: Discrimination): Grouping {
  const model = modelOf(arch);
  const decaying = keysOf(model, WEIGHTS);
  return (key) => {
    const group = model.isOfHead(key) ? 2 : model.stageOf(key) > model.stages - 2 ? 1 : 0;
    return { lr: discrimination[group], weightDecay: decaying.has(key) ? 1 : 0 };
  };
}

/** By name: after `freeze()` the head and every norm; after `unfreeze()` everything. All norms use their batch in both. */
export function fastaiTrainable(arch: Architecture, { frozen }: { frozen: boolean }): Trainable {
  const model = modelOf(arch);
  const norms = keysOf(model, NORM_PARAMETERS);
  return { isTrainable: (key) => !frozen || model.isOfHead(key) || norms.has(key), mode: TRAIN };
}
