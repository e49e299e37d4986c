/** Weights tuned once at a size, any part of the network: what ablation and progressive resizing are made of. */
import type { Dataset } from '../dataset/types';
import { trainingMacs } from '../models/cost';
import type { Evaluation } from '../train/evaluate';
import type { Architecture } from '../models/meta';
import { trainableOf, type TrainablePart } from '../models/parts';
import type { ExperimentRow, RunRecord } from '../base/records';
import { tuneMethodOf } from './method';
import { type Stage, train, type TrainingOptions } from '../train/run';
import type { ExperimentContext } from './context';
import { changeOf, type Weights, withNetwork } from './evaluations';
import type { StudioConfig } from './meta';
import { testViewAt, tuneView } from './views';

/** As tables call them. */
export const PART_LABELS = {
  none: 'nothing',
  classifier: 'the classifier',
  statistics: 'the classifier and last statistics',
  affine: 'the classifier and last norm',
  lastBlock: 'the classifier and last block',
  all: 'the whole network',
} as const satisfies Partial<Record<TrainablePart, string>>;

export interface Tuning {
  part: Exclude<keyof typeof PART_LABELS, 'none'>;
  /** Training views, or the views of testing. */
  views: 'train' | 'test';
  /** px, in training and in testing. */
  size: number;
  /** The network, where a run tunes several. */
  of?: string;
}

/** Returns what the best of its epochs came to, now or in an earlier session; the session's own weights stay as they are. */
export async function* tunePart(
  context: ExperimentContext,
  config: StudioConfig,
  weights: Weights,
  tuning: Tuning,
): AsyncGenerator<RunRecord, Evaluation, undefined> {
  const options = tuningOptions(config, weights.arch, tuning);
  const known = context.ended?.get(options.name);
  if (known) return known;
  const quiet = { ...context, keep: () => {} };
  try {
    const { evaluation } = yield* withNetwork(context, weights, (network) => train(quiet, network, options));
    return evaluation!;
  } finally {
    context.backend.releasePool();
  }
}

/** The training that it is. */
export function tuningOptions(
  config: StudioConfig,
  arch: Architecture,
  { part, views, size, of }: Tuning,
): TrainingOptions & { stages: readonly [Stage] } {
  const tuneAugmentation = views === 'test' ? 'test' : config.augmentation;
  const { tuneEpochs: epochs, tuneLr: lr, tuneWeightDecay: weightDecay } = config;
  const method = tuneMethodOf(config, epochs, arch);
  return {
    name: `training ${PART_LABELS[part]}${of ? ` of ${of}` : ''} on ${views} views at ${size} px`,
    stages: [{ trainable: trainableOf(arch, part), method, epochs, lr, weightDecay }],
    batchSize: config.batchSize,
    // Every tuning sees the same photos in the same order.
    seed: config.seed + 1,
    size,
    spec: tuneView({ ...config, tuneAugmentation }, size),
    view: testViewAt(config, size),
  };
}

/** What a tuning says in a table; `before` is the evaluation of the weights as they were. */
export function tunedRow(
  dataset: Dataset,
  config: Pick<StudioConfig, 'arch' | 'tuneEpochs' | 'selectBy'>,
  tuning: Tuning,
  { tuned, before }: { tuned: Evaluation; before: Evaluation },
): ExperimentRow {
  const changed = changeOf(dataset, before, tuned, config.selectBy);
  return { ...untestedRow(dataset, config, tuning), score: tuned.score, changed };
}

/** The same before anything is measured. */
export function untestedRow(
  { classes }: Pick<Dataset, 'classes'>,
  { arch, tuneEpochs }: Pick<StudioConfig, 'arch' | 'tuneEpochs'>,
  { part, views, size }: Tuning,
): Omit<ExperimentRow, 'score' | 'changed'> {
  return {
    name: PART_LABELS[part],
    views,
    trainSize: size,
    testSize: size,
    epochs: tuneEpochs,
    trainMacs: trainingMacs(arch, size, classes.length, trainableOf(arch, part).isTrainable),
    note: null,
  };
}
