/** What the settings say of how to train, as the trainer takes it. */
import type { Grouping, OptimiserChoice } from '../optim/optimiser';
import type { ScheduleSpec } from '../optim/schedule';
import type { Architecture } from '../models/meta';
import { keysOf, WEIGHTS } from '../models/model';
import { modelOf } from '../models/registry';
import type { Method } from '../train/method';
import type { Objective } from '../optim/objective';
import { OPTIMISERS } from '../optim/meta';
import type { StudioConfig } from './meta';

export function objectiveOf({ labelSmoothing, balance, mixup, cutmix }: StudioConfig): Objective {
  return { smoothing: labelSmoothing, balance, mixup, cutmix };
}

function optimiserOf({ optimizer: kind, momentum, gradientClip }: StudioConfig): OptimiserChoice {
  const { takesMomentum } = OPTIMISERS.find(({ value }) => value === kind)!;
  return { kind, ...(takesMomentum && { momentum }), ...(gradientClip > 0 && { maxNorm: gradientClip }) };
}

/** FixRes divides by ten every 30 epochs, of 120 in training and of 60 in fine-tuning (paper, section 5). */
const TRAINING_PARTS = 4;
const TUNING_PARTS = 2;

function scheduleSpec({ schedule, warmUp }: StudioConfig, epochs: number, parts: number): ScheduleSpec {
  switch (schedule) {
    case 'none':
      return { kind: 'constant' };
    case 'step':
      return { kind: 'step', epochs, parts };
    case 'cosine':
      // Something is left to fall in, however short the run.
      return { kind: 'cosine', warmUp: Math.min(warmUp / epochs, 0.5) };
    default:
      return schedule satisfies never;
  }
}

/** Decay is of filters and the classifier's matrix; norms and biases are left alone. */
function decayWeights(arch: Architecture): Grouping {
  const weights = keysOf(modelOf(arch), WEIGHTS);
  return (key) => ({ lr: 1, weightDecay: Number(weights.has(key)) });
}

/** What a configuration asks for over `epochs` of training a network, that of the settings if not given; its step decay in `parts`. */
export function methodOf(
  config: StudioConfig,
  epochs: number,
  arch: Architecture = config.arch,
  parts = TRAINING_PARTS,
): Method {
  return {
    optimiser: optimiserOf(config),
    schedule: scheduleSpec(config, epochs, parts),
    objective: objectiveOf(config),
    ...(!config.decayAll && { grouping: decayWeights(arch) }),
    averaging: config.averaging,
    patience: config.patience,
    selectBy: config.selectBy,
  };
}

/** The same of fine-tuning, whose photos are to look as in testing: they are not mixed. */
export function tuneMethodOf(config: StudioConfig, epochs: number, arch: Architecture = config.arch): Method {
  return methodOf({ ...config, mixup: 0, cutmix: 0 }, epochs, arch, TUNING_PARTS);
}
