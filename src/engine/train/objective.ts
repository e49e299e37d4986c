/** What training strives for, besides right answers: how even, how soft and how mixed its batches are. */
import type { StudioConfig } from '../experiments/meta';
import type { MixingOptions } from './mixing';

export interface Objective extends MixingOptions {
  /** Share of every target that is spread over all classes. */
  smoothing: number;
  balance: StudioConfig['balance'];
}

/** Every photo once an epoch, as its label says. */
export const PLAIN: Objective = { smoothing: 0, balance: 'none', mixup: 0, cutmix: 0 };

export function objectiveOf({ labelSmoothing, balance, mixup, cutmix }: StudioConfig): Objective {
  return { smoothing: labelSmoothing, balance, mixup, cutmix };
}

export const mixes = ({ mixup, cutmix }: Objective): boolean => mixup > 0 || cutmix > 0;

/** Whether a row's loss needs a target for every class. */
export const hasTargets = (objective: Objective): boolean =>
  objective.smoothing > 0 || objective.balance === 'weights' || mixes(objective);
