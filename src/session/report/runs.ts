/** The runs that a report is of, and whose a setting is. */
import { BASELINE_FIELDS } from '../../engine/experiments/baseline/meta';
import { FINETUNE_FIELDS } from '../../engine/experiments/finetune/meta';
import { EXPERIMENT_META, EXPERIMENTS, type RunId, RUNS } from '../../engine/experiments/meta';
import { SWEEP_FIELDS } from '../../engine/experiments/sweep/meta';
import type { Results, RunResult } from '../../protocol/results';

export const runsIn = (results: Results): [RunId, RunResult][] =>
  RUNS.flatMap((run): [RunId, RunResult][] => (results[run] ? [[run, results[run]]] : []));

/** The step or experiment that a setting is of; null: of all. */
export function ownerOf(key: string): RunId | null {
  if (key in BASELINE_FIELDS) return 'baseline';
  if (key in SWEEP_FIELDS) return 'sweep';
  if (key in FINETUNE_FIELDS) return 'finetune';
  return EXPERIMENTS.find((id) => key in EXPERIMENT_META[id].ownFields) ?? null;
}
