/** Evaluations that are never done twice: remembered by weights, photos and view. */
import type { Dataset } from '../dataset/types';
import { stateSpecs } from '../models/resnet';
import type { Architecture } from '../models/meta';
import { type HostState, releaseState, uploadState } from '../nn/state';
import { type Evaluation, type EvalView, evaluate } from '../train/evaluate';
import type { RunRecord } from '../train/records';
import type { ExperimentContext } from './fit';

/** Weights and data sets count as the same while they are the same object: neither is ever changed in place. */
export class EvaluationCache {
  private readonly known = new WeakMap<HostState, WeakMap<Dataset, Map<string, Evaluation>>>();

  get(state: HostState, dataset: Dataset, view: EvalView): Evaluation | undefined {
    return this.known.get(state)?.get(dataset)?.get(keyOf(view));
  }

  set(state: HostState, dataset: Dataset, evaluation: Evaluation): void {
    const ofState = this.known.get(state) ?? new WeakMap<Dataset, Map<string, Evaluation>>();
    const ofData = ofState.get(dataset) ?? new Map<string, Evaluation>();
    this.known.set(state, ofState.set(dataset, ofData.set(keyOf(evaluation.view), evaluation)));
  }
}

/**
 * The validation photos at each of `views` in turn; `next` may ask for more once it has seen the results so far. Weights
 * are uploaded once something has to be computed, and released at the end.
 */
export async function* evaluateViews(
  context: ExperimentContext,
  weights: { arch: Architecture; state: HostState },
  { batchSize, next }: { batchSize: number; next: (done: readonly Evaluation[]) => EvalView | null },
  cache: EvaluationCache,
): AsyncGenerator<RunRecord, Evaluation[], undefined> {
  const { backend, dataset } = context;
  const done: Evaluation[] = [];
  let state: ReturnType<typeof uploadState> | null = null;
  try {
    for (let view = next(done); view; view = next(done)) {
      let evaluation = cache.get(weights.state, dataset, view);
      if (!evaluation) {
        state ??= uploadState(backend, stateSpecs(weights.arch, dataset.classes.length), weights.state);
        const network = { arch: weights.arch, classes: dataset.classes, state };
        evaluation = yield* evaluate(context, { network, samples: dataset.validation, batchSize, view, epoch: 0 });
        cache.set(weights.state, dataset, evaluation);
        // Another resolution needs buffers of other sizes.
        backend.releasePool();
      }
      done.push(evaluation);
    }
    return done;
  } finally {
    if (state) releaseState(backend, state);
  }
}

/** Equal for equal views, whatever the order of their properties. */
function keyOf(view: EvalView): string {
  return JSON.stringify(Object.entries(view).sort(([a], [b]) => (a < b ? -1 : 1)));
}
