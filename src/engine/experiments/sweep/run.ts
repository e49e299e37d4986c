/**
 * Step 2: the same weights evaluated at several test resolutions, the baseline's own view first; at given sizes, or coarse
 * over a range and then fine around the best. What the differences are worth comes last.
 */
import { ActivationHistogram } from '../../analysis/activations';
import { nextSize, recommendSize } from '../../analysis/bestSize';
import { classAccuracies, confusionMatrix } from '../../analysis/confusion';
import { argmax } from '../../analysis/score';
import { forwardMacs } from '../../models/cost';
import type { Dataset } from '../../dataset/types';
import type { EvalView } from '../../photo/view';
import type { Evaluation } from '../../train/evaluate';
import type { RunRecord, Selection, SweepPoint } from '../../base/records';
import { changeOf, evaluateViews, hitsOf, type Weights } from '../evaluations';
import type { ExperimentContext } from '../context';
import { evalCropOf } from '../baseline/meta';
import type { StudioConfig } from '../meta';
import { type Procedure, weightsOf } from '../procedure';
import { ownView, sweepViews, testViewAt } from '../views';

/**
 * Every view's evaluation is in the context's cache afterwards. `own` is the view in which the weights were validated when they
 * were made.
 */
export async function* sweep(
  context: ExperimentContext,
  config: StudioConfig,
  weights: Weights,
  own: EvalView = ownView(config),
): AsyncGenerator<RunRecord, void, undefined> {
  const { dataset } = context;
  const trained = testViewAt(config, config.trainSize);
  const listed = sweepViews(config).sort((a, b) => Number(b.crop === trained.crop) - Number(a.crop === trained.crop));
  const measuredSizes = (done: readonly Evaluation[]) =>
    done.slice(1).map((one) => {
      const size = one.view.crop;
      const macs = forwardMacs(weights.arch, size, dataset.classes.length);
      return { size, hits: hitsOf(dataset, one), score: one.score, macs, evaluation: one };
    });
  const next = (done: readonly Evaluation[]) => {
    if (done.length === 0) return own;
    // The size trained at is measured before all others, so that all are held against it.
    if (config.sweepMode === 'sizes') return listed[done.length - 1] ?? null;
    if (done.length === 1) return trained;
    const size = nextSize(measuredSizes(done), { from: config.sweepFrom, to: config.sweepTo }, config.selectBy);
    return size === null ? null : testViewAt(config, size);
  };
  let before: Evaluation | null = null;
  let reference: Evaluation | null = null;
  const record = (evaluation: Evaluation): RunRecord => {
    const first = before === null;
    const standard = first || (evaluation.view.crop === trained.crop && reference === before);
    const held = { before, reference: standard ? null : reference };
    const point = pointOf(dataset, evaluation, held, config.selectBy);
    before ??= evaluation;
    if (standard) reference = evaluation;
    return { kind: 'sweepPoint', point, reference: first };
  };
  const done = yield* evaluateViews(context, weights, { batchSize: config.batchSize, next, record });
  const { trainSize, selectBy } = config;
  yield {
    kind: 'recommendation',
    recommendation: recommendSize(measuredSizes(done), trainSize, selectBy, (one, other) =>
      changeOf(dataset, one.evaluation, other.evaluation, selectBy),
    ),
  };
}

export const procedure: Procedure = {
  phases: (planner) => {
    const { config } = planner.spec;
    return [evalCropOf(config), ...sizesOf(config)].map((size) => planner.evaluation(size));
  },
  heldOutSize: ({ spec }) => spec.config.trainSize,
  records: (inputs) => {
    const weights = weightsOf(inputs);
    return (context) => sweep(context, inputs.config, weights, inputs.validatedIn);
  },
};

/** A search measures five sizes, and about two more for each halving of the gaps between them. */
function sizesOf({ sweepMode, sweepSizes, sweepFrom, sweepTo }: StudioConfig): readonly number[] {
  if (sweepMode === 'sizes') return sweepSizes;
  const middle = (sweepFrom + sweepTo) / 2;
  const quarter = (sweepTo - sweepFrom) / 4;
  return [...[-2, -1, 0, 1, 2].map((step) => middle + step * quarter), middle, middle].map(Math.round);
}

/** `before`: in the baseline's own view. `reference`: what the activations are held against. */
function pointOf(
  dataset: Dataset,
  evaluation: Evaluation,
  { before, reference }: { before: Evaluation | null; reference: Evaluation | null },
  by: Selection,
): SweepPoint {
  const { score, view, activations, seconds, indices, logits, histogram } = evaluation;
  const classes = dataset.classes.length;
  const labels = Array.from(indices, (index) => dataset.validation[index]!.label);
  const predictions = labels.map((_, i) => argmax(logits.subarray(i * classes, (i + 1) * classes)));
  return {
    ...score,
    size: view.crop,
    resize: view.resize,
    activations,
    distance: reference && {
      ...ActivationHistogram.distances(reference.histogram, histogram),
      from: reference.view.crop,
    },
    classes: classAccuracies(confusionMatrix(labels, predictions, classes)),
    changed: before && changeOf(dataset, before, evaluation, by),
    seconds,
  };
}
