/** What the network said of each validation photo after each of the three steps. */
import { stepQuality, type StepQuality } from '../engine/analysis/stepQuality';
import type { Dataset } from '../engine/dataset/types';
import type { MetricChange } from '../engine/base/records';
import { type EvaluationCache, sameView } from '../engine/experiments/evaluationCache';
import { metricChangeOf, predictionsIn } from '../engine/experiments/evaluations';
import type { StepId } from '../engine/experiments/meta';
import { ownView, testViewAt, tunedViewAt } from '../engine/experiments/views';
import type { EvalView } from '../engine/photo/view';
import type { Evaluation } from '../engine/train/evaluate';
import type { Answers } from '../protocol/messages';
import { bestPoint } from '../engine/analysis/sizeChoice';
import type { Results } from '../protocol/results';
import type { Checkpoint } from './checkpoint';

/** Its own evaluation stays when photos are made ready otherwise, and the cache is of others. */
type MeasuredState = Pick<Checkpoint, 'state' | 'evaluation'>;

export interface AnswersOf {
  dataset: Dataset;
  cache: EvaluationCache;
  results: Results;
  /** What the sweep measured. */
  trunk: MeasuredState | undefined;
  tuned: MeasuredState | undefined;
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

/** Nor does what two evaluations differ by, which takes thousands of draws. */
const metricChanges = new WeakMap<Evaluation, WeakMap<Evaluation, MetricChange>>();

function metricChange(dataset: Dataset, before: Evaluation, after: Evaluation, by: MetricChange['by']): MetricChange {
  const known = metricChanges.get(before) ?? new WeakMap<Evaluation, MetricChange>();
  metricChanges.set(before, known);
  const found = known.get(after);
  if (found?.by === by) return found;
  const change = metricChangeOf(dataset, before, after, by);
  known.set(after, change);
  return change;
}

/** Steps that have been measured, in their order. */
export function predictionsOf({ dataset, cache, results, trunk, tuned }: AnswersOf): Answers {
  const { baseline, sweep, finetune } = results;
  const step = (name: StepId, weights: MeasuredState | undefined, view: EvalView | null) => {
    if (!weights || !view) return [];
    const { state, evaluation: own } = weights;
    const evaluation = own && sameView(own.view, view) ? own : cache.get(state, dataset, view);
    return evaluation ? [{ step: name, evaluation }] : [];
  };
  const own = baseline?.config ?? sweep?.config;
  const best = sweep && bestPoint(sweep.points, sweep.config.selectBy);
  const measured = [
    ...step('baseline', trunk, own ? ownView(own) : null),
    ...step('sweep', trunk, sweep && best ? testViewAt(sweep.config, best.size) : null),
    ...step('finetune', tuned, finetune ? tunedViewAt(finetune.config, finetune.size) : null),
  ];
  const by = (finetune ?? sweep ?? baseline)?.config.selectBy ?? 'accuracy';
  return {
    labels: Int32Array.from(dataset.validation, ({ label }) => label),
    steps: measured.map(({ step: name, evaluation }) => {
      const { resize, crop: size } = evaluation.view;
      const predictions = predictionsIn(dataset, evaluation);
      return { step: name, resize, size, predictions, quality: qualityOf(evaluation, dataset) };
    }),
    changes:
      by === 'accuracy'
        ? []
        : measured.flatMap((before, i) =>
            measured.slice(i + 1).map((after) => ({
              before: before.step,
              after: after.step,
              metric: metricChange(dataset, before.evaluation, after.evaluation, by),
            })),
          ),
  };
}
