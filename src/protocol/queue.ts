/** Runs that are to come, one after the other; and what the same runs came to with several seeds. Plain data. */
import type { EpochRecord, ExperimentRow, Score } from '../engine/base/records';
import type { RunId, StudioConfig } from '../engine/experiments/meta';
import type { RunResult } from './results';

export interface QueuedRun {
  /** Of this project's queue. */
  id: number;
  run: RunId;
  /** As it was queued; its seed is the one that the run is to have. */
  config: StudioConfig;
  /** Of runs that are gone through once a seed. */
  study: SeedPlan | null;
  /** The id of its result once it has begun; only the first has. */
  begun: string | null;
}

/** The same runs, one after the other, with each of some seeds. */
export interface SeedPlan {
  id: number;
  runs: readonly RunId[];
  seeds: readonly number[];
}

export interface RunQueue {
  runs: readonly QueuedRun[];
  /** They are being gone through. */
  going: boolean;
}

export const NO_QUEUE: RunQueue = { runs: [], going: false };

/** What a run came to with one seed, without what is for charts of one run alone. */
export interface SeedRun {
  seed: number;
  run: RunId;
  /** Train or test resolution, px. */
  size: number;
  epochs: readonly EpochRecord[];
  /** Of a sweep, by size; `reference` in the baseline's own view. */
  points: readonly SizedScore[];
  reference: Score | null;
  rows: readonly Pick<ExperimentRow, 'name' | 'views' | 'trainSize' | 'testSize' | 'score'>[];
  heldOut: Score | null;
}

export type SizedScore = Score & { size: number };

export interface SeedStudy extends SeedPlan {
  /** Of the first that ended; seeds apart, of all. */
  config: StudioConfig;
  /** Runs that have ended, in their order. */
  done: readonly SeedRun[];
}

/** The study with one run more that has ended as it should; a new one where the run belongs to another. */
export function withSeedRun(study: SeedStudy | null, plan: SeedPlan, result: RunResult): SeedStudy {
  const { id, runs, seeds } = plan;
  const own = study?.id === id ? study : { id, runs, seeds, config: result.config, done: [] };
  return { ...own, done: [...own.done, seedRunOf(result)] };
}

function seedRunOf({ run, config, size, epochs, points, reference, rows, heldOut }: RunResult): SeedRun {
  return {
    seed: config.seed,
    run,
    size,
    epochs: epochs.map(({ record }) => record),
    points: points.map((point) => ({ size: point.size, ...scoreOf(point) })),
    reference: reference && scoreOf(reference),
    rows: rows.map(({ name, views, trainSize, testSize, score }) => ({ name, views, trainSize, testSize, score })),
    heldOut: heldOut?.score ?? null,
  };
}

const scoreOf = ({
  loss,
  accuracy,
  correct,
  count,
  named,
  balancedAccuracy,
  macroF1,
  intervals,
  topK,
}: Score): Score => ({
  loss,
  accuracy,
  correct,
  count,
  ...(named !== undefined && { named }),
  ...(balancedAccuracy !== undefined && { balancedAccuracy }),
  ...(macroF1 !== undefined && { macroF1 }),
  ...(intervals && { intervals }),
  ...(topK && { topK }),
});
