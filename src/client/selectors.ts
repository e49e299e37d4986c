/** What the results say, worked out from the state: best epochs and sizes, differences, what a step stands on. */
import { type Interval, wilsonInterval } from '../engine/analysis/wilson';
import type { DatasetSummary } from '../engine/dataset/types';
import type { EpochRecord, Score, SweepPoint } from '../engine/base/records';
import { type RunId, startsAnew, startsAsBaseline } from '../engine/experiments/meta';
import { trunkOf } from '../engine/models/meta';
import { isBusy, type StageId, type StudioState, type SweepResult, type TrainingResult } from './state';

/** The epoch whose weights were kept: the last that was strictly better than all before. */
export function bestEpoch(result: Pick<TrainingResult, 'epochs'> | null): EpochRecord | null {
  return result?.epochs.findLast(({ record }) => record.best)?.record ?? null;
}

/** Sizes that the sweep measures: as planned, or as found so far where it looks for the best. In order. */
export function sizesOf({ config, points }: SweepResult): readonly number[] {
  return config.sweepMode === 'sizes' ? config.sweepSizes : points.map(({ size }) => size);
}

/** The most accurate size; of equals the smallest, being the cheapest. */
export function bestPoint(sweep: SweepResult | null): SweepPoint | null {
  return (
    sweep?.points.reduce<SweepPoint | null>((best, p) => (best && best.accuracy >= p.accuracy ? best : p), null) ?? null
  );
}

/** The baseline's validation score, from its training, or measured again by the sweep. */
export function baselineScore(state: StudioState): Score | null {
  return bestEpoch(state.baseline)?.validation ?? state.sweep?.reference ?? null;
}

/** The sweep's score at the fine-tuning's resolution. */
export function scoreBeforeTuning(state: StudioState): Score | null {
  return state.sweep?.points.find((p) => p.size === state.finetune?.size) ?? null;
}

export const intervalOf = ({ correct, count }: Score): Interval => wilsonInterval(correct, count);

/** True where two shares differ by less than their 95 % intervals reach: the order may be chance. */
export function overlap(a: Score, b: Score): boolean {
  const [first, second] = [intervalOf(a), intervalOf(b)];
  return first.low <= second.high && second.low <= first.high;
}

/** The accuracy of always naming the most frequent training class; null without validation photos. */
export function majorityAccuracy(dataset: DatasetSummary | null): number | null {
  if (!dataset || dataset.validationCount === 0) return null;
  const major = dataset.classes.reduce((a, b) => (b.train > a.train ? b : a));
  return major.validation / dataset.validationCount;
}

/** Weights that a sweep, a fine-tuning or a download can use. */
export const hasWeights = (state: StudioState): boolean => state.weights !== null;

/** Optimiser steps of a training, known before it has run. */
export function stepsOf(epochs: number, trainCount: number, batchSize: number): number {
  return epochs * Math.ceil(trainCount / batchSize);
}

export interface StartBlock {
  reason: string;
  /** The stage where it can be put right. */
  goTo: StageId | null;
}

/** Why a run cannot start now, if so. */
export function startBlock(state: StudioState, run: RunId): StartBlock | null {
  const { dataset, machine, config, plan } = state;
  if (machine.status === 'connecting') return { reason: 'Looking for the GPU.', goTo: null };
  if (machine.status === 'none') return { reason: machine.error.message, goTo: null };
  if (!dataset) return { reason: 'It needs photos first.', goTo: 'photos' };
  if (dataset.refusal) return { reason: dataset.refusal, goTo: 'photos' };
  if (isBusy(state)) return { reason: 'Another step is running.', goTo: null };
  if (!startsAnew(run) && !hasWeights(state)) {
    return { reason: 'It needs trained weights: run the baseline first.', goTo: 'baseline' };
  }
  const mismatch = mismatchOf(state, dataset, run);
  if (mismatch) return mismatch;
  if (run === 'finetune' && config.tuneSize === 0 && !bestPoint(state.sweep)) {
    return { reason: 'The best size is not known yet: sweep first, or set a resolution.', goTo: 'sweep' };
  }
  return refusalOf(plan, run);
}

/**
 * True where starting a run throws away more than its own last result: a baseline takes with it what stands on the weights
 * below it, its own or opened ones. What is trained from the start, and the search for its rate, stay.
 */
export function replacesOthers(state: StudioState, run: RunId): boolean {
  if (run !== 'baseline') return false;
  const { baseline, sweep, finetune, evaluation, experiments } = state;
  const standing = Object.keys(experiments).some((id) => !startsAnew(id as RunId));
  return standing || [baseline, sweep, finetune, evaluation].some((result) => result !== null);
}

/** Weights that do not fit the photos, or a baseline's network. */
function mismatchOf(
  { imported, weights, config }: StudioState,
  dataset: DatasetSummary,
  run: RunId,
): StartBlock | null {
  const used = startsAsBaseline(run) ? imported : run === 'lowResolution' ? null : weights;
  if (!used) return null;
  const { origin, classes, arch } = used;
  if (!startsAsBaseline(run) && classes.length !== dataset.classes.length) {
    const reason = `The weights (${origin}) tell ${classes.length} classes apart; the photos have ${dataset.classes.length}. Train a baseline, which gives them a new classifier, or open others.`;
    return { reason, goTo: 'baseline' };
  }
  // Its head may be another: a new one takes its place.
  if (!startsAsBaseline(run) || arch.split('-')[0] === trunkOf(config.arch)) return null;
  return { reason: `The weights ${origin} are a ${arch}: choose that network, or open others.`, goTo: 'takehome' };
}

function refusalOf(plan: StudioState['plan'], run: RunId): StartBlock | null {
  const refusal = plan?.run === run ? plan.plan.refusal : null;
  return refusal && { reason: refusal.hint ? `${refusal.message}. ${refusal.hint}` : refusal.message, goTo: null };
}
