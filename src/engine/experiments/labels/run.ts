/**
 * Labels of training photos checked by cross-validation: a network a fold, trained as a baseline is on all other folds and asked about
 * its own, so that no photo is judged by a network that has learned its label; then confident learning on all of them.
 */
import { labelIssues } from '../../analysis/labelIssues';
import { scoreLogits, softmax } from '../../analysis/score';
import { fork, permutation } from '../../base/rng';
import type { RunRecord } from '../../base/records';
import type { Dataset, Sample } from '../../dataset/types';
import { train } from '../../train/run';
import { epochsFromStart } from '../baseline/meta';
import { photosOf, stagesOf } from '../baseline/run';
import type { ExperimentContext } from '../context';
import { referenceRow, withNetwork } from '../evaluations';
import type { StudioConfig } from '../meta';
import { Planner } from '../planning';
import { type Procedure, startOf, type StartingPoint } from '../procedure';
import { ownView } from '../views';
import { ALL_FOLDS } from './meta';

/** Which fold each photo is in: as many of each class in each as can be. */
export function foldsOf(samples: readonly Sample[], folds: number, seed: number): Int32Array {
  const fold = new Int32Array(samples.length);
  const labels = new Set(samples.map(({ label }) => label));
  // The next class goes on where the last one ended, so that folds are alike in size, too.
  let next = 0;
  for (const label of labels) {
    const members = samples.flatMap((sample, i) => (sample.label === label ? [i] : []));
    for (const i of permutation(fork(seed, label), members.length)) fold[members[i]!] = next++ % folds;
  }
  return fold;
}

export async function* checkLabels(
  context: ExperimentContext,
  config: StudioConfig,
  { state }: StartingPoint,
): AsyncGenerator<RunRecord, void, undefined> {
  const { dataset } = context;
  const { train: samples, classes } = dataset;
  const { labelFolds: folds, trainSize, arch } = config;
  const foldOf = foldsOf(samples, folds, config.seed);
  const initial = await state;
  const asked: number[] = [];
  const logits: number[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const own = samples.flatMap((_, photo) => (foldOf[photo] === fold ? [photo] : []));
    const options = {
      ...photosOf(config),
      name: `fold ${fold + 1} of ${folds}`,
      // The best epoch would be chosen by the labels in question.
      stages: stagesOf(config).map((stage) => ({ ...stage, keeps: 'last' as const })),
      view: ownView(config),
      initial,
    };
    const seen: Dataset = {
      ...dataset,
      train: samples.filter((_, photo) => foldOf[photo] !== fold),
      validation: own.map((photo) => samples[photo]!),
    };
    const others = { ...context, dataset: seen, keep: () => {} };
    const { evaluation } = yield* withNetwork(context, { arch, state: null }, (network) =>
      train(others, network, options),
    );
    context.backend.releasePool();
    if (!evaluation) continue;
    asked.push(...[...evaluation.indices].map((index) => own[index]!));
    for (const logit of evaluation.logits) logits.push(logit);
    const row = referenceRow(`fold ${fold + 1}`, trainSize, evaluation);
    yield { kind: 'row', row: { ...row, epochs: epochsFromStart(config) } };
  }
  const labels = asked.map((photo) => samples[photo]!.label);
  const rows = Float32Array.from(logits);
  const probabilities = Float32Array.from(
    labels.flatMap((_, i) => softmax(rows.subarray(i * classes.length, (i + 1) * classes.length))),
  );
  const suspects = labelIssues(probabilities, labels, classes.length).map((issue) => ({
    ...issue,
    index: asked[issue.index]!,
  }));
  yield { kind: 'suspects', suspects };
  yield {
    kind: 'row',
    row: {
      name: ALL_FOLDS,
      views: null,
      trainSize,
      testSize: ownView(config).crop,
      score: scoreLogits(rows, labels, classes.length),
      changed: null,
      epochs: folds * epochsFromStart(config),
      note: `${suspects.length} labels of ${labels.length} are doubted`,
    },
  };
}

export const procedure: Procedure = {
  phases: ({ spec }) => {
    const { labelFolds: folds, trainSize } = spec.config;
    const held = Math.ceil(spec.trainCount / folds);
    const fold = new Planner({ ...spec, trainCount: spec.trainCount - held, validationCount: held });
    const sizes = { size: trainSize, testSize: ownView(spec.config).crop };
    return Array.from({ length: folds }, () => fold.byRecipe(sizes)).flat();
  },
  step: (planner) => planner.stepByRecipe(planner.spec.config.trainSize),
  records: (inputs) => {
    const start = startOf(inputs);
    return (context) => checkLabels(context, inputs.config, start);
  },
};
