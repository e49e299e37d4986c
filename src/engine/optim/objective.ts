/** What training strives for, besides right answers: how even, how soft and how mixed its batches are. */
export interface MixingOptions {
  /** Of the Beta distribution that shares are drawn from; 0 for never. With both, a batch is mixed either way by a coin. */
  mixup: number;
  cutmix: number;
}

export interface Objective extends MixingOptions {
  /** Share of every target that is spread over all classes. */
  smoothing: number;
  balance: 'none' | 'sampling' | 'weights';
}

/** Every photo once an epoch, as its label says. */
export const PLAIN: Objective = { smoothing: 0, balance: 'none', mixup: 0, cutmix: 0 };

export const mixes = ({ mixup, cutmix }: Objective): boolean => mixup > 0 || cutmix > 0;

/** Whether a row's loss needs a target for every class. */
export const hasTargets = (objective: Objective): boolean =>
  objective.smoothing > 0 || objective.balance === 'weights' || mixes(objective);
