/** Weights measured in one test view, without training. */
import type { EvalView } from '../photo/view';
import type { RunRecord } from '../base/records';
import type { Evaluation } from '../train/evaluate';
import type { ExperimentContext } from './context';
import { eachOf, evaluateViews, type Weights } from './evaluations';

/** A view that was measured before is not measured again. */
export async function* evaluation(
  context: ExperimentContext,
  weights: Weights,
  { batchSize, view }: { batchSize: number; view: EvalView },
  onEvaluation: (evaluation: Evaluation) => void,
): AsyncGenerator<RunRecord, void, undefined> {
  const [result] = yield* evaluateViews(context, weights, { batchSize, next: eachOf([view]) });
  onEvaluation(result!);
  yield { kind: 'evaluation', score: result!.score, view };
}
