/**
 * Transfer as fastai does it (fastai/callback/schedule.py, `fine_tune`): an epoch with the body frozen, then all of it, each
 * through one cycle at rates that grow from the first stages to the head; afterwards, at another size, `freeze()` and
 * `fit()` at one constant rate. Every part has an optimiser of its own, without the last one's moments. No epoch is
 * selected: each part goes on where the last one ended.
 */
import type { NetworkState } from '../nn/state';
import { ALIKE, BY_FACTORS, type Discrimination, fastaiGroups, fastaiPart, TENTH_BELOW } from '../train/fastai';
import { PLAIN } from '../optim/objective';
import { trainingOf } from '../models/parts';
import type { RunRecord } from '../base/records';
import { type OneCycle, oneCycle, type Schedule } from '../optim/schedule';
import type { Method } from '../train/method';
import type { Network } from '../models/passes';
import { type ExperimentContext, fit, type FitOptions } from './fit';
import { FROZEN_EPOCHS } from './meta';

type Photos = Omit<
  FitOptions,
  'lr' | 'weightDecay' | 'grouping' | 'method' | 'epochs' | 'keeps' | 'dropLast' | 'after'
>;

interface Rates {
  /** Of the head, at its highest. */
  lr: number;
  weightDecay: number;
}

const FROZEN: OneCycle = { rising: 0.99, div: 25 };
const WHOLE: OneCycle = { rising: 0.3, div: 5 };
/** Where a cycle leaves momentum, and `fit` does not touch it. */
const AFTER_A_CYCLE: Schedule = () => ({ lr: 1, momentum: 0.95 });

/** How a part of the recipe trains. */
export function partOf(
  { arch }: Pick<Network, 'arch'>,
  { lr, weightDecay }: Rates,
  { discrimination, schedule }: { discrimination: Discrimination; schedule: Schedule },
) {
  const grouping = fastaiGroups(arch, discrimination);
  const plainly = { objective: PLAIN, averaging: 0, patience: 0 };
  const method: Method = { optimiser: { kind: 'fastai' }, schedule, grouping, ...plainly };
  return { lr, weightDecay, method, keeps: 'last', dropLast: true } as const;
}

/** `learn.fine_tune(epochs, lr)`. */
export async function* fineTune(
  context: ExperimentContext,
  network: Network<NetworkState>,
  { lr, weightDecay, epochs }: Rates & { epochs: number },
  photos: Photos,
): AsyncGenerator<RunRecord, void, undefined> {
  const frozen = yield* fit(context, network, trainingOf(network, fastaiPart(network.arch, { frozen: true })), {
    ...photos,
    ...partOf(network, { lr, weightDecay }, { discrimination: TENTH_BELOW, schedule: oneCycle(FROZEN) }),
    epochs: FROZEN_EPOCHS,
  });
  context.backend.releasePool();
  yield* fit(context, network, trainingOf(network, fastaiPart(network.arch, { frozen: false })), {
    ...photos,
    ...partOf(network, { lr: lr / 2, weightDecay }, { discrimination: BY_FACTORS, schedule: oneCycle(WHOLE) }),
    epochs,
    after: frozen,
  });
}

/** `learn.freeze(); learn.fit(epochs, lr)`, after a cycle. */
export async function* fitFrozen(
  context: ExperimentContext,
  network: Network<NetworkState>,
  { lr, weightDecay, epochs }: Rates & { epochs: number },
  photos: Photos,
): AsyncGenerator<RunRecord, void, undefined> {
  yield* fit(context, network, trainingOf(network, fastaiPart(network.arch, { frozen: true })), {
    ...photos,
    ...partOf(network, { lr, weightDecay }, { discrimination: ALIKE, schedule: AFTER_A_CYCLE }),
    epochs,
  });
}
