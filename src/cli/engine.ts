/** What runs the studio for the terminal: the built page in a browser, or a session in Node. */
import type { DatasetSettings } from '../engine/dataset/settings';
import type { DatasetSummary } from '../engine/dataset/types';
import type { PresetId, RunId, StepId } from '../engine/experiments/meta';
import type { ModelFormat } from '../engine/exports/meta';
import type { AdapterReport } from '../engine/gpu/report';
import type { Commands, ExportKind, Progress, Proof, QueuePlan } from '../protocol/messages';
import type { SplitCopies } from '../protocol/photos';
import type { LeftProject } from '../protocol/projects';
import type { Predicted, TriedFile, TryProgress } from '../protocol/trials';
import type { WeightsInfo } from '../protocol/weights';
import type { QueuedRun, SeedStudy } from '../protocol/queue';
import type { RunResult } from '../protocol/results';

export const ENGINES = ['chromium', 'node'] as const;
export type EngineId = (typeof ENGINES)[number];

/** What the terminal shows of a run. Curves may be left out. */
export interface RunStatus {
  progress: Progress | null;
  /** The last run of that kind. */
  result: RunResult | null;
  steps: Readonly<Record<StepId, RunResult | null>>;
  dataset: DatasetSummary | null;
  warnings: readonly string[];
  splitCopies: SplitCopies;
}

/** What a trial came to, without the answers, which the tables have. */
export type TrialSummary = Pick<Predicted, 'views' | 'viewIsGuessed' | 'others' | 'unreadable' | 'seconds'> & {
  photos: number;
};

/** How a network is exported. */
export type ExportHow = Pick<Commands['exportModel']['ask'], 'prove' | 'onnx'>;

/** Every method throws StudioError as the studio fails. */
export interface Engine {
  readonly adapter: AdapterReport;
  /** Rejects when it dies by itself; never resolves. */
  readonly died: Promise<never>;
  /** What an earlier program has left in the project's folder; null where there is nothing, or nothing is kept. */
  kept(): Promise<LeftProject | null>;
  /**
   * A folder by its path, or the sample; `again`: those of the kept project of that id, which is taken up. `onFiles` is told
   * how many files were listed so far.
   */
  openPhotos(
    photos: { folder: string | null; settings: DatasetSettings; again: string | undefined },
    onFiles: (files: number) => void,
  ): Promise<DatasetSummary | null>;
  configure(preset: PresetId, settings: Readonly<Record<string, string>>): Promise<void>;
  openWeights(init: { file: string } | { hub: string }): Promise<WeightsInfo | null>;
  /** One run that is not queued. Resolves when it is done or was stopped. */
  start(run: RunId): Promise<void>;
  /** What the runs would take, all of them once a seed. */
  planQueue(runs: readonly RunId[], seeds: number): Promise<QueuePlan>;
  /** Runs that are to come, once a seed. */
  enqueue(runs: readonly RunId[], seeds: number): Promise<void>;
  queue(): Promise<readonly QueuedRun[]>;
  /** The first of the queue. Resolves when it is done or was stopped. */
  startNext(): Promise<void>;
  /** The run that was interrupted goes on. Resolves as `startNext`. */
  goOn(): Promise<void>;
  /** What several seeds have come to so far. */
  seeds(): Promise<SeedStudy | null>;
  status(run: RunId): Promise<RunStatus>;
  stop(): Promise<void>;
  /** Pauses the run that goes on once it is saved as it stands; false where it cannot be. */
  pauseSaved(): Promise<boolean>;
  /**
   * Photos without labels through the open weights: a folder's, or one, by its path; averaged over `sizes`, px, where there are
   * some. Null where it was stopped.
   */
  tryPhotos(
    target: string,
    sizes: readonly number[],
    onProgress: (progress: TryProgress) => void,
  ): Promise<TrialSummary | null>;
  writeTried(what: TriedFile, file: string): Promise<void>;
  /** Lays the photos out as a map, by the best weights. */
  mapPhotos(): Promise<void>;
  write(kind: ExportKind, file: string): Promise<void>;
  /** The zip archive with which PyTorch goes on elsewhere. */
  trainElsewhere(): Promise<Blob>;
  /** A folder of results from there, by its path. */
  importResults(folder: string): Promise<readonly RunId[]>;
  model(format: ModelFormat, how: ExportHow): Promise<{ blob: Blob; proofs: readonly Proof[] }>;
  close(): Promise<void>;
}
