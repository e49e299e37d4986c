/**
 * The blog's exercise for the reader: a network trained at 0.8 times a size and tested at that size, against one trained
 * at the size and tested there, and at 1.25 times the size (paper section 4.1; 179 → 224, 224 → 224, 224 → 280).
 */
import { stateSpecs } from '../models/resnet';
import { initialHostState, releaseState, uploadState } from '../nn/state';
import { TRAIN } from '../nn/layers';
import { PAPER_RATIO } from '../analysis/resolution';
import type { RunRecord, Score } from '../train/records';
import { EvaluationCache, evaluateViews } from './evaluations';
import { type ExperimentContext, fit, type Kept } from './fit';
import type { StudioConfig } from './meta';
import { methodOf } from '../train/schedule';
import { testOptions, testView, trainView } from './views';

export interface LowResolutionRow {
  trainSize: number;
  testSize: number;
  score: Score;
}

/** The three pairs for a size; `lowSize` may be another than 0.8 times it, such as a multiple of 32. */
export function lowResolutionPairs(
  size: number,
  lowSize = Math.round(PAPER_RATIO * size),
): { trainSize: number; testSize: number }[] {
  return [
    { trainSize: lowSize, testSize: size },
    { trainSize: size, testSize: size },
    { trainSize: size, testSize: Math.round(size / PAPER_RATIO) },
  ];
}

/** Both networks start from the same weights; the epoch kept is the best at `config.trainSize`, the size in question. */
export async function* lowResolution(
  context: ExperimentContext,
  config: StudioConfig,
  onRow: (row: LowResolutionRow) => void,
  lowSize?: number,
): AsyncGenerator<RunRecord, void, undefined> {
  const cache = new EvaluationCache();
  const pairs = lowResolutionPairs(config.trainSize, lowSize);
  for (const trainSize of new Set(pairs.map((pair) => pair.trainSize))) {
    const kept = yield* trainAt(context, config, trainSize);
    if (kept.evaluation) cache.set(kept.state, context.dataset, kept.evaluation);
    const sizes = pairs.filter((pair) => pair.trainSize === trainSize).map(({ testSize }) => testSize);
    const next = ({ length }: readonly unknown[]) =>
      length < sizes.length ? testView(sizes[length]!, config.resizeRatio, testOptions(config)) : null;
    const weights = { arch: config.arch, state: kept.state };
    const results = yield* evaluateViews(context, weights, { batchSize: config.batchSize, next }, cache);
    results.forEach(({ score }, i) => onRow({ trainSize, testSize: sizes[i]!, score }));
  }
}

async function* trainAt(
  context: ExperimentContext,
  config: StudioConfig,
  size: number,
): AsyncGenerator<RunRecord, Kept, undefined> {
  const { backend, dataset } = context;
  const { classes } = dataset;
  const specs = stateSpecs(config.arch, classes.length);
  const best: { kept?: Kept } = {};
  const state = uploadState(backend, specs, initialHostState(specs, config.seed));
  try {
    yield* fit(
      { ...context, keep: (kept) => (best.kept = kept) },
      { arch: config.arch, classes, state },
      { trained: state.parameters, mode: TRAIN },
      {
        name: `training at ${size} px`,
        epochs: config.epochs,
        batchSize: config.batchSize,
        seed: config.seed,
        size,
        lr: config.lr,
        weightDecay: config.weightDecay,
        method: methodOf(config),
        spec: trainView({ ...config, trainSize: size }),
        view: testView(config.trainSize, config.resizeRatio, testOptions(config)),
      },
    );
    // `fit` keeps its first epoch's weights at the latest, or throws.
    return best.kept!;
  } finally {
    releaseState(backend, state);
    backend.releasePool();
  }
}
