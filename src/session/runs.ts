/** What each run does with the weights that a session holds. */
import { StudioError } from '../engine/base/errors';
import { ablation } from '../engine/experiments/ablation';
import { adaptation } from '../engine/experiments/adaptation';
import { baseline } from '../engine/experiments/baseline';
import type { Weights } from '../engine/experiments/evaluations';
import { evaluation } from '../engine/experiments/evaluation';
import { finetune } from '../engine/experiments/finetune';
import type { ExperimentContext } from '../engine/experiments/fit';
import { lrFinder } from '../engine/experiments/lrFinder';
import { lowResolution } from '../engine/experiments/lowResolution';
import type { RunId, StudioConfig } from '../engine/experiments/meta';
import { progressive } from '../engine/experiments/progressive';
import { sweep } from '../engine/experiments/sweep';
import type { HostState } from '../engine/nn/state';
import type { Evaluation } from '../engine/train/evaluate';
import type { RunRecord } from '../engine/base/records';

export interface RunInputs {
  config: StudioConfig;
  /** Resolution in px that 0 in the configuration stands for. */
  size: number;
  /** Where a baseline starts from, and the search for its learning rate. */
  initial: HostState | Promise<HostState> | null;
  /** What the run works on; null for runs that train from the start. */
  weights: Weights | null;
  onEvaluation: (evaluation: Evaluation) => void;
}

/** The run as a function of its context, everything that it needs checked to be there. */
export function recordsOf(
  run: RunId,
  { config, size, initial, weights, onEvaluation }: RunInputs,
): (context: ExperimentContext) => AsyncIterable<RunRecord> {
  if (run === 'baseline' || run === 'lrFinder') {
    if (!initial) throw new Error(`The ${run} needs weights to start from`);
    const records = { baseline, lrFinder }[run];
    return (context) => records(context, config, initial);
  }
  if (run === 'lowResolution') return (context) => lowResolution(context, config);
  if (!weights)
    throw new StudioError('needs-step', 'The run needs weights', 'Train a baseline first, or open weights.');
  switch (run) {
    case 'sweep':
      return (context) => sweep(context, config, weights, onEvaluation);
    case 'finetune':
      return (context) => finetune(context, config, weights, size);
    case 'evaluate':
      return (context) => evaluation(context, config, weights, onEvaluation);
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
