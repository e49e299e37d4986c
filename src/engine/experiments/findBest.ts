/**
 * The best test resolution where a sweep's sizes are not given: coarse over a range, then fine around the best, each size
 * measured once, with what the differences are worth.
 */
import { type MeasuredSize, nextSize, recommendSize, type Recommendation, type SizeRange } from '../analysis/bestSize';
import { argmax } from '../analysis/score';
import type { Dataset } from '../dataset/types';
import type { Architecture } from '../models/meta';
import type { HostState } from '../nn/state';
import type { Evaluation } from '../train/evaluate';
import type { RunRecord } from '../train/records';
import { type EvaluationCache, evaluateViews } from './evaluations';
import type { ExperimentContext } from './fit';
import type { StudioConfig } from './meta';
import { testOptions, testView } from './views';

/** Yields the evaluations' progress and returns what they recommend, with the evaluations in the order made. */
export async function* findBest(
  context: ExperimentContext,
  config: StudioConfig,
  weights: { arch: Architecture; state: HostState },
  range: SizeRange,
  cache: EvaluationCache,
): AsyncGenerator<RunRecord, { recommendation: Recommendation; evaluations: Evaluation[] }, undefined> {
  const measured = (done: readonly Evaluation[]) => done.map((one) => measuredSize(context.dataset, one));
  const next = (done: readonly Evaluation[]) => {
    const size = nextSize(measured(done), range);
    return size === null ? null : testView(size, config.resizeRatio, testOptions(config));
  };
  const evaluations = yield* evaluateViews(context, weights, { batchSize: config.batchSize, next }, cache);
  return { recommendation: recommendSize(measured(evaluations)), evaluations };
}

/** Photos that could not be read count as wrong at every size, so that sizes stay comparable photo by photo. */
function measuredSize({ classes, validation }: Dataset, { view, indices, logits }: Evaluation): MeasuredSize {
  const hits = new Uint8Array(validation.length);
  indices.forEach((index, i) => {
    const row = logits.subarray(i * classes.length, (i + 1) * classes.length);
    if (argmax(row) === validation[index]!.label) hits[index] = 1;
  });
  return { size: view.crop, hits };
}
