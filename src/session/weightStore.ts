/** The weights in memory: what was opened, what the baseline made of it, and what fine-tuning made of that. */
import { StudioError } from '../engine/base/errors';
import type { StudioConfig } from '../engine/experiments/meta';
import { isOfHead } from '../engine/models/heads';
import { type Architecture, labelOf, trunkOf } from '../engine/models/meta';
import { stateSpecs } from '../engine/models/resnet';
import { drawHostState, type HostState } from '../engine/nn/state';
import type { Evaluation } from '../engine/train/evaluate';
import type { WeightsInfo, WeightsSlot } from '../protocol/messages';

export interface Held {
  arch: Architecture;
  classes: readonly string[];
  state: HostState;
  origin: string;
  /** The last one made with them. */
  evaluation: Evaluation | null;
}

/** As long as the thread does nothing else while it draws weights. */
const SLICE_MS = 10;

interface StartingWeights {
  state: HostState | Promise<HostState>;
  note: string | null;
}

export class WeightStore {
  imported: Held | undefined;
  baseline: Held | undefined;
  finetune: Held | undefined;

  /** What sweep, fine-tuning and experiments work on. */
  trunk(): Held | undefined {
    return this.baseline ?? this.imported;
  }

  latest(): Held | undefined {
    return this.finetune ?? this.trunk();
  }

  /** @throws StudioError `needs-step` where there are none. */
  of(slot: WeightsSlot): Held {
    const held = { latest: this.latest(), baseline: this.trunk(), finetune: this.finetune }[slot];
    if (!held)
      throw new StudioError('needs-step', 'There are no weights yet', 'Train a baseline first, or open weights.');
    return held;
  }

  /**
   * Where a baseline starts from: opened weights, whose classifier is replaced where it tells other classes apart, or else
   * random ones; and what a person should know about it.
   * @throws StudioError `bad-weights` if the opened ones are another network's.
   */
  start({ arch, seed, trains, recipe }: StudioConfig, classes: readonly string[]): StartingWeights {
    const fresh = () => drawWeights(arch, classes, seed);
    const { imported } = this;
    if (!imported) {
      const frozen = recipe === 'plain' && trains !== 'all';
      return { state: fresh(), note: frozen ? FROZEN_AT_RANDOM : null };
    }
    if (trunkOf(imported.arch) !== trunkOf(arch)) {
      throw new StudioError(
        'bad-weights',
        `The weights ${imported.origin} are a ${imported.arch}; the settings say ${arch}`,
        'Choose the same network in the settings.',
      );
    }
    const sameHead = imported.arch === arch;
    if (sameHead && imported.classes.length === classes.length) return { state: imported.state, note: null };
    const state = fresh().then((drawn) => withTrunk(drawn, imported.state));
    if (!sameHead) {
      const note = `The weights ${imported.origin} are a ${labelOf(imported.arch)}: what tells its classes apart is replaced by the head of a ${labelOf(arch)}, new, and the rest is kept.`;
      return { state, note };
    }
    const note = `The classifier of the weights ${imported.origin} tells ${imported.classes.length} classes apart, the photos have ${classes.length}: it is replaced by a new one, and the rest is kept.`;
    return { state, note };
  }
}

const FROZEN_AT_RANDOM =
  'The weights are random, and what the settings leave untrained stays random: open pretrained weights first, or train all layers.';

/** Random weights draw for half a second: the thread hands photos on in between. */
async function drawWeights(arch: Architecture, classes: readonly string[], seed: number): Promise<HostState> {
  const drawing = drawHostState(stateSpecs(arch, classes.length), seed);
  let prefetched = performance.now();
  for (;;) {
    const { done, value } = drawing.next();
    if (done) return value;
    if (performance.now() - prefetched < SLICE_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    prefetched = performance.now();
  }
}

/** All but the head is `trunk`'s. */
function withTrunk(state: HostState, trunk: HostState): HostState {
  for (const [key, tensor] of trunk.tensors) if (!isOfHead(key)) state.tensors.set(key, tensor);
  for (const [key, count] of trunk.batchesTracked) if (!isOfHead(key)) state.batchesTracked.set(key, count);
  return state;
}

export const infoOf = ({ arch, classes, origin }: Held): WeightsInfo => ({ arch, classes, origin });

/** @throws StudioError `bad-weights` where the classifier is of another size. */
export function checkClasses({ classes, origin }: Held, expected: readonly string[]): void {
  if (classes.length === expected.length) return;
  throw new StudioError(
    'bad-weights',
    `The weights (${origin}) tell ${classes.length} classes apart; the photos have ${expected.length}`,
    'Open the photos that the weights were trained on, or train a baseline, which gives them a new classifier.',
  );
}
