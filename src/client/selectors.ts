/** What the results say, worked out from the state: best epochs and sizes, differences, what a step stands on. */
import { type Interval, wilsonInterval } from '../engine/analysis/wilson';
import { REFUSED } from '../words/dataset';
import type { DatasetSummary } from '../engine/dataset/types';
import { inOneLine } from '../engine/base/errors';
import { guessingAccuracy } from '../engine/analysis/learned';
import { bestPoint } from '../engine/analysis/sizeChoice';
import type { Score, SweepPoint } from '../engine/base/records';
import {
  EXPERIMENT_META,
  EXPERIMENTS,
  isExperiment,
  refusalOf,
  type RunId,
  startsAnew,
  type StepId,
  STEPS,
  type StudioConfig,
} from '../engine/experiments/meta';
import { trunkOf } from '../engine/models/meta';
import { bestEpoch, plannedSizes } from '../protocol/results';
import { settingsOn } from '../protocol/weights';
import { baselineScoreOf, verdictOf } from '../words/verdict';
import type { NextStep, Verdict } from '../words/verdictParts';
import { isBusy, resultOf, type StageId, type StudioState, type SweepResult } from './state';

export { bestEpoch };

/** Sizes that the sweep measures: as planned, or as found so far where it looks for the best. In order. */
export function sizesOf(sweep: SweepResult): readonly number[] {
  return plannedSizes(sweep) ?? sweep.points.map(({ size }) => size);
}

/** The size of the greatest value so far, best or not; of equals the smallest. */
export const leaderOf = (sweep: SweepResult | null): SweepPoint | null =>
  sweep && bestPoint(sweep.points, sweep.config.selectBy);

/** The size of the greatest value but one. */
export function runnerUp(sweep: SweepResult | null): SweepPoint | null {
  const leader = leaderOf(sweep);
  if (!sweep) return null;
  return bestPoint(
    sweep.points.filter((point) => point !== leader),
    sweep.config.selectBy,
  );
}

/** What a step has come to. */
export const stepVerdict = (state: StudioState, step: StepId): Verdict =>
  verdictOf(step, state, state.dataset ?? NO_PHOTOS);

const NO_PHOTOS = { classes: [], trainCount: 0, validationCount: 0, testCount: 0 };

/** The weights before they were fine-tuned, in their own view and at its resolution; before it says so, as known from elsewhere. */
export function scoresBeforeTuning(state: StudioState): { own: Score | null; same: Score | null } {
  const { gain, size } = state.finetune ?? {};
  if (gain) return { own: gain.ownView?.score ?? null, same: gain.sameView?.score ?? null };
  return { own: baselineScoreOf(state), same: state.sweep?.points.find((point) => point.size === size) ?? null };
}

/** The size that a sweep's best is held against: the one trained at, else the baseline's own view. */
export function sweptBase({ sweep }: StudioState): SweepPoint | null {
  return sweep?.points.find(({ size }) => size === sweep.config.trainSize) ?? sweep?.reference ?? null;
}

/** Classes measured both before and after; none where one of them is missing. */
export function classDeltas(
  before: SweepPoint['classes'] | undefined,
  after: SweepPoint['classes'] | undefined,
  names: readonly string[],
): { name: string; before: number; after: number }[] {
  return names.flatMap((name, i) => {
    const [from, to] = [before?.[i], after?.[i]];
    return typeof from === 'number' && typeof to === 'number' ? [{ name, before: from, after: to }] : [];
  });
}

export const intervalOf = ({ correct, count }: Score): Interval => wilsonInterval(correct, count);

/** The accuracy of always naming the most frequent training class; null without validation photos. */
export const majorityAccuracy = (dataset: DatasetSummary | null): number | null =>
  dataset && guessingAccuracy(dataset.classes);

/** The same on the photos that a run tests; a folder's own folds are taken to hold all of them. */
export function majorityAccuracyIn(run: RunId, dataset: DatasetSummary | null): number | null {
  const tests = isExperiment(run) ? EXPERIMENT_META[run].tests : undefined;
  if (!dataset || !tests) return majorityAccuracy(dataset);
  return guessingAccuracy(
    dataset.classes.map(({ train, validation }) => {
      const photos = tests === 'all' ? train + validation : train;
      return { train: photos, validation: photos };
    }),
  );
}

/** The settings that a run would begin with: the sizes that its weights were trained at are theirs. */
export const settingsOf = (run: RunId, { weights, config }: Pick<StudioState, 'weights' | 'config'>): StudioConfig =>
  weights && !startsAnew(run) ? settingsOn(weights, config) : config;

/** Weights that a sweep, a fine-tuning or a download can use. */
export const hasWeights = (state: StudioState): boolean => state.weights !== null;

/** Other photos take the results with them, and the weights that were trained on these; opened weights stay. */
export function lostWithPhotos(state: StudioState): { results: boolean; weights: boolean } {
  const results = state.evaluate !== null || [...STEPS, ...EXPERIMENTS].some((run) => resultOf(state, run) !== null);
  return { results, weights: state.weights !== null && state.weights.history.at(-1)?.run !== 'import' };
}

/** Results and weights are on disk, and stay there whatever is opened next. */
export const isKept = ({ project, saved }: StudioState): boolean => project !== null && saved.failure === null;

/** What to do next in the chosen stage, where that is something else than starting its run; null while a run goes on. */
export function nextStep(state: StudioState): NextStep | null {
  const { stage } = state;
  if (isBusy(state) || (stage !== 'baseline' && stage !== 'sweep' && stage !== 'finetune') || !state[stage])
    return null;
  const { next } = stepVerdict(state, stage);
  const itself: Record<typeof stage, readonly NextStep[]> = {
    baseline: ['train'],
    sweep: ['sweep', 'sweepAgain'],
    finetune: ['finetune'],
  };
  return next && itself[stage].includes(next) ? null : next;
}

const ITSELF = { baseline: 'train', sweep: 'sweep', finetune: 'finetune' } as const satisfies Record<StepId, NextStep>;

/** What the work goes on with: what the last step that was run says, or else that step. */
export function nextOnPath(state: StudioState): NextStep {
  const last = STEPS.findLast((step) => state[step] !== null) ?? 'baseline';
  return stepVerdict(state, last).next ?? ITSELF[last];
}

/** Optimiser steps of a training, known before it has run. */
export function stepsOf(epochs: number, trainCount: number, batchSize: number): number {
  return epochs * Math.ceil(trainCount / batchSize);
}

/** What could not be opened is a project of a list in sight, which says so beside it. */
export const isToldInList = ({ wanted, projects, projectsOpen, stage, dataset }: StudioState): boolean =>
  projects.some(({ id, deleted }) => id === wanted?.id && !deleted) &&
  (projectsOpen || (stage === 'photos' && dataset === null));

export interface StartBlock {
  reason: string;
  /** The stage where it can be put right. */
  goTo: StageId | null;
}

/** Why a run cannot start now, if so. */
export function startBlock(state: StudioState, run: RunId): StartBlock | null {
  const { dataset, machine, config, plan, opening } = state;
  if (machine.status === 'connecting') return { reason: 'Looking for the GPU.', goTo: null };
  if (machine.status === 'none') return { reason: machine.error.message, goTo: null };
  if (opening) return { reason: 'Photos are being read.', goTo: 'photos' };
  if (!dataset) return { reason: 'It needs photos first.', goTo: 'photos' };
  if (dataset.refusal) return { reason: REFUSED, goTo: 'photos' };
  if (state.trying) return { reason: 'Photos are being tried.', goTo: 'takehome' };
  if (state.checking) return { reason: 'Photos are being checked.', goTo: 'photos' };
  if (state.mapping) return { reason: 'Photos are being compared.', goTo: 'photos' };
  if (isBusy(state)) return { reason: 'Another step is running.', goTo: null };
  if (!startsAnew(run) && !hasWeights(state)) {
    return { reason: 'It needs trained weights: run the baseline first.', goTo: 'baseline' };
  }
  const mismatch = mismatchOf(state, run);
  if (mismatch) return mismatch;
  if (run === 'finetune' && config.tuneSize === 0 && !leaderOf(state.sweep)) {
    return { reason: 'The best size is not known yet: sweep first, or set a resolution.', goTo: 'sweep' };
  }
  const refused = refusalOf(run, settingsOf(run, state)) ?? (plan?.run === run ? plan.plan.refusal : null);
  return refused && { reason: inOneLine(refused), goTo: null };
}

/**
 * True where starting a run throws away more than its own last result: a baseline takes with it what stands on the weights
 * below it, its own or opened ones. What is trained from the start, and the search for its rate, stay.
 */
export function replacesOthers(state: StudioState, run: RunId): boolean {
  if (run !== 'baseline') return false;
  const { baseline, sweep, finetune, evaluate, experiments, interrupted } = state;
  const standing = Object.keys(experiments).some((id) => !startsAnew(id as RunId));
  return standing || [baseline, sweep, finetune, evaluate, interrupted].some((result) => result !== null);
}

/** Weights that do not fit the photos, or a baseline's network. */
function mismatchOf({ imported, misfit, config }: StudioState, run: RunId): StartBlock | null {
  if (!startsAnew(run)) return misfit === null ? null : { reason: misfit, goTo: 'baseline' };
  // Its head may be another: a new one takes its place.
  if (!imported || imported.arch.split('-')[0] === trunkOf(config.arch)) return null;
  const { origin, arch } = imported;
  return { reason: `The weights ${origin} are a ${arch}: choose that network, or open others.`, goTo: 'takehome' };
}
