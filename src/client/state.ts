/** Everything the page shows, as plain data. The reducer and the controller write it; React only draws it. */
import type { ErrorData } from '../engine/base/errors';
import type { DatasetSummary, Orientations } from '../engine/dataset/types';
import {
  type ExperimentId,
  EXPERIMENTS,
  PRESET_CONFIGS,
  type RunId,
  type StepId,
  type StudioConfig,
} from '../engine/experiments/meta';
import type { AdapterReport } from '../engine/gpu/report';
import type {
  ActivationShift,
  ActivationStats,
  EpochRecord,
  ExperimentRow,
  RatePoint,
  Recommendation,
  Score,
  StepRecord,
  SuggestedRates,
  SweepPoint,
} from '../engine/base/records';
import type { FetchProgress, Progress, RunPlan, RunState, ShelvedModel, WeightsInfo } from '../protocol/messages';
import type { Series } from './series';

/** The path, which a beginner goes from one end to the other; and what lies beside it. */
export const PATH_STAGES = ['photos', 'baseline', 'sweep', 'finetune', 'takehome'] as const;
export const BESIDE_STAGES = ['experiments', 'runs'] as const;
export const STAGES = [...PATH_STAGES, ...BESIDE_STAGES] as const;
export type StageId = (typeof STAGES)[number];

export type Machine =
  | { status: 'connecting' }
  | { status: 'ready'; report: AdapterReport }
  /** No WebGPU, or no adapter. */
  | { status: 'none'; error: ErrorData };

export type Ended = 'running' | 'done' | 'stopped' | 'failed';

interface RunResult {
  config: StudioConfig;
  /** ISO date and time. */
  startedAt: string;
  ended: Ended;
  /** Wall time, once ended. */
  seconds: number | null;
}

/** An epoch's record and the step it ended with, its place on a chart by step. */
export interface EpochPoint {
  step: number;
  record: EpochRecord;
}

export interface TrainingResult extends RunResult {
  /** Train resolution in px; a fine-tuning's is worked out when it starts. */
  size: number;
  series: Series;
  lastStep: StepRecord | null;
  epochs: readonly EpochPoint[];
  /** What a fine-tuning has done to the activations. */
  shift: ActivationShift | null;
}

export interface SweepResult extends RunResult {
  /** By size. */
  points: readonly SweepPoint[];
  /** The baseline's own view. */
  reference: SweepPoint | null;
  /** Once all is measured. */
  recommendation: Recommendation | null;
  /** Of the size being measured, as far as it is. */
  partialActivations: ActivationStats | null;
}

/** A search for a learning rate. */
export interface RateSearch extends RunResult {
  points: readonly RatePoint[];
  /** Once it has ended; null if the loss never fell. */
  suggested: SuggestedRates | null;
}

export interface ExperimentResult extends RunResult {
  /** Its table, as far as it is filled. */
  rows: readonly ExperimentRow[];
}

/** The steps on one baseline, or on weights that were opened. Plain data. */
export interface KeptRun {
  /** When its first step started, ISO. */
  id: string;
  name: string;
  note: string;
  dataset: { name: string; trainCount: number; validationCount: number };
  config: StudioConfig;
  baseline: readonly EpochRecord[];
  sweep: readonly SweepPoint[];
  finetune: { size: number; epochs: readonly EpochRecord[] } | null;
  experiments: Partial<Record<string, readonly ExperimentRow[]>>;
}

export interface Evaluation {
  score: Score;
  /** Shorter side before the crop in px, 0: none. */
  resize: number;
  crop: number;
}

export interface Failure {
  during: 'opening' | 'running' | 'weights' | 'hub' | 'exporting' | 'machine';
  error: ErrorData;
  /** Nothing works until the page is loaded again. */
  fatal: boolean;
}

export interface StudioState {
  machine: Machine;
  /** A folder is being listed; `files` found so far. */
  opening: { name: string; files: number } | null;
  dataset: DatasetSummary | null;
  /** Of its photos, as far as they have been looked at; null before, and where there is nothing to look for. */
  orientations: Orientations | null;
  config: StudioConfig;
  stage: StageId;
  run: { state: RunState; run: RunId | null };
  progress: Progress | null;
  lrFinder: RateSearch | null;
  baseline: TrainingResult | null;
  sweep: SweepResult | null;
  finetune: TrainingResult | null;
  experiments: Partial<Record<ExperimentId, ExperimentResult>>;
  /** Which of them is looked at. */
  experiment: ExperimentId;
  /** Runs of this and earlier visits, newest first. */
  kept: readonly KeptRun[];
  /** Of the present weights, apart from any training. */
  evaluation: Evaluation | null;
  /** The newest in memory; null while there are none. */
  weights: WeightsInfo | null;
  /** The file opened last, which stays where a baseline starts from, whatever is trained after. */
  imported: WeightsInfo | null;
  /** A file is coming from the Hub. */
  fetching: FetchProgress | null;
  /** Files from there that are kept on this computer; null before anybody looked. */
  shelf: readonly ShelvedModel[] | null;
  /** Of the chosen stage's run with the present settings. */
  plan: { run: RunId; plan: RunPlan } | null;
  warnings: readonly string[];
  failure: Failure | null;
}

export function initialState(config: StudioConfig = PRESET_CONFIGS.blog): StudioState {
  return {
    machine: { status: 'connecting' },
    opening: null,
    dataset: null,
    orientations: null,
    config,
    stage: 'photos',
    run: { state: 'idle', run: null },
    progress: null,
    lrFinder: null,
    baseline: null,
    sweep: null,
    finetune: null,
    experiments: {},
    experiment: EXPERIMENTS[0],
    kept: [],
    evaluation: null,
    weights: null,
    imported: null,
    fetching: null,
    shelf: null,
    plan: null,
    warnings: [],
    failure: null,
  };
}

/** What is lost when other photos or other weights come in. */
export const NO_RESULTS = {
  lrFinder: null,
  baseline: null,
  sweep: null,
  finetune: null,
  experiments: {},
  evaluation: null,
} as const;

/** What a step or an experiment has found so far; null before it was started. */
export function resultOf(state: StudioState, run: StepId | ExperimentId): object | null {
  return run === 'baseline' || run === 'sweep' || run === 'finetune' ? state[run] : (state.experiments[run] ?? null);
}

export const isBusy = (state: StudioState): boolean => state.run.state !== 'idle';
