/**
 * Labels of training photos checked by cross-validation: a network a fold, trained as a baseline is on all other folds and asked about
 * its own, so that no photo is judged by a network that has learned its label; then confident learning on all of them.
 */
import { labelIssues } from '../../analysis/labelIssues';
import { scoreLogits, softmax } from '../../analysis/score';
import type { RunRecord } from '../../base/records';
import { epochsFromStart } from '../baseline/meta';
import type { ExperimentContext } from '../context';
import { askFolds, drawFolds, foldPhases } from '../folds';
import type { StudioConfig } from '../meta';
import { type Procedure, startOf, type StartingPoint } from '../procedure';
import { ownView } from '../views';
import { ALL_FOLDS } from './meta';

export async function* checkLabels(
  context: ExperimentContext,
  config: StudioConfig,
  { state, opened }: StartingPoint,
): AsyncGenerator<RunRecord, void, undefined> {
  const { train: samples, classes } = context.dataset;
  const { labelFolds, trainSize } = config;
  const folds = drawFolds(samples, labelFolds, config.seed);
  const [asked] = yield* askFolds(context, config, { samples, folds, initial: await state, views: [] });
  const { indices: photos, logits } = asked!;
  const labels = Array.from(photos, (photo) => samples[photo]!.label);
  const probabilities = Float32Array.from(
    labels.flatMap((_, i) => softmax(logits.subarray(i * classes.length, (i + 1) * classes.length))),
  );
  const suspects = labelIssues(probabilities, labels, classes.length).map((issue) => ({
    ...issue,
    index: photos[issue.index]!,
  }));
  yield { kind: 'suspects', suspects };
  yield {
    kind: 'row',
    row: {
      name: ALL_FOLDS,
      views: null,
      trainSize,
      testSize: ownView(config).crop,
      score: scoreLogits(logits, labels, classes.length),
      changed: null,
      epochs: labelFolds * epochsFromStart(config),
      fromOpened: opened,
      note: `${suspects.length} of ${labels.length} labels ${suspects.length === 1 ? 'is' : 'are'} doubted`,
    },
  };
}

export const procedure: Procedure = {
  phases: ({ spec }) => foldPhases(spec, { images: spec.trainCount, folds: spec.config.labelFolds, sizes: [] }),
  step: (planner) => planner.stepByRecipe(planner.spec.config.trainSize),
  records: (inputs) => {
    const start = startOf(inputs);
    return (context) => checkLabels(context, inputs.config, start);
  },
};
