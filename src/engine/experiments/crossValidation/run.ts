/** Every photo that trains or validates, tested once in each view by a network that has not seen it. */
import { comparePaired } from '../../analysis/confusion';
import { argmax, scoreLogits } from '../../analysis/score';
import type { RunRecord } from '../../base/records';
import type { Sample } from '../../dataset/types';
import { epochsFromStart } from '../baseline/meta';
import type { ExperimentContext } from '../context';
import { askFolds, drawFolds, foldPhases, givenFolds, type OutOfFold } from '../folds';
import type { StudioConfig } from '../meta';
import { type Procedure, startOf, type StartingPoint } from '../procedure';
import { sweepViews } from '../views';
import { ALL_FOLDS, OWN_VIEW } from './meta';

export async function* crossValidate(
  context: ExperimentContext,
  config: StudioConfig,
  { state }: StartingPoint,
): AsyncGenerator<RunRecord, void, undefined> {
  const { classes, train, validation } = context.dataset;
  const samples = [...train, ...validation];
  const given = givenFolds(samples);
  const folds = given ?? drawFolds(samples, config.crossFolds, config.seed);
  const asked = yield* askFolds(context, config, { samples, folds, initial: await state, views: sweepViews(config) });
  const hits = asked.map((one) => hitsOf(samples, classes.length, one));
  for (const [i, { view, photos, logits }] of asked.entries()) {
    if (photos.length === 0) continue;
    const labels = Array.from(photos, (photo) => samples[photo]!.label);
    yield {
      kind: 'row',
      row: {
        name: i === 0 ? OWN_VIEW : ALL_FOLDS,
        views: null,
        trainSize: config.trainSize,
        testSize: view.crop,
        score: scoreLogits(logits, labels, classes.length),
        changed: i === 0 ? null : comparePaired(hits[0]!, hits[i]!),
        epochs: folds.count * epochsFromStart(config),
        note: given ? 'the folder’s own folds' : null,
      },
    };
  }
}

/** 1 where a photo was classified right; one that could not be read counts as wrong. */
function hitsOf(samples: readonly Sample[], classes: number, { photos, logits }: OutOfFold): Uint8Array {
  const hits = new Uint8Array(samples.length);
  photos.forEach((photo, i) => {
    if (argmax(logits.subarray(i * classes, (i + 1) * classes)) === samples[photo]!.label) hits[photo] = 1;
  });
  return hits;
}

export const procedure: Procedure = {
  phases: ({ spec }) => {
    const { config, trainCount, validationCount, folds = config.crossFolds } = spec;
    return foldPhases(spec, { images: trainCount + validationCount, folds, sizes: config.sweepSizes });
  },
  step: (planner) => planner.stepByRecipe(planner.spec.config.trainSize),
  records: (inputs) => {
    const start = startOf(inputs);
    return (context) => crossValidate(context, inputs.config, start);
  },
};
