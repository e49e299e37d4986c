/**
 * Transfer as fastai does it (fastai/callback/schedule.py, `fine_tune`): an epoch with the body frozen, then all of it, each
 * through one cycle at rates that grow from the first stages to the head; afterwards, at another size, `freeze()` and
 * `fit()` at one constant rate. Every stage has an optimiser of its own, without the last one's moments. No epoch is
 * selected: each stage goes on where the last one ended.
 */
import { ALIKE, BY_FACTORS, type Discrimination, fastaiGroups, fastaiTrainable, TENTH_BELOW } from '../../train/fastai';
import type { Architecture } from '../../models/meta';
import { PLAIN } from '../../optim/objective';
import type { ScheduleSpec } from '../../optim/schedule';
import type { Method } from '../../train/method';
import type { Stage } from '../../train/run';
import { FROZEN_EPOCHS } from './meta';

interface Rates {
  /** Of the head, at its highest. */
  lr: number;
  weightDecay: number;
}

const FROZEN: ScheduleSpec = { kind: 'oneCycle', rising: 0.99, div: 25 };
const WHOLE: ScheduleSpec = { kind: 'oneCycle', rising: 0.3, div: 5 };
/** Where a cycle leaves momentum, and `fit` does not touch it. */
const AFTER_A_CYCLE: ScheduleSpec = { kind: 'constant', momentum: 0.95 };

/** What is trained with the body frozen or not, at which rates for the groups. */
export function fastaiStage(
  arch: Architecture,
  { lr, weightDecay, epochs }: Rates & { epochs: number },
  how: { frozen: boolean; discrimination: Discrimination; schedule: ScheduleSpec },
): Stage {
  const grouping = fastaiGroups(arch, how.discrimination);
  const plainly = { objective: PLAIN, averaging: 0, patience: 0 };
  const method: Method = { optimiser: { kind: 'fastai' }, schedule: how.schedule, grouping, ...plainly };
  const trainable = fastaiTrainable(arch, { frozen: how.frozen });
  return { trainable, method, lr, weightDecay, epochs, keeps: 'last', dropLast: true };
}

/** `learn.fine_tune(epochs, lr)`. */
export function fineTuneStages(arch: Architecture, { lr, weightDecay, epochs }: Rates & { epochs: number }): Stage[] {
  return [
    fastaiStage(
      arch,
      { lr, weightDecay, epochs: FROZEN_EPOCHS },
      { frozen: true, discrimination: TENTH_BELOW, schedule: FROZEN },
    ),
    fastaiStage(
      arch,
      { lr: lr / 2, weightDecay, epochs },
      { frozen: false, discrimination: BY_FACTORS, schedule: WHOLE },
    ),
  ];
}

/** `learn.freeze(); learn.fit(epochs, lr)`, after a cycle. */
export const frozenStage = (arch: Architecture, rates: Rates & { epochs: number }): Stage =>
  fastaiStage(arch, rates, { frozen: true, discrimination: ALIKE, schedule: AFTER_A_CYCLE });
