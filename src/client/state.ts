/** Everything the page shows, as plain data. The reducer and the controller write it; React only draws it. */
import type { ErrorData } from '../engine/base/errors';
import type { DatasetSummary, EditSummary, Orientations } from '../engine/dataset/types';
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
  EpochRecord,
  ExperimentRow,
  GpuCheck,
  MachineBenchmark,
  RatePoint,
  SuggestedRates,
  SweepPoint,
} from '../engine/base/records';
import type { Progress, RunPlan, RunState } from '../protocol/messages';
import type { KeptProject, OpenProject, UnfinishedRun } from '../protocol/projects';
import type { Predicted, TryProgress } from '../protocol/trials';
import type { FetchProgress, ShelvedModel, WeightsInfo, WeightsOrigin, WeightsSlot } from '../protocol/weights';
import { NO_QUEUE, type RunQueue, type SeedStudy } from '../protocol/queue';
import type { RunResult } from '../protocol/results';
import { type CheckProgress, type MapProgress, type Measured, NO_COPIES, type SplitCopies } from '../protocol/photos';
import { NO_CHANGES, type PhotoDraft } from './photoDraft';
import { ALL_PHOTOS, type PhotoFilter } from './photoFilter';

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

/** Of a training, a sweep, a search for a learning rate, an experiment: what it has found so far. */
export type TrainingResult = RunResult;
export type SweepResult = RunResult;
export type RateSearch = RunResult;
export type ExperimentResult = RunResult;

/** The steps on one baseline, or on weights that were opened. Plain data. */
export interface KeptRun {
  /** When its first step started, ISO. */
  id: string;
  name: string;
  note: string;
  /** In the order that they were given; missing where none were. */
  tags?: readonly string[];
  dataset: { name: string; trainCount: number; validationCount: number; edits?: EditSummary };
  config: StudioConfig;
  baseline: readonly EpochRecord[];
  sweep: readonly SweepPoint[];
  finetune: { size: number; epochs: readonly EpochRecord[] } | null;
  experiments: Partial<Record<string, readonly ExperimentRow[]>>;
  /** These are missing from runs that older versions kept. */
  lrFinder?: { rates: readonly RatePoint[]; suggested: SuggestedRates | null } | null;
  evaluation?: RunResult['evaluation'];
  shift?: RunResult['shift'];
  /** The baseline's own view, measured beside the sweep. */
  reference?: SweepPoint | null;
  /** Of the weights that came of it. */
  history?: readonly WeightsOrigin[];
}

export interface Failure {
  during:
    | 'opening'
    | 'starting'
    | 'running'
    | 'weights'
    | 'hub'
    | 'exporting'
    | 'trying'
    | 'checking'
    | 'mapping'
    | 'machine';
  error: ErrorData;
  /** Nothing works until the page is loaded again. */
  fatal: boolean;
}

/** How fast this machine trains, as it was measured. */
export type MachineSpeed = Pick<MachineBenchmark, 'flopsPerSecond' | 'blogSeconds' | 'loadingBound'>;

export interface StudioState {
  /** The project that another tab works on and this one shows, by its id; null: this one works. */
  watching: string | null;
  machine: Machine;
  /** How fast it trains, measured now or on an earlier visit; null before. */
  speed: MachineSpeed | null;
  /** The last check of this GPU, on this visit or an earlier one. */
  gpuCheck: GpuCheck | null;
  /** It is being measured, in the background. */
  measuring: boolean;
  /** A folder is being listed; `files` found so far. */
  opening: { name: string; files: number } | null;
  dataset: DatasetSummary | null;
  /** Of its photos, as far as they have been looked at; null before, and where there is nothing to look for. */
  orientations: Orientations | null;
  /** None before they have been looked for. */
  splitCopies: SplitCopies;
  config: StudioConfig;
  stage: StageId;
  /** The settings of the chosen stage's run are open. */
  settingsOpen: boolean;
  /** What is queued is open, and what may be. */
  queueOpen: boolean;
  /** What each stage shows large, by the tab's id; a stage that is missing shows its first. */
  tabs: Partial<Record<StageId, string>>;
  /** Every photo is being looked at. */
  checking: CheckProgress | null;
  /** The map of the photos that is being made. */
  mapping: MapProgress | null;
  /** Changes to photos that are not made yet. */
  photoDraft: PhotoDraft;
  /** Which photos the grid of all of them shows. */
  photoFilter: PhotoFilter;
  /** Whose class maps the grid shows, two at most beside one another. */
  gridMaps: readonly Measured[];
  /** Which of the photos that the filter leaves stood first in the grid when it was last left. */
  gridPlace: number;
  /** Which weights Export hands out. */
  exportSlot: WeightsSlot;
  run: { state: RunState; run: RunId | null };
  progress: Progress | null;
  /** Runs that are to come. */
  queue: RunQueue;
  /** What several seeds have come to. */
  seeds: SeedStudy | null;
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
  evaluate: RunResult | null;
  /** The best in memory; null while there are none. */
  weights: WeightsInfo | null;
  /** Which of them these are: the best by what was measured. */
  weightsSlot: Exclude<WeightsSlot, 'best'>;
  /** Why they cannot be measured on the open photos, if so. */
  misfit: string | null;
  /** The file opened last, which stays where a baseline starts from, whatever is trained after. */
  imported: WeightsInfo | null;
  /** Photos without labels are being tried. */
  trying: TryProgress | null;
  /** What is usual is measured first, to tell what is not. */
  tryUnlike: boolean;
  /** Test sizes, px, over which trials are averaged; empty: the weights' own. */
  trySizes: readonly number[];
  /** What came of those that were tried last. */
  tried: Predicted | null;
  /** A file is coming from the Hub. */
  fetching: FetchProgress | null;
  /** Files from there that are kept on this computer; null before anybody looked. */
  shelf: readonly ShelvedModel[] | null;
  /** Of the chosen stage's run with the present settings; where it is long, the seconds that a quick look would take. */
  plan: { run: RunId; plan: RunPlan; quickSeconds?: number | null } | null;
  warnings: readonly string[];
  /** That are kept, the one used last first; as they were listed last. */
  projects: readonly KeptProject[];
  /** The list of them is open. */
  projectsOpen: boolean;
  /** What is worked on is kept as that project; null before there is anything to keep. */
  project: OpenProject | null;
  /**
   * A kept project whose photos could not be opened: those that come next are compared with them. `tried`: others. `refused`:
   * the browser may be asked once more for leave to read them.
   */
  wanted: (OpenProject & { tried: FileSystemDirectoryHandle | null; refused: boolean }) | null;
  /** The open project's run that has not ended, until it goes on. */
  interrupted: UnfinishedRun | null;
  /** Changes to the open photos that were made after the open project was kept, as a setting; null where there are none. */
  laterEdits: string | null;
  /**
   * When the run was written to disk last, ISO; why it is not, if so; and whether the browser has promised to keep what is,
   * null before it was asked.
   */
  saved: { at: string | null; failure: string | null; lasts: boolean | null };
  /** Until when, ISO, at the latest, a GPU is waited for that the browser keeps back. */
  gpuAwaited: string | null;
  failure: Failure | null;
}

export function initialState(config: StudioConfig = PRESET_CONFIGS.blog): StudioState {
  return {
    watching: null,
    machine: { status: 'connecting' },
    speed: null,
    gpuCheck: null,
    measuring: false,
    opening: null,
    dataset: null,
    orientations: null,
    splitCopies: NO_COPIES,
    config,
    stage: 'photos',
    settingsOpen: false,
    queueOpen: false,
    tabs: {},
    checking: null,
    mapping: null,
    photoDraft: NO_CHANGES,
    photoFilter: ALL_PHOTOS,
    gridMaps: [],
    gridPlace: 0,
    exportSlot: 'best',
    run: { state: 'idle', run: null },
    progress: null,
    queue: NO_QUEUE,
    seeds: null,
    lrFinder: null,
    baseline: null,
    sweep: null,
    finetune: null,
    experiments: {},
    experiment: EXPERIMENTS[0]!,
    kept: [],
    evaluate: null,
    weights: null,
    weightsSlot: 'baseline',
    misfit: null,
    imported: null,
    trying: null,
    tryUnlike: false,
    trySizes: [],
    tried: null,
    fetching: null,
    shelf: null,
    plan: null,
    warnings: [],
    projects: [],
    projectsOpen: false,
    project: null,
    wanted: null,
    interrupted: null,
    laterEdits: null,
    saved: { at: null, failure: null, lasts: null },
    gpuAwaited: null,
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
  evaluate: null,
} as const;

/** What a step or an experiment has found so far; null before it was started. */
export function resultOf(state: StudioState, run: StepId | ExperimentId): object | null {
  return run === 'baseline' || run === 'sweep' || run === 'finetune' ? state[run] : (state.experiments[run] ?? null);
}

export const isBusy = ({ run, queue, trying, checking, mapping }: StudioState): boolean =>
  run.state !== 'idle' || queue.going || trying !== null || checking !== null || mapping !== null;
