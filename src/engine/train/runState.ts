/**
 * Where a training stands, as plain data: numbers, strings, arrays, `Map`s and typed arrays, which can be posted, cloned and
 * stored. It was made by `TrainingRun.state()` and goes into `TrainingRun.restore()`, whose run ends in the same bytes as if
 * it had never been stopped, on the same adapter and browser; on others it is as exact as their arithmetic. What the run was
 * made of (settings, photos, starting weights' origin) stands beside it, with whoever stores it: with other photos or
 * settings it makes no sense.
 */
import { type ActivationCounts, ActivationHistogram } from '../analysis/activations';
import { StudioError } from '../base/errors';
import type { AverageState } from '../optim/average';
import type { OptimiserState } from '../optim/optimiser';
import type { HostState } from '../nn/state';
import type { EpochState } from './epochProgress';
import type { Evaluation } from './evaluate';
import type { StepPlan } from './setUp';
import type { SmoothedLossState } from './smoothedLoss';

/** Changes with the shape of `RunState` or with what its numbers mean. */
export const RUN_STATE_VERSION = 1;

export interface RunState {
  version: number;
  /** Of the training; a run of several goes on with the one of this name. */
  name: string;
  position: RunPosition;
  /** Of the epoch under way: all of its steps may have been taken and its evaluation, which is done again, not. */
  progress: EpochState;
  /** That the epoch has taken so far. */
  milliseconds: number;
  smoothed: SmoothedLossState;
  /** The weights that were kept last: the best so far, or those of the last epoch where that is kept. */
  kept: KeptState | null;
  /** As trained, without the average. */
  network: HostState;
  /** Null where the stage is yet to begin: it has one of its own. Where all stages are over, the last one's. */
  optimiser: OptimiserState | null;
  average: AverageState | null;
  /** How a batch goes through the network; null where the stage is yet to begin. */
  plan: StepPlan | null;
  /** Which kernels proved quickest: they may round differently. Those of another adapter are not taken. */
  kernels: { adapter: string; choices: readonly (readonly [string, string])[] };
}

export interface RunPosition {
  /** The stage under way, from 0; the number of stages where all are over. */
  stage: number;
  /** Epochs that were trained before the stage. */
  before: number;
  /** The epoch under way, from 1. */
  epoch: number;
  /** 0 to 1; null before the first evaluation. */
  bestAccuracy: number | null;
  /** Epochs since it was reached, in this stage. */
  sinceBest: number;
}

/** Weights worth keeping and how they came about. */
export interface Kept {
  state: HostState;
  origin: string;
  /** The evaluation that chose them; null for weights that were saved because the run was stopped. */
  evaluation: Evaluation | null;
}

/** An evaluation as plain data. */
export type EvaluationState = Omit<Evaluation, 'histogram'> & { counts: ActivationCounts };

export function evaluationState({ histogram, ...plain }: Evaluation): EvaluationState {
  return { ...plain, counts: histogram.counts };
}

export function evaluationOf({ counts, ...plain }: EvaluationState): Evaluation {
  return { ...plain, histogram: new ActivationHistogram(counts) };
}

export interface KeptState {
  state: HostState;
  origin: string;
  evaluation: EvaluationState | null;
}

export function keptState({ state, origin, evaluation }: Kept): KeptState {
  return { state, origin, evaluation: evaluation && evaluationState(evaluation) };
}

export function keptOf({ state, origin, evaluation }: KeptState): Kept {
  return { state, origin, evaluation: evaluation && evaluationOf(evaluation) };
}

/** @throws StudioError `bad-weights` if the state is of another version, or of another training. */
export function checkRunState({ version, name }: RunState, wanted: string): void {
  if (version !== RUN_STATE_VERSION) {
    throw new StudioError(
      'bad-weights',
      `The run was stored in format ${version}; this studio reads format ${RUN_STATE_VERSION}`,
      'Start the run anew.',
    );
  }
  if (name !== wanted) {
    throw new StudioError('bad-weights', `The stored run is "${name}", not "${wanted}"`, 'Start the run anew.');
  }
}
