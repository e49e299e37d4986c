/**
 * The words between the page and the engine's worker: commands one way, events the other.
 * Every command has an id and is answered by one `reply`; everything else the worker says is an event.
 */
import type { Agreement } from '../engine/analysis/agreement';
import type { ApparentBin } from '../engine/analysis/apparentAccuracy';
import type { ApparentSize } from '../engine/analysis/apparentSize';
import type { StepQuality } from '../engine/analysis/stepQuality';
import type { ModelFormat, OnnxOptions } from '../engine/exports/meta';
import type { ErrorData } from '../engine/base/errors';
import type { DatasetSettings } from '../engine/dataset/settings';
import type { DatasetSummary, Orientations, Split } from '../engine/dataset/types';
import type { RunId, StepId, StudioConfig } from '../engine/experiments/meta';
import type { AdapterReport } from '../engine/gpu/report';
import type { CheckProgress, MapProgress, PhotoCommands, SplitCopies } from './photos';
import type { OpenProject, ProjectCommands, UnfinishedRun } from './projects';
import type { RunQueue, SeedStudy } from './queue';
import type { GpuCheck, MachineBenchmark, MetricChange, RunRecord } from '../engine/base/records';
import type { CopiesUse, Ended, Results, RunResult } from './results';
import type { Predicted, TriedFile, TriedPhoto, TryOptions, TryProgress } from './trials';
import type { FetchProgress, HubModel, ShelvedModel, WeightsInfo, WeightsSlot } from './weights';

export interface NamedFile {
  path: string;
  file: File;
}

/** Photos that join the open ones: what they show, or null where their own folders or tables say it. */
export interface Addition {
  label: string | null;
  /** What those of a label are for, where the open photos' splits are given; training if not said. */
  split?: Split;
}

/** Whose project the photos are. */
export interface Again {
  /** Of this one, by its id, which is taken up again; refused where they are others. */
  again?: string;
  /** Of whichever was made of these very photos, if there is one. */
  recognise?: boolean;
}

/** What each command asks and what its reply carries. */
export interface Commands extends PhotoCommands, ProjectCommands {
  /** Request the adapter and the device; compile nothing yet. */
  connect: { ask: object; reply: AdapterReport };
  /** A folder that the host lists and reads itself: by a directory handle in Chromium, by its path in Node. */
  openDirectory: {
    ask: { handle: FileSystemDirectoryHandle | string; settings?: DatasetSettings; add?: Addition } & Again;
    reply: DatasetSummary;
  };
  /** Elsewhere: files in portions; the last one has `last: true` and is answered with the summary. */
  openFiles: {
    ask: { name: string; files: NamedFile[]; last: boolean; add?: Addition } & Again;
    reply: DatasetSummary | null;
  };
  openSample: { ask: Again; reply: DatasetSummary };
  /** Understands the open folder anew, as a person has decided. */
  understand: { ask: { settings: DatasetSettings }; reply: DatasetSummary };
  /** How large things look in the test views beside the training views, on the folder's own photo sizes. */
  apparentSizes: { ask: { config: StudioConfig }; reply: ApparentSizes };
  /** Where the baseline's weights are right, by how large things look to them; null where that cannot be told. */
  apparentAccuracy: { ask: object; reply: ApparentAccuracy | null };
  /** Smaller copies of the open photos: what they would take with these settings, and what is kept. */
  copies: { ask: { config: StudioConfig }; reply: CopiesReport };
  /** Deletes all that are kept, of other folders too. */
  clearCopies: { ask: object; reply: object };
  /** What the network said of each validation photo, step by step. */
  answers: { ask: object; reply: Answers };
  /** What a run would take, before it starts; in seconds, where none has run yet, at the rate that was measured before. */
  plan: { ask: { run: RunId; config: StudioConfig; flopsPerSecond?: number | undefined }; reply: RunPlan };
  /** Replies when the run has ended: done or stopped. Fails as the run fails. */
  start: { ask: { run: RunId; config: StudioConfig }; reply: { ended: 'done' | 'stopped' } };
  /** What `queue` would take, all of it. */
  planQueue: { ask: QueueAsk & { flopsPerSecond?: number | undefined }; reply: QueuePlan };
  /** Runs that are to come, behind those that are queued already; while a run goes on, too. */
  enqueue: { ask: QueueAsk; reply: object };
  /** Queued runs that have not begun, by their ids in their new order; those that are left out are dropped. */
  arrangeQueue: { ask: { ids: readonly number[] }; reply: object };
  /**
   * Goes through what is queued, or `most` runs of it; replies when it is through or one was stopped, which leaves the rest
   * queued. Fails as a run fails, whose rest stays queued, too.
   */
  runQueue: { ask: { most?: number }; reply: { ended: 'done' | 'stopped' } };
  pause: { ask: object; reply: object };
  resume: { ask: object; reply: object };
  stop: { ask: object; reply: object };
  /**
   * The run that an earlier session did not end goes on from where it was saved, and then what is queued, or `most` runs in
   * all; replies as `runQueue`.
   */
  goOn: { ask: { most?: number }; reply: { ended: 'done' | 'stopped' } };
  /** Saves the run that is going on as soon as can be: the page is about to be hidden. */
  save: { ask: object; reply: object };
  /** Forgets which kernels proved quickest on this adapter. */
  forgetChoices: { ask: object; reply: object };
  /** Times the reference network's training for about a minute; if `quick` for some seconds, and any job stops it: `busy`. */
  benchmark: { ask: { config: StudioConfig; quick?: boolean }; reply: MachineBenchmark };
  /** A training step in our kernels and in stock TensorFlow.js, compared. */
  checkGpu: { ask: object; reply: GpuCheck };
  /** Starting weights from a `.safetensors` file, or one of torch.save's; replaces those in memory. */
  importWeights: { ask: { file: Blob; name: string }; reply: WeightsInfo };
  /** Opened weights go, and a baseline starts from random ones; `cleared`: results that stood on them went, too. */
  closeWeights: { ask: object; reply: { cleared: boolean } };
  /** What a model of the Hugging Face Hub has for us. This and `download` alone ask the network. */
  lookUp: { ask: { id: string }; reply: HubModel };
  /** Replies when the model's file is whole and checked, or the download was stopped. */
  download: { ask: { model: HubModel }; reply: { ended: 'done' | 'stopped' } };
  stopDownload: { ask: object; reply: object };
  /** The models whose files are kept on this computer, whole or in part. */
  shelf: { ask: object; reply: readonly ShelvedModel[] };
  openShelved: { ask: { id: string }; reply: WeightsInfo };
  removeShelved: { ask: { id: string }; reply: object };
  /** Photos without labels through the chosen weights: in portions, as `openFiles`; the last is answered. */
  tryFiles: { ask: TryOptions & { name: string; files: NamedFile[]; last: boolean }; reply: Predicted | null };
  tryDirectory: { ask: TryOptions & { handle: FileSystemDirectoryHandle | string }; reply: Predicted };
  /** What was looked at so far is let go of. */
  stopTrying: { ask: object; reply: object };
  /** One of the photos tried last, as the network was given it, and where it saw a class. `row` counts in `photos` of that trial. */
  triedPhoto: { ask: { trial: number; row: number; label: number }; reply: TriedPhoto };
  exportTried: { ask: { what: TriedFile }; reply: ExportedBlob };
  /** A folder in which PyTorch goes on with the run, as a zip archive; `config`: for whatever has not begun. */
  trainElsewhere: { ask: { config: StudioConfig }; reply: ExportedBlob };
  /** What came of it there takes the place of the results and weights in memory. The same photos must be open. */
  importResults: { ask: { files: NamedFile[] }; reply: { runs: readonly RunId[] } };
  exportFile: { ask: { what: ExportKind; weights?: WeightsSlot }; reply: ExportedBlob };
  /**
   * A network as another program's file. With `prove` it is opened by that program first, and fails with `export-differs`
   * where that says something else than the network: refused while a run goes on.
   */
  exportModel: {
    ask: { format: ModelFormat | 'everything'; weights?: WeightsSlot; prove: boolean; onnx?: Partial<OnnxOptions> };
    reply: ExportedBlob & { proofs: readonly Proof[]; refused: readonly ExportRefusal[] };
  };
}

export interface QueueAsk {
  runs: readonly RunId[];
  config: StudioConfig;
  /** How many seeds, from the configuration's own on, they are gone through with. */
  seeds: number;
}

export interface StepPredictions {
  /** The baseline in its own view, at the best size of the sweep, and fine-tuned. */
  step: StepId;
  /** Of the view, px; `size` is the test resolution. */
  resize: number;
  size: number;
  /** A class a validation photo; -1 where it could not be read. */
  predictions: Int32Array<ArrayBuffer>;
  /** Suspects by their place among all validation photos. */
  quality: StepQuality;
}

export interface Answers {
  /** Of the validation photos. */
  labels: Int32Array<ArrayBuffer>;
  /** What has been measured so far. */
  steps: readonly StepPredictions[];
  /** From each step to every later one by what is chosen by, where that is not accuracy. */
  changes: readonly { before: StepId; after: StepId; metric: MetricChange }[];
}

export interface CopiesReport {
  /** The smallest shorter side, px, at which no view of these settings loses detail. */
  losslessSide: number;
  /** Photos that would be copied, and what that takes; null if copies are off, or no photo could be read. */
  estimate: { photos: number; bytes: number } | null;
  stored: { count: number; bytes: number };
  /** That the browser still allows; null if it does not say. */
  freeBytes: number | null;
}

export interface ApparentSizes {
  /** Whose sizes were read. */
  photos: number;
  /** The baseline's own test view, then the sweep's. */
  views: readonly {
    resize: number;
    crop: number;
    /** Of a photo's area, 0 to 1. */
    shown: number;
    apparent: ApparentSize;
  }[];
  /** The test size, px, at which things would look as large as in training; null if there is none. */
  alike: number | null;
}

/** At each test size that the baseline's weights were measured at. */
export interface ApparentAccuracy {
  /** How large things are in the photos; else they are taken to fill the same part of each. */
  known: boolean;
  /** Validation photos whose sizes could be read, of those that were asked about. */
  photos: number;
  /** Ratios of r_test to r_train; by test size. */
  views: readonly { size: number; resize: number; bins: readonly ApparentBin[] }[];
}

export interface ExportedBlob {
  blob: Blob;
  fileName: string;
}

/** What a file says beside the network in memory, on the same photos. */
export interface Proof extends Agreement {
  format: ModelFormat;
  /** What was compared. */
  output: OnnxOptions['output'];
  /** Name and version of the program that opened it. */
  runtime: string;
  /** Of the photos' view, px. */
  size: number;
}

/** A format that cannot say what the network does. */
export interface ExportRefusal {
  format: ModelFormat;
  reason: string;
}

export type ExportKind =
  | 'weights'
  | 'metrics'
  | 'predictions'
  | 'metricsCsv'
  | 'tensorboard'
  | 'checkpoint'
  | 'photos'
  | 'map'
  | 'report';
export type CommandKind = keyof Commands;

export type CommandMessage = {
  [K in CommandKind]: { id: number; kind: K; ask: Commands[K]['ask'] };
}[CommandKind];

export interface RunPlan {
  /** Optimiser steps, 0 for runs that only evaluate. */
  steps: number;
  /** Photos that will be looked at, views counted. */
  images: number;
  /** GPU memory at its peak, bytes: the step's own allocations, counted. */
  memoryBytes: number;
  /** Photos that go through the network at once; smaller than the batch where that does not fit. */
  microBatch: number;
  /** Estimated seconds, from what this adapter has done so far; null before anything was measured. */
  seconds: number | null;
  /** Why it cannot run here, with what would help. */
  refusal: ErrorData | null;
  /** Times that this adapter was lost at a step of this size. */
  losses: number;
}

/** Of several runs: sums, and the most memory that any of them takes. */
export type QueuePlan = Pick<RunPlan, 'images' | 'memoryBytes' | 'seconds' | 'refusal'>;

export interface Progress {
  run: RunId;
  /** What is being done now: choosing and compiling kernels are named as such. */
  phase: 'tuning' | 'compiling' | 'training' | 'evaluating';
  /** From 1; 0 in runs without epochs. */
  epoch: number;
  epochs: number;
  /** Batches done in this epoch or evaluation, or operations tuned. */
  batch: number;
  batches: number;
  /** Resolution in px of the batches now going through. */
  size: number;
  imagesPerSecond: number | null;
  epochSecondsLeft: number | null;
  runSecondsLeft: number | null;
  /** Of the whole run, by its planned work, 0 to 1. */
  fraction: number;
}

export type RunState = 'idle' | 'running' | 'paused' | 'stopping';

export type StudioEvent =
  /** What is worked on is kept as that project; null before there is anything to keep. */
  | { kind: 'project'; project: OpenProject | null }
  | { kind: 'listing'; files: number }
  | { kind: 'dataset'; summary: DatasetSummary }
  /** Photos of the open folder that EXIF wants turned, as far as they have been looked at. */
  | { kind: 'orientations'; orientations: Orientations }
  | { kind: 'splitCopies'; copies: SplitCopies }
  | { kind: 'runState'; state: RunState; run: RunId | null }
  | { kind: 'runStarted'; result: RunResult }
  | { kind: 'progress'; progress: Progress }
  /** What a run has said since the last time: to be folded into its result by `reduceRun`. */
  | { kind: 'records'; id: string; records: RunRecord[] }
  | {
      kind: 'runEnded';
      id: string;
      ended: Exclude<Ended, 'running'>;
      error: ErrorData | null;
      seconds: number;
      copies: CopiesUse | null;
    }
  /**
   * The best weights in memory, and which they are; null once the last are gone. `misfit`: why they cannot be measured on the
   * open photos, if so.
   */
  | { kind: 'weights'; info: WeightsInfo | null; slot: Exclude<WeightsSlot, 'best'>; misfit: string | null }
  /** A file is coming from the Hub; null once it is there, or stopped. */
  | { kind: 'fetching'; progress: FetchProgress | null }
  /** Photos are being tried; null once that is over. */
  | { kind: 'trying'; progress: TryProgress | null }
  /** Every photo is being looked at; null once that is over. */
  | { kind: 'checking'; progress: CheckProgress | null }
  /** The photos are being laid out as a map; null once that is over. */
  | { kind: 'mapping'; progress: MapProgress | null }
  | { kind: 'warning'; message: string }
  /** What is to come has changed, or what several seeds have come to so far; null where that is nothing. */
  | { kind: 'queue'; queue: RunQueue; seeds: SeedStudy | null }
  /**
   * An earlier session's results, in the place of those before, and the run that it did not end. `laterEdits`: the changes to
   * its photos as they were made last, where that was after it was kept; null where these are its own.
   */
  | { kind: 'restored'; results: Results; unfinished: UnfinishedRun | null; laterEdits: string | null }
  /** The run is on disk as it stood then; or why it is not. */
  | { kind: 'saved'; at: string | null; failure: string | null }
  /** The run on it ends by itself; the next one asks for a device anew. */
  | { kind: 'deviceLost'; error: ErrorData }
  /** The browser keeps the GPU from the page, at the latest until then (ISO); null once it is there, or given up. */
  | { kind: 'gpuAwaited'; until: string | null };

/** What a worker is called whose page is driven by a program. */
export const DRIVEN = 'driven';

export type WorkerMessage =
  | { kind: 'reply'; id: number; ok: true; result: unknown }
  | { kind: 'reply'; id: number; ok: false; error: ErrorData }
  | { kind: 'event'; event: StudioEvent };

/** Messages that are not ours (browser extensions post, too) are dropped by these guards. */
export function isCommandMessage(data: unknown): data is CommandMessage {
  return isObject(data) && typeof data['id'] === 'number' && typeof data['kind'] === 'string' && isObject(data['ask']);
}

export function isWorkerMessage(data: unknown): data is WorkerMessage {
  return isObject(data) && (data['kind'] === 'reply' || data['kind'] === 'event');
}

function isObject(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null;
}
