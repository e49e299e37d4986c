/** Evaluations that are never done twice: remembered by weights, photos and view. */
import type { Dataset } from '../dataset/types';
import type { HostState } from '../nn/state';
import type { EvalView } from '../photo/view';
import type { Evaluation } from '../train/evaluate';

/** Weights and data sets count as the same while they are the same object: neither is ever changed in place. */
export class EvaluationCache {
  private readonly known = new WeakMap<HostState, WeakMap<Dataset, Map<string, Evaluation>>>();

  get(state: HostState, dataset: Dataset, view: EvalView): Evaluation | undefined {
    return this.known.get(state)?.get(dataset)?.get(keyOf(view));
  }

  /** All of these weights. */
  of(state: HostState, dataset: Dataset): Evaluation[] {
    return [...(this.known.get(state)?.get(dataset)?.values() ?? [])];
  }

  set(state: HostState, dataset: Dataset, evaluation: Evaluation): void {
    const ofState = this.known.get(state) ?? new WeakMap<Dataset, Map<string, Evaluation>>();
    const ofData = ofState.get(dataset) ?? new Map<string, Evaluation>();
    this.known.set(state, ofState.set(dataset, ofData.set(keyOf(evaluation.view), evaluation)));
  }
}

export const sameView = (a: EvalView, b: EvalView): boolean => keyOf(a) === keyOf(b);

/** Equal for equal views, whatever the order of their properties. */
function keyOf(view: EvalView): string {
  return JSON.stringify(Object.entries(view).sort(([a], [b]) => (a < b ? -1 : 1)));
}
