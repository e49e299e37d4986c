/** Runs that are to come, one after the other; and what the same runs came to with several seeds. Plain data. */
import { type Cdf, cdfAlong, cdfEnd } from '../engine/analysis/cdf';
import type { StepQuality } from '../engine/analysis/stepQuality';
import type { Distance, EpochRecord, ExperimentRow, Score, SweepPoint } from '../engine/base/records';
import { type RunId, startsAnew, type StudioConfig } from '../engine/experiments/meta';
import type { RunResult } from './results';

export interface QueuedRun {
  /** Of this project's queue. */
  id: number;
  run: RunId;
  /** As it was queued; its seed is the one that the run is to have. */
  config: StudioConfig;
  /** Of runs that are gone through once a seed. */
  study: SeedPlan | null;
  /** It stands on a run of its seed that was not gone through, and does not count for the study. */
  uncounted?: boolean;
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

/** What is moved as a whole: the runs of one seed of a study, which stand on one another; any other run alone. */
export function unitsOf(runs: readonly QueuedRun[]): QueuedRun[][] {
  const units = new Map<string | number, QueuedRun[]>();
  for (const one of runs) {
    const { id, study, config } = one;
    const key = study ? `${study.id} ${config.seed}` : id;
    units.set(key, [...(units.get(key) ?? []), one]);
  }
  return [...units.values()];
}

/** One of its runs is going on, or stands on weights that its baseline has made: nothing may come before it. */
export const unitHasBegun = (unit: readonly QueuedRun[]): boolean =>
  unit.some(({ begun }) => begun !== null) ||
  (unit.some(({ run, study }) => study?.runs.includes('baseline') && !startsAnew(run)) &&
    unit.every(({ run }) => run !== 'baseline'));

/** What a run came to with one seed: what its charts and tables show, in few numbers. */
export interface SeedRun {
  seed: number;
  run: RunId;
  /** Train or test resolution, px. */
  size: number;
  epochs: readonly EpochRecord[];
  /** Of a sweep, by size; `reference` in the baseline's own view. */
  points: readonly SizedScore[];
  reference: Score | null;
  rows: readonly Pick<ExperimentRow, 'name' | 'views' | 'trainSize' | 'testSize' | 'testMacs' | 'score'>[];
  heldOut: Score | null;
  /** Pooled activations in each view that has a curve; missing of seeds that earlier versions have kept. */
  activations?: readonly { name: string; cdf: Cdf }[];
  /** Of its weights on the validation photos, where they have been asked; missing as those. */
  calibration?: StepQuality['calibration'] | null;
}

export type SizedScore = Score & {
  size: number;
  /** Of the activations, and how far they are from those trained with; missing of seeds that earlier versions have kept. */
  zeroFraction?: number;
  distance?: Pick<Distance, 'ks' | 'w1'> | null;
  /** Accuracy a class, as a sweep's; of a few classes only. */
  classes?: SweepPoint['classes'];
};

export interface SeedStudy extends SeedPlan {
  /** Of the first that ended; seeds apart, of all. */
  config: StudioConfig;
  /** Runs that have ended, in their order. */
  done: readonly SeedRun[];
}

/**
 * The study with one run more that has ended as it should; a new one where the run belongs to another.
 * @param quality Of the run's weights on the validation photos, where they have been asked.
 */
export function withSeedRun(
  study: SeedStudy | null,
  plan: SeedPlan,
  result: RunResult,
  quality: StepQuality | null,
): SeedStudy {
  const { id, runs, seeds } = plan;
  const own = study?.id === id ? study : { id, runs, seeds, config: result.config, done: [] };
  return { ...own, done: [...own.done, seedRunOf(result, quality)] };
}

/** Whether the study has counted this result: of a run and a seed of it, with the same figures. */
export const isCounted = ({ done }: SeedStudy, result: RunResult): boolean =>
  done.some((one) => figuresOf(one) === figuresOf(seedRunOf(result, null)));

const figuresOf = ({ run, seed, size, epochs, points, rows }: SeedRun): string => {
  const scores = [...epochs.map(({ validation }) => validation), ...points, ...rows.map(({ score }) => score)];
  return JSON.stringify([run, seed, size, scores.map(({ loss, correct, count }) => [loss, correct, count])]);
};

/** A curve each: more of them say nothing, and take room on disk. */
const MOST_CLASSES = 50;
/** Of a distribution. */
const CDF_POINTS = 64;

function seedRunOf(result: RunResult, quality: StepQuality | null): SeedRun {
  const { run, config, size, epochs, points, reference, rows, heldOut, shift } = result;
  const views = shift
    ? ([
        ['view trained in', shift.reference],
        ['before', shift.before],
        ['after', shift.after],
      ] as const)
    : points.map((point) => [`${point.size} px`, point.activations] as const);
  return {
    seed: config.seed,
    run,
    size,
    epochs: epochs.map(({ record }) => record),
    points: points.map(sizedScoreOf),
    reference: reference && scoreOf(reference),
    rows: rows.map(({ name, views: on, trainSize, testSize, testMacs, score }) => ({
      name,
      views: on,
      trainSize,
      testSize,
      ...(testMacs !== undefined && { testMacs }),
      score,
    })),
    heldOut: heldOut?.score ?? null,
    activations: views.map(([name, { cdf }]) => ({ name, cdf: cdfAlong(cdf, cdfEnd(cdf), CDF_POINTS) })),
    calibration: quality && quality.calibration,
  };
}

function sizedScoreOf(point: SweepPoint): SizedScore {
  const { size, activations, distance, classes } = point;
  return {
    size,
    ...scoreOf(point),
    zeroFraction: activations.zeroFraction,
    distance: distance && { ks: distance.ks, w1: distance.w1 },
    ...(classes.length <= MOST_CLASSES && { classes }),
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
