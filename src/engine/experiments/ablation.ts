/**
 * What fine-tuning gains, part by part (the paper's table 6): the same weights, tuned at each resolution with ever more
 * of the network trained, on training views and on test views.
 */
import type { Architecture } from '../models/meta';
import { stateSpecs } from '../models/resnet';
import { releaseState, type HostState, uploadState } from '../nn/state';
import type { RunRecord, Score } from '../train/records';
import { EvaluationCache, evaluateViews } from './evaluations';
import { type ExperimentContext, fit, type Kept } from './fit';
import type { StudioConfig } from './meta';
import { methodOf } from '../train/schedule';
import { type Part, PART_LABELS, PARTS, trainingOf } from './parts';
import { testOptions, testView, tuneView } from './views';

export type TunedOn = 'train' | 'test';

/** One cell of the table: the best of its epochs. `views` is null where nothing is trained. */
export interface AblationRow {
  part: Part;
  views: TunedOn | null;
  size: number;
  score: Score;
}

export interface AblationPlan {
  sizes: readonly number[];
  parts?: readonly Part[];
  views?: readonly TunedOn[];
}

/** `onRow` gets each cell with the weights that made it; the session's own weights stay as they are. */
export async function* ablation(
  context: ExperimentContext,
  config: StudioConfig,
  weights: { arch: Architecture; state: HostState },
  { sizes, parts = PARTS, views = ['train', 'test'] }: AblationPlan,
  onRow: (row: AblationRow, state: HostState) => void,
): AsyncGenerator<RunRecord, void, undefined> {
  const cache = new EvaluationCache();
  for (const size of sizes) {
    const view = testView(size, config.resizeRatio, testOptions(config));
    for (const part of parts) {
      if (part === 'none') {
        const next = (done: readonly unknown[]) => (done.length === 0 ? view : null);
        const [evaluation] = yield* evaluateViews(context, weights, { batchSize: config.batchSize, next }, cache);
        onRow({ part, views: null, size, score: evaluation!.score }, weights.state);
        continue;
      }
      for (const tunedOn of views) {
        const kept = yield* tunePart(context, config, weights, { part, tunedOn, size });
        onRow({ part, views: tunedOn, size, score: kept.evaluation!.score }, kept.state);
      }
    }
  }
}

/** The same weights tuned once; progressive resizing is the part `all` on training views of a larger size. */
export async function* tunePart(
  context: ExperimentContext,
  config: StudioConfig,
  { arch, state: initial }: { arch: Architecture; state: HostState },
  { part, tunedOn, size }: { part: Exclude<Part, 'none'>; tunedOn: TunedOn; size: number },
): AsyncGenerator<RunRecord, Kept, undefined> {
  const { backend, dataset } = context;
  const { classes } = dataset;
  const tuneAugmentation = tunedOn === 'test' ? 'test' : config.augmentation;
  const best: { kept?: Kept } = {};
  const keep = (kept: Kept) => (best.kept = kept);
  const state = uploadState(backend, stateSpecs(arch, classes.length), initial);
  try {
    yield* fit({ ...context, keep }, { arch, classes, state }, trainingOf(arch, state, part), {
      name: `training ${PART_LABELS[part]} on ${tunedOn} views at ${size} px`,
      epochs: config.tuneEpochs,
      batchSize: config.batchSize,
      // Every cell sees the same photos in the same order.
      seed: config.seed + 1,
      size,
      lr: config.tuneLr,
      weightDecay: config.tuneWeightDecay,
      method: methodOf(config),
      spec: tuneView({ ...config, tuneAugmentation }, size),
      view: testView(size, config.resizeRatio, testOptions(config)),
    });
    // `fit` keeps its first epoch's weights at the latest, or throws.
    return best.kept!;
  } finally {
    releaseState(backend, state);
    backend.releasePool();
  }
}
