/** Every photo that trains or validates, tested once in each view by a network that was not trained on it. */
import { scoreLogits } from '../../analysis/score';
import type { RunRecord } from '../../base/records';
import { epochsFromStart } from '../baseline/meta';
import type { ExperimentContext } from '../context';
import { changeOf } from '../evaluations';
import { askFolds, drawFolds, foldPhases, givenFolds } from '../folds';
import type { StudioConfig } from '../meta';
import { type Procedure, startOf, type StartingPoint } from '../procedure';
import { sweepViews } from '../views';
import { ALL_FOLDS, ALL_TUNED, OWN_VIEW } from './meta';

export async function* crossValidate(
  context: ExperimentContext,
  config: StudioConfig,
  { state, opened }: StartingPoint,
): AsyncGenerator<RunRecord, void, undefined> {
  const { dataset } = context;
  const samples = [...dataset.train, ...dataset.validation];
  const tested = { ...dataset, validation: samples };
  const given = givenFolds(samples);
  const folds = given ?? drawFolds(samples, config.crossFolds, config.seed);
  const { crossTuneSize: tuneSize, tuneEpochs } = config;
  const asked = yield* askFolds(context, config, {
    samples,
    folds,
    initial: await state,
    views: sweepViews(config),
    tuneSize,
  });
  const epochs = folds.count * epochsFromStart(config);
  for (const [i, answers] of asked.entries()) {
    const { view, tuned, indices, logits } = answers;
    const untuned = asked.find((one) => tuned && !one.tuned && one.view.crop === view.crop) ?? asked[0]!;
    if (indices.length === 0) continue;
    const labels = Array.from(indices, (photo) => samples[photo]!.label);
    yield {
      kind: 'row',
      row: {
        name: tuned ? ALL_TUNED : i === 0 ? OWN_VIEW : ALL_FOLDS,
        views: null,
        trainSize: config.trainSize,
        testSize: view.crop,
        score: scoreLogits(logits, labels, dataset.classes.length),
        changed: i === 0 ? null : changeOf(tested, untuned, answers, config.selectBy),
        epochs: tuned ? epochs + folds.count * tuneEpochs : epochs,
        fromOpened: opened,
        note: given ? 'the folder’s own folds' : null,
      },
    };
  }
}

export const procedure: Procedure = {
  phases: ({ spec }) => {
    const { config, trainCount, validationCount, folds = config.crossFolds } = spec;
    const { sweepSizes: sizes, crossTuneSize: tuneSize } = config;
    return foldPhases(spec, { images: trainCount + validationCount, folds, sizes, tuneSize });
  },
  step: (planner) => planner.stepByRecipe(planner.spec.config.trainSize),
  records: (inputs) => {
    const start = startOf(inputs);
    return (context) => crossValidate(context, inputs.config, start);
  },
};
