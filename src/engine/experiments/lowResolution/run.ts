/**
 * The blog's exercise for the reader: a network trained at 0.8 times a size and tested at that size, against one trained
 * at the size and tested there, and at 1.25 times the size (paper section 4.1; 179 → 224, 224 → 224, 224 → 280).
 */
import { PAPER_RATIO } from '../../analysis/resolution';
import type { RunRecord } from '../../base/records';
import { trainingMacs } from '../../models/cost';
import type { Evaluation } from '../../train/evaluate';
import { withApparentSize } from '../apparentRow';
import type { ExperimentContext } from '../context';
import { changeOf, eachOf, evaluateViews, measurementName, referenceRow } from '../evaluations';
import { epochsFromStart } from '../baseline/meta';
import type { StudioConfig } from '../meta';
import { type Procedure, startOf, type StartingPoint } from '../procedure';
import { lowSizeOf } from './meta';
import { baselineTrainable } from '../planning';
import { weightsAt } from '../trainAt';
import { testViewAt } from '../views';

/** The three pairs for a size. */
export function lowResolutionPairs(size: number, lowSize: number): { trainSize: number; testSize: number }[] {
  return [
    { trainSize: lowSize, testSize: size },
    { trainSize: size, testSize: size },
    { trainSize: size, testSize: Math.round(size / PAPER_RATIO) },
  ];
}

/**
 * Both networks start from the same weights and are trained as a baseline is; the epoch kept is chosen at
 * `config.trainSize`, the size in question.
 */
export async function* lowResolution(
  context: ExperimentContext,
  config: StudioConfig,
  { state, opened }: StartingPoint,
): AsyncGenerator<RunRecord, void, undefined> {
  const pairs = lowResolutionPairs(config.trainSize, lowSizeOf(config));
  const { dataset } = context;
  const initial = await state;
  const photos = await context.photoSizes();
  const { isTrainable } = baselineTrainable(config.arch, config);
  let low: Evaluation | null = null;
  for (const trainSize of new Set(pairs.map((pair) => pair.trainSize))) {
    const view = testViewAt(config, config.trainSize);
    const name = `the network trained at ${trainSize} px`;
    const sizes = pairs.filter((pair) => pair.trainSize === trainSize).map(({ testSize }) => testSize);
    const views = sizes.map((size) => testViewAt(config, size));
    const names = views.map((one) => measurementName(name, one));
    const weights = yield* weightsAt(context, config, { size: trainSize, view, initial }, names);
    const plan = { batchSize: config.batchSize, next: eachOf(views), name };
    const results = yield* evaluateViews(context, weights, plan);
    for (const evaluation of results) {
      const row = {
        ...referenceRow(opened ? 'from opened weights' : 'from random weights', trainSize, evaluation),
        changed: low && changeOf(dataset, low, evaluation, config.selectBy),
        epochs: epochsFromStart(config),
        trainMacs: trainingMacs(config.arch, trainSize, dataset.classes.length, isTrainable),
      };
      low ??= evaluation;
      yield { kind: 'row', row: withApparentSize(row, { ...config, trainSize }, evaluation.view, photos) };
    }
  }
}

export const procedure: Procedure = {
  phases: (planner) => {
    const { config } = planner.spec;
    const { trainSize } = config;
    const later = [trainSize, Math.round(trainSize / PAPER_RATIO)].map((size) => planner.evaluation(size));
    return [lowSizeOf(config), trainSize].flatMap((size, i) => [
      ...planner.byRecipe({ size, testSize: trainSize }),
      later[i]!,
    ]);
  },
  step: (planner) => {
    const { config } = planner.spec;
    return planner.stepByRecipe(Math.max(config.trainSize, lowSizeOf(config)));
  },
  records: (inputs) => {
    const start = startOf(inputs);
    return (context) => lowResolution(context, inputs.config, start);
  },
};
