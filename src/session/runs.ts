/** What each run does with the weights that a session holds. */
import type { RunRecord } from '../engine/base/records';
import { StudioError } from '../engine/base/errors';
import { ablation } from '../engine/experiments/ablation';
import { adaptation } from '../engine/experiments/adaptation';
import { baseline } from '../engine/experiments/baseline';
import { type Weights, withNetwork } from '../engine/experiments/evaluations';
import { evaluation } from '../engine/experiments/evaluation';
import { finetune } from '../engine/experiments/finetune';
import type { ExperimentContext } from '../engine/experiments/context';
import { lrFinder } from '../engine/experiments/lrFinder';
import { lowResolution } from '../engine/experiments/lowResolution';
import type { RunId, StudioConfig } from '../engine/experiments/meta';
import { progressive } from '../engine/experiments/progressive';
import { sweep } from '../engine/experiments/sweep';
import type { HostState } from '../engine/nn/state';
import type { EvalView } from '../engine/photo/view';
import { evaluate, type Evaluation } from '../engine/train/evaluate';

export interface RunInputs {
  config: StudioConfig;
  /** Resolution in px that 0 in the configuration stands for. */
  size: number;
  /** Where trainings from the start begin; `opened` or random. */
  initial: HostState | Promise<HostState> | null;
  opened: boolean;
  /** What the run works on; null for runs that train from the start. */
  weights: Weights | null;
  /** In which `evaluate` measures them. */
  view: EvalView;
  onEvaluation: (evaluation: Evaluation) => void;
}

/** The run as a function of its context, everything that it needs checked to be there. */
export function recordsOf(
  run: RunId,
  { config, size, initial, opened, weights, view, onEvaluation }: RunInputs,
): (context: ExperimentContext) => AsyncIterable<RunRecord> {
  if (run === 'baseline' || run === 'lrFinder' || run === 'lowResolution') {
    if (!initial) throw new Error(`The ${run} needs weights to start from`);
    if (run === 'lowResolution') return (context) => lowResolution(context, config, { state: initial, opened });
    const records = { baseline, lrFinder }[run];
    return (context) => records(context, config, initial);
  }
  if (!weights)
    throw new StudioError('needs-step', 'The run needs weights', 'Train a baseline first, or open weights.');
  switch (run) {
    case 'sweep':
      return (context) => sweep(context, config, weights);
    case 'finetune':
      return (context) => finetune(context, config, weights, size);
    case 'evaluate':
      return (context) => evaluation(context, weights, { batchSize: config.batchSize, view }, onEvaluation);
    case 'ablation':
      return (context) => ablation(context, config, weights);
    case 'progressive':
      return (context) => progressive(context, config, weights);
    case 'adaptation':
      return (context) => adaptation(context, config, weights);
    default:
      return run satisfies never;
  }
}

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
