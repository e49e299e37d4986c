/** Weights measured in one test view, without training. */
import type { EvalView } from '../../photo/view';
import type { RunRecord } from '../../base/records';
import { type Evaluation, evaluate } from '../../train/evaluate';
import type { ExperimentContext } from '../context';
import { type Weights, withNetwork } from '../evaluations';
import { type Procedure, weightsOf } from '../procedure';

/** Measures anew even what was measured before: who asks wants to see it again. */
export async function* evaluation(
  context: ExperimentContext,
  weights: Weights,
  { batchSize, view }: { batchSize: number; view: EvalView },
  onEvaluation: (evaluation: Evaluation) => void,
): AsyncGenerator<RunRecord, void, undefined> {
  const { dataset, cache } = context;
  const samples = dataset.validation;
  const result = yield* withNetwork(context, weights, (network) =>
    evaluate(context, { network, samples, batchSize, view, epoch: 0 }),
  );
  cache.set(weights.state, dataset, result);
  onEvaluation(result);
  yield { kind: 'evaluation', score: result.score, view };
}

export const procedure: Procedure = {
  phases: (planner) => [planner.evaluation(planner.spec.tuneSize)],
  heldOutSize: ({ spec }) => spec.tuneSize,
  records: (inputs) => {
    const { config, view, onEvaluation } = inputs;
    const weights = weightsOf(inputs);
    return (context) => evaluation(context, weights, { batchSize: config.batchSize, view }, onEvaluation);
  },
};
