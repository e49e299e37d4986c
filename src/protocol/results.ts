/**
 * What a run has come to: one pure fold of its records, for the page, the files, and runs that are kept or resumed alike.
 * Plain data.
 */
import type { ErrorData } from '../engine/base/errors';
import {
  type ActivationShift,
  type ActivationStats,
  type EpochRecord,
  type ExperimentRow,
  isKept,
  type LabelIssue,
  type RatePoint,
  type Recommendation,
  type RunRecord,
  type Score,
  type StepRecord,
  type SuggestedRates,
  type SweepPoint,
  type TuningGain,
} from '../engine/base/records';
import { RUN_META, type RunId, type StepId, STEPS, type StudioConfig } from '../engine/experiments/meta';
import type { EvalView } from '../engine/photo/view';
import { appendSteps, EMPTY_SERIES, type Series } from './series';

export type Ended = 'running' | 'done' | 'stopped' | 'failed';

/** An epoch's record and the step it ended with, its place on a chart by step. */
export interface EpochPoint {
  step: number;
  record: EpochRecord;
}

/** How many views were made of smaller copies of the photos. */
export interface CopiesUse {
  /** Shorter side of the copies, px. */
  side: number;
  /** Views from copies, and from photos where a copy would lose detail. */
  fromCopies: number;
  fromPhotos: number;
  /** Copies that were not there yet, or not any more. */
  made: number;
  /** Why no more of them were kept; null if all were. */
  failure: string | null;
}

export interface RunResult {
  /** Of this very run; another of the same kind has another. */
  id: string;
  run: RunId;
  config: StudioConfig;
  /** Train or test resolution in px, what 0 in the configuration stands for worked out. */
  size: number;
  /** ISO date and time. */
  startedAt: string;
  ended: Ended;
  error: ErrorData | null;
  /** Wall time, once ended. */
  seconds: number | null;
  series: Series;
  lastStep: StepRecord | null;
  epochs: readonly EpochPoint[];
  /** Of a sweep, by size. */
  points: readonly SweepPoint[];
  /** The baseline's own view, measured beside a sweep. */
  reference: SweepPoint | null;
  /** Once all is measured. */
  recommendation: Recommendation | null;
  /** Of the size being measured, as far as it is. */
  partialActivations: ActivationStats | null;
  /** The activations before and after fine-tuning, and what it gained. */
  shift: ActivationShift | null;
  gain: TuningGain | null;
  /** An experiment's table, each line with the epochs that it took. */
  rows: readonly (ExperimentRow & { trained: readonly EpochRecord[] })[];
  evaluation: { score: Score; view: EvalView } | null;
  /** The score on held-out photos, on which nothing was chosen; null where there are none. */
  heldOut: { score: Score; view: EvalView } | null;
  /** Of a search for a learning rate. */
  rates: readonly RatePoint[];
  /** Once the search has ended; null if the loss never fell. */
  suggestedRates: SuggestedRates | null;
  /** Training photos whose label a check doubts, the likeliest first; missing of other runs, and before it has ended. */
  suspects?: readonly LabelIssue[];
  /** The smaller copies that views were made of; null if the pixels were the photos'. */
  copies: CopiesUse | null;
  /** Photos that could not be read and were stepped over, with the reason. */
  unreadable: readonly string[];
}

export function newRun({
  run,
  config,
  size,
  startedAt,
}: Pick<RunResult, 'run' | 'config' | 'size' | 'startedAt'>): RunResult {
  return {
    id: `${run} ${startedAt}`,
    run,
    config,
    size,
    startedAt,
    ended: 'running',
    error: null,
    seconds: null,
    series: EMPTY_SERIES,
    lastStep: null,
    epochs: [],
    points: [],
    reference: null,
    recommendation: null,
    partialActivations: null,
    shift: null,
    gain: null,
    rows: [],
    evaluation: null,
    heldOut: null,
    rates: [],
    suggestedRates: null,
    copies: null,
    unreadable: [],
  };
}

/** The result with records behind those that it has seen; the old one is left as it was. */
export function reduceRun(result: RunResult, records: readonly RunRecord[]): RunResult {
  const steps: StepRecord[] = [];
  let next = result;
  const withSteps = () => {
    if (steps.length === 0) return;
    next = { ...next, series: appendSteps(next.series, steps), lastStep: steps.at(-1)! };
    steps.length = 0;
  };
  for (const record of records) {
    if (record.kind === 'step') steps.push(record.record);
    else {
      withSteps();
      next = reduced(next, record);
    }
  }
  withSteps();
  return next;
}

function reduced(result: RunResult, record: Exclude<RunRecord, { kind: 'step' }>): RunResult {
  switch (record.kind) {
    case 'epoch':
      return {
        ...result,
        epochs: [...result.epochs, { step: result.lastStep?.globalStep ?? 0, record: record.record }],
      };
    case 'sweepPoint':
      return { ...result, partialActivations: null, ...measured(result, record) };
    case 'partialActivations':
      return { ...result, partialActivations: record.activations };
    case 'recommendation':
      return { ...result, recommendation: record.recommendation };
    case 'shift':
      return { ...result, shift: record.shift };
    case 'gain':
      return { ...result, gain: record.gain };
    case 'row': {
      // What was trained since the last line was trained for this one.
      const trained = result.epochs.map((point) => point.record);
      return { ...result, partialActivations: null, rows: [...result.rows, { ...record.row, trained }], epochs: [] };
    }
    case 'evaluation':
      return { ...result, evaluation: { score: record.score, view: record.view } };
    case 'heldOut':
      return { ...result, heldOut: { score: record.score, view: record.view } };
    case 'ratePoint':
      return { ...result, rates: [...result.rates, record.point] };
    case 'suspects':
      return { ...result, suspects: record.suspects };
    case 'suggestedRates':
      return { ...result, suggestedRates: record.suggested };
    case 'unreadable':
      return { ...result, unreadable: [...result.unreadable, record.reason] };
    case 'phase':
    case 'microBatch':
    case 'tuning':
    case 'evaluated':
      return result;
    default:
      return record satisfies never;
  }
}

function measured(
  { points }: RunResult,
  { point, reference }: Extract<RunRecord, { kind: 'sweepPoint' }>,
): Partial<RunResult> {
  if (reference) return { reference: point };
  return { points: [...points.filter(({ size }) => size !== point.size), point].sort((a, b) => a.size - b.size) };
}

/** Records that change no result: they are told as progress, or not at all. */
const SILENT: ReadonlySet<RunRecord['kind']> = new Set(['phase', 'tuning', 'evaluated', 'microBatch']);
export const changesResult = ({ kind }: RunRecord): boolean => !SILENT.has(kind);

export function endRun(
  result: RunResult,
  end: Pick<RunResult, 'error' | 'seconds' | 'copies'> & { ended: Exclude<Ended, 'running'> },
): RunResult {
  return { ...result, ...end, partialActivations: null };
}

/** The last run of each kind. */
export type Results = Partial<Record<RunId, RunResult>>;

/** The epoch whose weights were kept: the last that was strictly better than all before, or simply the last under fastai's recipe. */
export function bestEpoch(result: Pick<RunResult, 'epochs'> | null | undefined): EpochRecord | null {
  return result?.epochs.findLast(({ record }) => isKept(record))?.record ?? null;
}

/** Sizes that a sweep is to measure; null where it looks for the best, and only its end tells. */
export const plannedSizes = ({ config }: Pick<RunResult, 'config'>): readonly number[] | null =>
  config.sweepMode === 'sizes' ? config.sweepSizes : null;

/** Whether a sweep has measured every size that it was to measure. */
export function isComplete(sweep: Pick<RunResult, 'config' | 'points' | 'ended'>): boolean {
  const planned = plannedSizes(sweep);
  if (planned === null) return sweep.ended === 'done';
  return planned.every((size) => sweep.points.some((point) => point.size === size));
}

/** Each step's settings as they were when it started: those of other steps may have changed before and since. */
export function settingsOf(steps: Partial<Record<StepId, RunResult | null>>, otherwise: StudioConfig): StudioConfig {
  const own = STEPS.flatMap((step) => {
    const config = steps[step]?.config;
    return config ? Object.keys(RUN_META[step].fields).map((key) => [key, config[key as keyof StudioConfig]]) : [];
  });
  return { ...otherwise, ...Object.fromEntries(own) } as StudioConfig;
}
