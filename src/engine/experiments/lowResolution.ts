/**
 * The blog's exercise for the reader: a network trained at 0.8 times a size and tested at that size, against one trained
 * at the size and tested there, and at 1.25 times the size (paper section 4.1; 179 → 224, 224 → 224, 224 → 280).
 */
import { stateSpecs } from '../models/resnet';
import { initialHostState, releaseState, uploadState } from '../nn/state';
import { PAPER_RATIO } from '../analysis/resolution';
import type { Evaluation } from '../train/evaluate';
import { trainedPart, trainingOf } from '../models/parts';
import type { RunRecord } from '../base/records';
import { changeOf, eachOf, evaluateViews, referenceRow } from './evaluations';
import { type ExperimentContext, fit, type Kept } from './fit';
import { lowSizeOf, type StudioConfig } from './meta';
import { methodOf } from './method';
import { testViewAt, trainView } from './views';

/** The three pairs for a size. */
export function lowResolutionPairs(size: number, lowSize: number): { trainSize: number; testSize: number }[] {
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
): AsyncGenerator<RunRecord, void, undefined> {
  const pairs = lowResolutionPairs(config.trainSize, lowSizeOf(config));
  const { dataset } = context;
  let low: Evaluation | null = null;
  for (const trainSize of new Set(pairs.map((pair) => pair.trainSize))) {
    const kept = yield* trainAt(context, config, trainSize);
    if (kept.evaluation) context.cache.set(kept.state, context.dataset, kept.evaluation);
    const sizes = pairs.filter((pair) => pair.trainSize === trainSize).map(({ testSize }) => testSize);
    const views = sizes.map((size) => testViewAt(config, size));
    const weights = { arch: config.arch, state: kept.state };
    const { batchSize, epochs } = config;
    const results = yield* evaluateViews(context, weights, { batchSize, next: eachOf(views) });
    for (const evaluation of results) {
      const row = referenceRow('from the start', trainSize, evaluation);
      yield { kind: 'row', row: { ...row, changed: low && changeOf(dataset, low, evaluation), epochs } };
      low ??= evaluation;
    }
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
    const network = { arch: config.arch, classes, state };
    yield* fit(
      { ...context, keep: (kept) => (best.kept = kept) },
      network,
      trainingOf(network, trainedPart(config.arch, 'all')),
      {
        name: `training at ${size} px`,
        epochs: config.epochs,
        batchSize: config.batchSize,
        seed: config.seed,
        size,
        lr: config.lr,
        weightDecay: config.weightDecay,
        method: methodOf(config, config.epochs),
        spec: trainView({ ...config, trainSize: size }),
        view: testViewAt(config, config.trainSize),
      },
    );
    // `fit` keeps its first epoch's weights at the latest, or throws.
    return best.kept!;
  } finally {
    releaseState(backend, state);
    backend.releasePool();
  }
}
