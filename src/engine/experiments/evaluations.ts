/** Validation photos at several views in turn, none of which is evaluated twice. */
import { comparePaired } from '../analysis/confusion';
import { argmax } from '../analysis/score';
import type { Dataset } from '../dataset/types';
import { stateSpecs } from '../models/registry';
import type { Architecture } from '../models/meta';
import { type HostState, type NetworkState, releaseState, uploadState } from '../nn/state';
import type { Network } from '../models/passes';
import type { EvalView } from '../photo/view';
import { type Evaluation, evaluate } from '../train/evaluate';
import type { PairedChange, ExperimentRow, RunRecord } from '../base/records';
import type { ExperimentContext } from './fit';

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
}

/**
 * The validation photos at each of the plan's views in turn. Weights are uploaded once something has to be computed, and
 * released at the end.
 */
export async function* evaluateViews(
  context: ExperimentContext,
  weights: Weights,
  { batchSize, next, record }: EvaluationPlan,
): AsyncGenerator<RunRecord, Evaluation[], undefined> {
  const { backend, dataset, cache } = context;
  const done: Evaluation[] = [];
  let state: ReturnType<typeof uploadState> | null = null;
  try {
    for (let view = next(done); view; view = next(done)) {
      let evaluation = cache.get(weights.state, dataset, view);
      if (!evaluation) {
        state ??= uploadState(backend, stateSpecs(weights.arch, dataset.classes.length), weights.state);
        const network = { arch: weights.arch, classes: dataset.classes, state };
        const samples = dataset.validation;
        evaluation = yield* evaluate(context, { network, samples, batchSize, view, epoch: 0, live: true });
        cache.set(weights.state, dataset, evaluation);
        // Another resolution needs buffers of other sizes.
        backend.releasePool();
      }
      done.push(evaluation);
      if (record) yield record(evaluation);
    }
    return done;
  } finally {
    if (state) releaseState(backend, state);
  }
}

/** What `body` makes of the weights on the GPU, where they are meanwhile. */
export async function* withNetwork<Result>(
  { backend, dataset: { classes } }: ExperimentContext,
  { arch, state: host }: Weights,
  body: (network: Network<NetworkState>) => AsyncGenerator<RunRecord, Result, undefined>,
): AsyncGenerator<RunRecord, Result, undefined> {
  const state = uploadState(backend, stateSpecs(arch, classes.length), host);
  try {
    return yield* body({ arch, classes, state });
  } finally {
    releaseState(backend, state);
  }
}

/** For a plan of views that are known beforehand. */
export function eachOf(views: readonly EvalView[]): EvaluationPlan['next'] {
  return ({ length }) => views[length] ?? null;
}

/** 1 where a photo was classified right; photos that could not be read count as wrong, so that results stay comparable. */
export function hitsOf({ classes, validation }: Dataset, { indices, logits }: Evaluation): Uint8Array {
  const hits = new Uint8Array(validation.length);
  indices.forEach((index, i) => {
    const row = logits.subarray(i * classes.length, (i + 1) * classes.length);
    if (argmax(row) === validation[index]!.label) hits[index] = 1;
  });
  return hits;
}

/** What the weights as they are say in a table. */
export function referenceRow(name: string, trainSize: number, { score, view }: Evaluation): ExperimentRow {
  return { name, views: null, trainSize, testSize: view.crop, score, changed: null, epochs: 0, note: null };
}

/** What changed between two evaluations of the same photos. */
export function changeOf(dataset: Dataset, before: Evaluation, after: Evaluation): PairedChange {
  return comparePaired(hitsOf(dataset, before), hitsOf(dataset, after));
}
