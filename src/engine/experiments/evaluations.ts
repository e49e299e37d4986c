/** Validation photos at several views in turn, none of which is evaluated twice. */
import { comparePaired } from '../analysis/confusion';
import { compareByMetric } from '../analysis/pairedMetric';
import { argmax } from '../analysis/score';
import type { Dataset } from '../dataset/types';
import { stateSpecs } from '../models/registry';
import type { Architecture } from '../models/meta';
import type { Network } from '../models/passes';
import { allocateState, type HostState, type NetworkState, releaseState, writeState } from '../nn/state';
import type { EvalView } from '../photo/view';
import { type Evaluation, evaluate } from '../train/evaluate';
import type { ExperimentRow, MetricChange, PairedChange, RunRecord, Selection } from '../base/records';
import type { ExperimentContext } from './context';

/** Weights that an experiment starts from. */
export interface Weights {
  arch: Architecture;
  state: HostState;
}

export interface EvaluationPlan {
  batchSize: number;
  /** The view to test at next, given the results so far; null when there are enough. */
  next: (done: readonly Evaluation[]) => EvalView | null;
  /** What is told of each result as soon as it is there. */
  record?: (evaluation: Evaluation) => RunRecord;
  /** Of weights that a later session will not have: under it what each view came to is remembered. */
  name?: string;
}

/** Under which a measurement of the network is remembered. */
export const measurementName = (network: string, { resize, crop }: EvalView): string =>
  `${network}, at ${crop} px of ${resize}`;

/**
 * The validation photos at each of the plan's views in turn. Weights are uploaded once something has to be computed, and
 * released at the end.
 */
export async function* evaluateViews(
  context: ExperimentContext,
  weights: Weights,
  { batchSize, next, record, name }: EvaluationPlan,
): AsyncGenerator<RunRecord, Evaluation[], undefined> {
  const { backend, dataset, cache } = context;
  const done: Evaluation[] = [];
  const take = (evaluation: Evaluation): void => {
    done.push(evaluation);
    if (name !== undefined) context.onMeasured?.(measurementName(name, evaluation.view), evaluation);
  };
  /** Takes what is known already; the first view that is not, or null. */
  const passKnown = function* (): Generator<RunRecord, EvalView | null, undefined> {
    for (let view = next(done); view; view = next(done)) {
      const measured = name === undefined ? undefined : context.ended?.get(measurementName(name, view));
      const known = measured ?? cache.get(weights.state, dataset, view);
      if (!known) return view;
      take(known);
      if (record) yield record(known);
    }
    return null;
  };
  const first = yield* passKnown();
  if (!first) return done;
  return yield* withNetwork(context, weights, async function* (network) {
    for (let view: EvalView | null = first; view; view = yield* passKnown()) {
      const samples = dataset.validation;
      const evaluation = yield* evaluate(context, { network, samples, batchSize, view, epoch: 0, live: true });
      cache.set(weights.state, dataset, evaluation);
      // Another resolution needs buffers of other sizes.
      backend.releasePool();
      take(evaluation);
      if (record) yield record(evaluation);
    }
    return done;
  });
}

/**
 * What `body` makes of the weights on the GPU, where they are meanwhile; without weights, of a network that is yet to be
 * written to.
 */
export async function* withNetwork<Result>(
  { backend, dataset: { classes } }: Pick<ExperimentContext, 'backend' | 'dataset'>,
  { arch, state: host }: { arch: Architecture; state: HostState | null },
  body: (network: Network<NetworkState>) => AsyncGenerator<RunRecord, Result, undefined>,
): AsyncGenerator<RunRecord, Result, undefined> {
  const state = allocateState(backend, stateSpecs(arch, classes.length));
  try {
    if (host) writeState(backend, state, host);
    return yield* body({ arch, classes, state });
  } finally {
    releaseState(backend, state);
  }
}

/** For a plan of views that are known beforehand. */
export function eachOf(views: readonly EvalView[]): EvaluationPlan['next'] {
  return ({ length }) => views[length] ?? null;
}

/** What was said of photos. */
export interface Answers {
  indices: Int32Array;
  /** [indices.length, K] */
  logits: Float32Array;
}

/** What each validation photo was taken for; -1 where it could not be read. */
export function predictionsIn({ classes, validation }: Dataset, { indices, logits }: Answers): Int32Array<ArrayBuffer> {
  const predictions = new Int32Array(validation.length).fill(-1);
  indices.forEach((index, i) => {
    predictions[index] = argmax(logits.subarray(i * classes.length, (i + 1) * classes.length));
  });
  return predictions;
}

/** 1 where a photo was classified right; photos that could not be read count as wrong, so that results stay comparable. */
export function hitsOf(dataset: Dataset, answers: Answers): Uint8Array {
  const predictions = predictionsIn(dataset, answers);
  return Uint8Array.from(dataset.validation, ({ label }, i) => (predictions[i] === label ? 1 : 0));
}

/** What the weights as they are say in a table. */
export function referenceRow(name: string, trainSize: number, { score, view }: Evaluation): ExperimentRow {
  return { name, views: null, trainSize, testSize: view.crop, score, changed: null, epochs: 0, note: null };
}

/** What changed between two evaluations of the same photos: of which are right, and by what is chosen by, where that is not accuracy. */
export function changeOf(dataset: Dataset, before: Answers, after: Answers, by: Selection): PairedChange {
  const change = comparePaired(hitsOf(dataset, before), hitsOf(dataset, after));
  return by === 'accuracy' ? change : { ...change, metric: metricChangeOf(dataset, before, after, by) };
}

/** What a mean over classes changed by between two evaluations of the same photos. */
export function metricChangeOf(
  dataset: Dataset,
  before: Answers,
  after: Answers,
  by: MetricChange['by'],
): MetricChange {
  const labels = dataset.validation.map(({ label }) => label);
  const predictions = { before: predictionsIn(dataset, before), after: predictionsIn(dataset, after) };
  return compareByMetric({ labels, ...predictions }, dataset.classes.length, by);
}
