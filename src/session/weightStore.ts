/** The weights in memory: what was opened, what the baseline made of it, and what fine-tuning made of that. */
import { StudioError } from '../engine/base/errors';
import type { StudioConfig } from '../engine/experiments/meta';
import { matchClasses, reorderedClasses } from './alignClasses';
import { labelOf, trunkOf } from '../engine/models/meta';
import { modelOf, stateSpecs } from '../engine/models/registry';
import { drawHostState, type HostState } from '../engine/nn/state';
import type { WeightsOrigin, WeightsSlot } from '../protocol/weights';
import { type Checkpoint, nameOf } from './checkpoint';
import { inSlices } from './slices';

interface StartingWeights {
  state: HostState | Promise<HostState>;
  /** Of what they were made; empty for random ones. */
  history: readonly WeightsOrigin[];
  note: string | null;
}

export class WeightStore {
  imported: Checkpoint | undefined;
  baseline: Checkpoint | undefined;
  finetune: Checkpoint | undefined;

  /** What sweep, fine-tuning and experiments work on. */
  trunk(): Checkpoint | undefined {
    return this.baseline ?? this.imported;
  }

  /**
   * What to take home and to measure unless somebody chooses: the fine-tuned weights, or those that they came from where
   * fine-tuning has made them worse on the same photos.
   */
  best(): Checkpoint | undefined {
    const [trunk, tuned] = [this.trunk(), this.finetune];
    const [before, after] = [trunk?.evaluation?.score, tuned?.evaluation?.score];
    return before && after && after.accuracy < before.accuracy ? trunk : (tuned ?? trunk);
  }

  /** Which of them `best` is. */
  bestSlot(): Exclude<WeightsSlot, 'best'> {
    return this.finetune && this.best() === this.finetune ? 'finetune' : 'baseline';
  }

  /** @throws StudioError `needs-step` where there are none. */
  of(slot: WeightsSlot): Checkpoint {
    const checkpoint = { best: this.best(), baseline: this.trunk(), finetune: this.finetune }[slot];
    if (!checkpoint)
      throw new StudioError('needs-step', 'There are no weights yet', 'Train a baseline first, or open weights.');
    return checkpoint;
  }

  /** Puts a checkpoint in the place of one whose weights it has. */
  replace(old: Checkpoint, next: Checkpoint): void {
    for (const slot of ['imported', 'baseline', 'finetune'] as const) if (this[slot] === old) this[slot] = next;
  }

  /** Puts the opened weights' classes into the data set's order, by their names. What was done, if anything. */
  align(classes: readonly string[]): string | null {
    const { imported } = this;
    const match = imported && matchClasses(imported.classes, classes);
    if (!imported || match?.kind !== 'reordered') return null;
    const state = reorderedClasses(imported.state, stateSpecs(imported.arch, classes.length), match.order);
    this.imported = { ...imported, classes, state, evaluation: null };
    return `The weights ${nameOf(imported)} have their classes in another order (${shown(imported.classes)}): they were matched by name.`;
  }

  /**
   * Where a baseline starts from: opened weights, whose classifier is replaced where it tells other classes apart, or else
   * random ones; and what a person should know about it.
   * @throws StudioError `bad-weights` if the opened ones are another network's.
   */
  start({ arch, seed, trainable, recipe }: StudioConfig, classes: readonly string[]): StartingWeights {
    // Random weights draw for half a second: the thread hands photos on in between.
    const fresh = () => inSlices(drawHostState(stateSpecs(arch, classes.length), seed));
    const { imported } = this;
    if (!imported) {
      const frozen = recipe === 'plain' && trainable !== 'all';
      return { state: fresh(), history: [], note: frozen ? FROZEN_AT_RANDOM : null };
    }
    const { history } = imported;
    const origin = nameOf(imported);
    if (trunkOf(imported.arch) !== trunkOf(arch)) {
      throw new StudioError(
        'bad-weights',
        `The weights ${origin} are a ${imported.arch}; the settings say ${arch}`,
        'Choose the same network in the settings.',
      );
    }
    const sameHead = imported.arch === arch;
    const { kind } = matchClasses(imported.classes, classes);
    if (sameHead && kind !== 'other') {
      const note = kind === 'unnamed' ? unnamedNote(imported, classes) : null;
      return { state: imported.state, history, note };
    }
    const state = fresh().then((drawn) => withTrunk(drawn, imported));
    if (!sameHead) {
      const note = `The weights ${origin} are a ${labelOf(imported.arch)}: what tells its classes apart is replaced by the head of a ${labelOf(arch)}, new, and the rest is kept.`;
      return { state, history, note };
    }
    const note = `${strangeClasses(imported, classes)}: it is replaced by a new one, and the rest is kept.`;
    return { state, history, note };
  }
}

const FROZEN_AT_RANDOM =
  'The weights are random, and what the settings leave untrained stays random: open pretrained weights first, or train all layers.';

/** All but the head is another's. */
function withTrunk(state: HostState, { arch, state: trunk }: Pick<Checkpoint, 'arch' | 'state'>): HostState {
  const { isOfHead } = modelOf(arch);
  for (const [key, tensor] of trunk.tensors) if (!isOfHead(key)) state.tensors.set(key, tensor);
  for (const [key, count] of trunk.batchesTracked) if (!isOfHead(key)) state.batchesTracked.set(key, count);
  return state;
}

/**
 * What is to be known of classes that nobody named.
 * @throws StudioError `bad-weights` where the classifier is of other classes.
 */
export function checkClasses(checkpoint: Checkpoint, expected: readonly string[]): string | null {
  const misfit = misfitOf(checkpoint, expected);
  if (misfit) throw misfit;
  return matchClasses(checkpoint.classes, expected).kind === 'unnamed' ? unnamedNote(checkpoint, expected) : null;
}

/** What keeps a classifier from photos of those classes, if anything. */
export function misfitOf(checkpoint: Checkpoint, expected: readonly string[]): StudioError | null {
  if (matchClasses(checkpoint.classes, expected).kind !== 'other') return null;
  return new StudioError(
    'bad-weights',
    strangeClasses(checkpoint, expected),
    'Open the photos that the weights were trained on, or train a baseline, which gives them a new classifier.',
  );
}

function strangeClasses(checkpoint: Checkpoint, expected: readonly string[]): string {
  const { classes } = checkpoint;
  const weights = `the weights ${nameOf(checkpoint)}`;
  if (classes.length === 0) return `There is no classifier in ${weights}`;
  if (classes.length !== expected.length)
    return `The classifier of ${weights} was trained for ${classes.length} classes, the photos have ${expected.length}`;
  return `The classifier of ${weights} was trained for other classes (${shown(classes)}) than the photos have (${shown(expected)})`;
}

function unnamedNote(checkpoint: Checkpoint, classes: readonly string[]): string {
  return `The weights ${nameOf(checkpoint)} do not name their classes: they are taken to be in the photos’ order (${shown(classes)}).`;
}

const CLASSES_SHOWN = 8;
const shown = (classes: readonly string[]): string =>
  [...classes.slice(0, CLASSES_SHOWN), ...(classes.length > CLASSES_SHOWN ? ['…'] : [])].join(', ');
