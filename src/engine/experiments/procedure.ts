/** A run as the paragraph of the paper that it is, with its plan: what `registry.ts` holds of each. */
import { StudioError } from '../base/errors';
import type { RunRecord } from '../base/records';
import type { HostState } from '../nn/state';
import type { EvalView } from '../photo/view';
import type { Evaluation } from '../train/evaluate';
import type { ExperimentContext } from './context';
import type { Weights } from './evaluations';
import type { StudioConfig } from './meta';
import type { PlannedPhase, PlannedStep, Planner } from './planning';

/** Where a training from the start begins: at opened weights, or at random ones. */
export interface StartingPoint {
  state: HostState | Promise<HostState>;
  opened: boolean;
}

export interface RunInputs {
  config: StudioConfig;
  /** Resolution in px that 0 in the configuration stands for. */
  size: number;
  /** Of runs that start anew. */
  start: StartingPoint | null;
  /** What all others work on. */
  weights: Weights | null;
  /** In which the training that made them was validated; absent where it was the settings' own. */
  validatedIn?: EvalView;
  /** In which `evaluate` measures them. */
  view: EvalView;
  onEvaluation: (evaluation: Evaluation) => void;
}

export interface Procedure {
  /** What it goes through, in this order. */
  phases(planner: Planner): PlannedPhase[];
  /** The step that asks most of the GPU; absent where nothing is trained. */
  step?(planner: Planner): PlannedStep;
  /** Resolution of the held-out photos at its end, as far as it is known before; absent where it looks at none. */
  heldOutSize?(planner: Planner): number;
  /**
   * Everything that it needs is checked to be there before anything is done.
   * @throws StudioError `needs-step` where there are no weights to work on.
   */
  records(inputs: RunInputs): (context: ExperimentContext) => AsyncIterable<RunRecord>;
}

/** Of runs that start where a baseline does. */
export function startOf({ start }: RunInputs): StartingPoint {
  if (!start) throw new Error('The run needs weights to start from');
  return start;
}

/** Of runs that need weights. */
export function weightsOf({ weights }: RunInputs): Weights {
  if (!weights)
    throw new StudioError('needs-step', 'The run needs weights', 'Train a baseline first, or open weights.');
  return weights;
}
