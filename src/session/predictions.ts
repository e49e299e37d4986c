/** What the network said of each validation photo after each of the three steps. */
import { argmax } from '../engine/analysis/score';
import { stepQuality, type StepQuality } from '../engine/analysis/stepQuality';
import type { Dataset } from '../engine/dataset/types';
import type { EvaluationCache } from '../engine/experiments/evaluationCache';
import { ownView, testViewAt, tunedViewAt } from '../engine/experiments/views';
import type { HostState } from '../engine/nn/state';
import type { EvalView } from '../engine/photo/view';
import type { Evaluation } from '../engine/train/evaluate';
import type { Answers, StepPredictions } from '../protocol/messages';
import { bestPoint } from '../engine/analysis/sizeChoice';
import type { Results } from '../protocol/results';

export interface AnswersOf {
  dataset: Dataset;
  cache: EvaluationCache;
  results: Results;
  /** What the sweep measured. */
  trunk: HostState | undefined;
  tuned: HostState | undefined;
}

/** An evaluation does not change, and a temperature takes sixty passes over its logits. */
const qualities = new WeakMap<Evaluation, StepQuality>();

/** Suspects are counted among all validation photos. */
export function qualityOf(evaluation: Evaluation, { classes, validation }: Dataset): StepQuality {
  const known = qualities.get(evaluation);
  if (known) return known;
  const { indices, logits } = evaluation;
  const labels = Array.from(indices, (index) => validation[index]!.label);
  const found = stepQuality({ logits, labels, classes: classes.length });
  const suspects = found.suspects.map((issue) => ({ ...issue, index: indices[issue.index]! }));
  const quality = { ...found, suspects };
  qualities.set(evaluation, quality);
  return quality;
}

/** Steps that have been measured, in their order. */
export function predictionsOf({ dataset, cache, results, trunk, tuned }: AnswersOf): Answers {
  const { baseline, sweep, finetune } = results;
  const classes = dataset.classes.length;
  const step = (
    name: StepPredictions['step'],
    state: HostState | undefined,
    view: EvalView | null,
  ): StepPredictions[] => {
    const evaluation = state && view && cache.get(state, dataset, view);
    if (!evaluation) return [];
    const predictions = new Int32Array(dataset.validation.length).fill(-1);
    evaluation.indices.forEach((index, i) => {
      predictions[index] = argmax(evaluation.logits.subarray(i * classes, (i + 1) * classes));
    });
    const { resize, crop: size } = evaluation.view;
    return [{ step: name, resize, size, predictions, quality: qualityOf(evaluation, dataset) }];
  };
  const own = baseline?.config ?? sweep?.config;
  const best = sweep && bestPoint(sweep.points, sweep.config.selectBy);
  return {
    labels: Int32Array.from(dataset.validation, ({ label }) => label),
    steps: [
      ...step('baseline', trunk, own ? ownView(own) : null),
      ...step('sweep', trunk, sweep && best ? testViewAt(sweep.config, best.size) : null),
      ...step('finetune', tuned, finetune ? tunedViewAt(finetune.config, finetune.size) : null),
    ],
  };
}
