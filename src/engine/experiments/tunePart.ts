/** Weights tuned once at a size, any part of the network: what ablation and progressive resizing are made of. */
import type { Dataset } from '../dataset/types';
import { trainingMacs } from '../models/cost';
import { stateSpecs } from '../models/registry';
import { releaseState, uploadState } from '../nn/state';
import type { Evaluation } from '../train/evaluate';
import { trainedPart, trainingOf } from '../models/parts';
import type { ExperimentRow, RunRecord } from '../base/records';
import { tuneMethodOf } from './method';
import { changeOf, type Weights } from './evaluations';
import { type ExperimentContext, fit, type Kept } from './fit';
import { type AblationPart, PART_LABELS, type StudioConfig } from './meta';
import { testViewAt, tuneView } from './views';

export interface Tuning {
  part: Exclude<AblationPart, 'none'>;
  /** Training views, or the views of testing. */
  views: 'train' | 'test';
  /** px, in training and in testing. */
  size: number;
}

/** Returns the best of its epochs; the session's own weights stay as they are. */
export async function* tunePart(
  context: ExperimentContext,
  config: StudioConfig,
  { arch, state: initial }: Weights,
  { part, views, size }: Tuning,
): AsyncGenerator<RunRecord, Kept, undefined> {
  const { backend, dataset } = context;
  const { classes } = dataset;
  const tuneAugmentation = views === 'test' ? 'test' : config.augmentation;
  const best: { kept?: Kept } = {};
  const keep = (kept: Kept) => (best.kept = kept);
  const state = uploadState(backend, stateSpecs(arch, classes.length), initial);
  try {
    const network = { arch, classes, state };
    yield* fit({ ...context, keep }, network, trainingOf(network, trainedPart(arch, part)), {
      name: `training ${PART_LABELS[part]} on ${views} views at ${size} px`,
      epochs: config.tuneEpochs,
      batchSize: config.batchSize,
      // Every tuning sees the same photos in the same order.
      seed: config.seed + 1,
      size,
      lr: config.tuneLr,
      weightDecay: config.tuneWeightDecay,
      method: tuneMethodOf(config, config.tuneEpochs, arch),
      spec: tuneView({ ...config, tuneAugmentation }, size),
      view: testViewAt(config, size),
    });
    // `fit` keeps its first epoch's weights at the latest, or throws.
    return best.kept!;
  } finally {
    releaseState(backend, state);
    backend.releasePool();
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
    trainMacs: trainingMacs(arch, size, dataset.classes.length, trainedPart(arch, part).trains),
    note: null,
  };
}
