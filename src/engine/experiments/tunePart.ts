/** Weights tuned once at a size, any part of the network: what ablation and progressive resizing are made of. */
import type { Dataset } from '../dataset/types';
import { trainingMacs } from '../models/cost';
import type { Evaluation } from '../train/evaluate';
import { trainableOf, type TrainablePart } from '../models/parts';
import type { ExperimentRow, RunRecord } from '../base/records';
import { tuneMethodOf } from './method';
import type { Kept } from '../train/runState';
import { train } from '../train/run';
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
}

/** Returns the best of its epochs; the session's own weights stay as they are. */
export async function* tunePart(
  context: ExperimentContext,
  config: StudioConfig,
  weights: Weights,
  { part, views, size }: Tuning,
): AsyncGenerator<RunRecord, Kept, undefined> {
  const tuneAugmentation = views === 'test' ? 'test' : config.augmentation;
  const { tuneEpochs: epochs, tuneLr: lr, tuneWeightDecay: weightDecay } = config;
  const method = tuneMethodOf(config, epochs, weights.arch);
  const options = {
    name: `training ${PART_LABELS[part]} on ${views} views at ${size} px`,
    stages: [{ trainable: trainableOf(weights.arch, part), method, epochs, lr, weightDecay }],
    batchSize: config.batchSize,
    // Every tuning sees the same photos in the same order.
    seed: config.seed + 1,
    size,
    spec: tuneView({ ...config, tuneAugmentation }, size),
    view: testViewAt(config, size),
  };
  try {
    return yield* withNetwork(context, weights, (network) => train({ ...context, keep: () => {} }, network, options));
  } finally {
    context.backend.releasePool();
  }
}

/** What a tuning says in a table; `before` is the evaluation of the weights as they were. */
export function tunedRow(
  dataset: Dataset,
  { arch, tuneEpochs }: Pick<StudioConfig, 'arch' | 'tuneEpochs'>,
  { part, views, size }: Tuning,
  { kept, before }: { kept: Kept; before: Evaluation },
): ExperimentRow {
  const { evaluation } = kept;
  return {
    name: PART_LABELS[part],
    views,
    trainSize: size,
    testSize: size,
    score: evaluation!.score,
    changed: changeOf(dataset, before, evaluation!),
    epochs: tuneEpochs,
    trainMacs: trainingMacs(arch, size, dataset.classes.length, trainableOf(arch, part).isTrainable),
    note: null,
  };
}
