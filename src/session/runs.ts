/** The end of a run: what it chose, measured on photos that nothing was chosen on. */
import type { RunRecord } from '../engine/base/records';
import type { ExperimentContext } from '../engine/experiments/context';
import { type Weights, withNetwork } from '../engine/experiments/evaluations';
import type { EvalView } from '../engine/photo/view';
import { evaluate } from '../engine/train/evaluate';

/** What a run has chosen. */
export interface Chosen {
  weights: Weights;
  view: EvalView;
}

/**
 * The run's records, and last the score of what it chose on the held-out photos, once: nothing is chosen on those. Nothing
 * more where there are none.
 */
export async function* withHeldOut(
  records: AsyncIterable<RunRecord>,
  context: ExperimentContext,
  { batchSize, chosen }: { batchSize: number; chosen: () => Chosen | null },
): AsyncGenerator<RunRecord, void, undefined> {
  yield* records;
  const { test: samples } = context.dataset;
  const what = samples.length > 0 ? chosen() : null;
  if (!what) return;
  const { view } = what;
  const { score } = yield* withNetwork(context, what.weights, (network) =>
    evaluate(context, { network, samples, batchSize, view, epoch: 0 }),
  );
  yield { kind: 'heldOut', score, view };
}
