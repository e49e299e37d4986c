/**
 * What several looks at a photo gain: the same weights on a view and its mirror image, on five crops, at several sizes, the
 * probabilities averaged; and what one look at all of it does. No weight changes.
 */
import { argmax, meanLogits, scoreLogits } from '../../analysis/score';
import type { ExperimentRow, RunRecord } from '../../base/records';
import type { Dataset } from '../../dataset/types';
import { forwardMacs } from '../../models/cost';
import { evalCrop } from '../../photo/boxes';
import { CORNERS, type EvalView } from '../../photo/view';
import { evaluate, type Evaluation } from '../../train/evaluate';
import type { ExperimentContext } from '../context';
import { type Answers, changeOf, eachOf, evaluateViews, referenceRow, type Weights, withNetwork } from '../evaluations';
import type { StudioConfig } from '../meta';
import { type Procedure, weightsOf } from '../procedure';
import { testViewAt } from '../views';
import { ONE_VIEW, testTimeSizeOf, WHOLE_PHOTO } from './meta';

/** A row each way of looking, one view first. */
async function* testTime(
  context: ExperimentContext,
  config: StudioConfig,
  weights: Weights,
): AsyncGenerator<RunRecord, void, undefined> {
  const { dataset } = context;
  const { batchSize, trainSize, sweepSizes, selectBy } = config;
  const classes = dataset.classes.length;
  const view = testViewAt(config, testTimeSizeOf(config));
  const others = sweepSizes.map((size) => testViewAt(config, size));
  const [one, ...sized] = yield* evaluateViews(context, weights, { batchSize, next: eachOf([view, ...others]) });
  const macsOf = (views: readonly EvalView[]) =>
    views.reduce((sum, { crop }) => sum + forwardMacs(weights.arch, crop, classes), 0);
  yield { kind: 'row', row: { ...referenceRow(ONE_VIEW, trainSize, one!), testMacs: macsOf([view]) } };

  const rowOf = (name: string, answers: readonly Answers[], views: readonly EvalView[]): RunRecord => {
    const mean = averaged(answers, classes);
    const labels = Array.from(mean.indices, (index) => dataset.validation[index]!.label);
    const row: ExperimentRow = {
      name,
      views: null,
      trainSize,
      testSize: Math.max(...views.map(({ crop }) => crop)),
      score: scoreLogits(mean.logits, labels, classes),
      changed: changeOf(dataset, one!, mean, selectBy),
      epochs: 0,
      testMacs: macsOf(views),
      note: `${views.length} forward passes; ${otherAnswers(dataset, one!, mean)} of ${mean.indices.length} answers changed`,
    };
    return { kind: 'row', row };
  };
  yield* withNetwork(context, weights, async function* (network) {
    /** Not remembered: nobody else asks for parts of an average. */
    const look = (seen: EvalView) =>
      evaluate(context, { network, samples: dataset.validation, batchSize, view: seen, epoch: 0 });
    const mirrored: EvalView = { ...view, flip: true };
    yield rowOf('one view and its mirror image', [one!, yield* look(mirrored)], [view, mirrored]);
    const crops: Evaluation[] = [];
    const corners = CORNERS.map((corner): EvalView => ({ ...view, corner }));
    for (const corner of corners) crops.push(yield* look(corner));
    yield rowOf('five crops', [one!, ...crops], [view, ...corners]);
  });
  if (sized.length > 1) yield rowOf(`${sweepSizes.join(' + ')} px`, sized, others);
  const photos = (await context.photoSizes()).filter(({ width, height }) => width !== height);
  if (photos.length === 0) return;
  const whole = wholeOf(view);
  const seen = yield* withNetwork(context, weights, (network) =>
    evaluate(context, { network, samples: dataset.validation, batchSize, view: whole, epoch: 0 }),
  );
  const macs = photos.map(({ width, height }) => {
    const { resized } = evalCrop(whole, width, height);
    return forwardMacs(weights.arch, resized.height, classes, { width: resized.width });
  });
  const row = {
    ...referenceRow(WHOLE_PHOTO, trainSize, seen),
    testSize: whole.crop,
    changed: changeOf(dataset, one!, seen, selectBy),
    testMacs: Math.round(macs.reduce((sum, one) => sum + one, 0) / macs.length),
    note: `its shorter side ${whole.crop} px, nothing cropped; ${otherAnswers(dataset, one!, seen)} of ${seen.indices.length} answers changed`,
  };
  yield { kind: 'row', row };
}

/** All of a photo at the scale of a view: as wide and as high as it is. */
const wholeOf = (view: EvalView): EvalView => {
  const side = view.resize || view.crop;
  return { ...view, resize: side, crop: side, squish: false, whole: true };
};

/** Of the photos that all answers are about, in the first one's order; logits of mean probabilities. */
function averaged(answers: readonly Answers[], classes: number): Answers {
  const rows = answers.map(({ indices }) => new Map(Array.from(indices, (index, row) => [index, row])));
  const indices = answers[0]!.indices.filter((index) => rows.every((known) => known.has(index)));
  const aligned = answers.map(({ logits }, i) => {
    const own = new Float32Array(indices.length * classes);
    indices.forEach((index, at) => {
      const row = rows[i]!.get(index)!;
      own.set(logits.subarray(row * classes, (row + 1) * classes), at * classes);
    });
    return own;
  });
  return { indices, logits: meanLogits(aligned, classes) };
}

/** Photos of which other classes are said, right or not. */
function otherAnswers({ classes: { length: k } }: Dataset, before: Answers, after: Answers): number {
  const said = ({ indices, logits }: Answers) =>
    new Map(Array.from(indices, (index, row) => [index, argmax(logits.subarray(row * k, (row + 1) * k))]));
  const known = said(before);
  return [...said(after)].filter(([index, answer]) => known.get(index) !== answer).length;
}

export const procedure: Procedure = {
  phases: (planner) => {
    const { config } = planner.spec;
    const size = testTimeSizeOf(config);
    const own = planner.evaluation(size);
    const others = config.sweepSizes.filter((other) => other !== size).map((other) => planner.evaluation(other));
    const whole = planner.evaluation(testViewAt(config, size).resize || size);
    return [own, ...others, own, ...CORNERS.map(() => own), whole];
  },
  records: (inputs) => {
    const weights = weightsOf(inputs);
    return (context) => testTime(context, inputs.config, weights);
  },
};
