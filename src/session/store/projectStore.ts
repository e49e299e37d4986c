/**
 * A project on disk, file by file: an index that names all else by its sequence and is written after it, so that a process
 * that ends at any moment leaves the project as it was before or after. Weights, photos and evaluations have two slots each,
 * the run that is going on another two, the weights that it keeps two more, and what it has said is a log.
 */
import type { RunRecord } from '../../engine/base/records';
import type { DatasetSettings } from '../../engine/dataset/settings';
import type { RunId } from '../../engine/experiments/meta';
import { type EvaluationState, type KeptState, RUN_STATE_VERSION, type RunState } from '../../engine/train/runState';
import type { QueuedRun, SeedStudy } from '../../protocol/queue';
import type { Results, RunResult } from '../../protocol/results';
import type { Checkpoint } from '../checkpoint';
import type { Manifest } from '../manifest';
import { readPlain, writePlain } from './plainFile';
import { RecordLog } from './recordLog';
import type { SlotFolder } from './slotFile';
import { SlotPair, type SlotReading } from './slotPair';

/** Changes with the meaning of what is kept. */
const PROJECT_VERSION = 1;

const SLOTS = ['imported', 'baseline', 'finetune'] as const;
export type KeptSlot = (typeof SLOTS)[number];

/** A checkpoint as plain data. */
export type StoredWeights = Omit<Checkpoint, 'evaluation'> & { evaluation: EvaluationState | null };

/** What a project comes to, besides weights. Plain data. */
export interface ProjectState {
  /** ISO date and time. */
  savedAt: string;
  data: { name: string; place: 'folder' | 'sample' | 'files'; settings: DatasetSettings; heldOut: number };
  results: Results;
  /** Runs that have ended since the photos were opened, in their order. */
  ended: readonly RunId[];
  /** That is going on: as it began. */
  running: RunResult | null;
  /** Missing from projects of earlier versions. */
  queue?: readonly QueuedRun[];
  seeds?: SeedStudy | null;
  /** A person has deleted it, and may think again until somebody asks for it. */
  deleted?: boolean;
}

/** Evaluations of each slot's weights, and of which pixels. */
export interface StoredEvaluations {
  pixels: string;
  of: Readonly<Partial<Record<KeptSlot, readonly EvaluationState[]>>>;
}

/** A training of several that a run is made of, or a measurement of its network, and what it came to. */
export interface NamedEvaluation {
  name: string;
  evaluation: EvaluationState;
}

/** Where a run stands. */
export interface StoredRun {
  /** Seconds that it has taken. */
  seconds: number;
  /** That is going on, or the last; null where none has begun. */
  training: RunState | null;
  /** Those before it. */
  ended: readonly NamedEvaluation[];
  /** What their networks were measured to be. */
  tested: readonly NamedEvaluation[];
  /** What it had said then, in order. */
  records: readonly RunRecord[];
}

/** How far a run was, without reading its state. */
export interface RunInfo {
  /** Of the training that was going on; 0 where none had begun. */
  epoch: number;
  /** Trainings before it. */
  trained: number;
  /** It goes on with what it has said. */
  measured: boolean;
}

interface Index {
  version: number;
  state: ProjectState;
  sequences: Readonly<Record<'manifest' | 'evaluations' | KeptSlot, number | null>>;
}

type Part = keyof Index['sequences'];
const PARTS: readonly Part[] = ['manifest', 'evaluations', ...SLOTS];

export interface StoredProject {
  state: ProjectState;
  manifest: Manifest;
  evaluations: StoredEvaluations | null;
  weights: Readonly<Partial<Record<KeptSlot, StoredWeights>>>;
}

export class ProjectStore {
  /** Of the newest index, and of what was written since. */
  private readonly sequences: Record<Part, number | null> = {
    manifest: null,
    evaluations: null,
    imported: null,
    baseline: null,
    finetune: null,
  };
  /** Of the weights that the newest state of the run names. */
  private keptSequence: number | null = null;
  /** Sequences that the newest index names: what must not be written over. */
  private indexed: Record<Part, number | null>;

  private constructor(
    private readonly pairs: Readonly<Record<Part | 'project' | 'run' | 'kept', SlotPair>>,
    private readonly log: RecordLog<readonly RunRecord[]>,
  ) {
    this.indexed = { ...this.sequences };
  }

  /** @throws Error as the host says it: it refuses, or another has it open. */
  static async open(folder: SlotFolder): Promise<ProjectStore> {
    const names = [...PARTS, 'project', 'run', 'kept'] as const;
    const opened: [string, SlotPair][] = [];
    try {
      // The first is the lock.
      for (const name of names.toReversed()) opened.push([name, await SlotPair.open(folder, name)]);
      const pairs = Object.fromEntries(opened) as Record<(typeof names)[number], SlotPair>;
      const store = new ProjectStore(pairs, new RecordLog(await folder.open('records')));
      store.readIndex();
      return store;
    } catch (error) {
      for (const [, pair] of opened) pair.close();
      throw error;
    }
  }

  /** What was found broken so far, by file. */
  get damages(): string[] {
    return Object.values(this.pairs).flatMap(({ damages }) => damages);
  }

  /** On the disk. */
  get bytes(): number {
    return Object.values(this.pairs).reduce((sum, { bytes }) => sum + bytes, this.log.fileBytes);
  }

  /** What the project comes to, without reading its weights; null where there is none. */
  readState(): ProjectState | null {
    return this.readIndex()?.state ?? null;
  }

  /** Null where there is none that is whole. */
  read(): StoredProject | null {
    const index = this.readIndex();
    if (!index) return null;
    const part = (name: Part) => {
      const wanted = index.sequences[name];
      return wanted === null ? null : plainOf(this.pairs[name].read(({ sequence }) => sequence === wanted));
    };
    const manifest = part('manifest') as Manifest | null;
    if (!manifest) return null;
    const weights = SLOTS.flatMap((slot) => {
      const stored = part(slot) as StoredWeights | null;
      return stored ? [[slot, stored] as const] : [];
    });
    const evaluations = part('evaluations') as StoredEvaluations | null;
    return { state: index.state, manifest, evaluations, weights: Object.fromEntries(weights) };
  }

  private readIndex(): Index | null {
    const index = plainOf(this.pairs.project.read()) as Index | null;
    if (!index || index.version !== PROJECT_VERSION) return null;
    Object.assign(this.sequences, index.sequences);
    this.indexed = { ...this.sequences };
    return index;
  }

  /** A part, or that there is none of it. It counts with the next index. */
  writePart(name: 'manifest', value: Manifest): void;
  writePart(name: 'evaluations', value: StoredEvaluations): void;
  writePart(name: KeptSlot, value: StoredWeights | null): void;
  writePart(name: Part, value: unknown): void {
    this.sequences[name] =
      value === null ? null : this.pairs[name].write({ what: name }, writePlain(value), this.indexed[name]);
  }

  writeIndex(state: ProjectState): void {
    const index: Index = { version: PROJECT_VERSION, state, sequences: { ...this.sequences } };
    this.pairs.project.write({ what: 'project', savedAt: state.savedAt }, writePlain(index));
    this.indexed = { ...this.sequences };
  }

  /** What was said before is forgotten: a run begins. */
  beginLog(): void {
    this.log.truncate(0);
    this.keptSequence = null;
  }

  appendRecords(records: readonly RunRecord[]): void {
    this.log.append(records);
  }

  /**
   * `beginsAnew`: nothing that was said so far is gone on from. `keptAnew`: the weights that the state keeps are not those
   * that it kept when it was written last.
   */
  writeRun(
    id: string,
    { seconds, training, ended, tested, beginsAnew }: Omit<StoredRun, 'records'> & { beginsAnew: boolean },
    keptAnew: boolean,
  ): void {
    const { kept = null, ...rest } = training ?? {};
    this.log.flush();
    let { keptSequence } = this;
    if (!kept) keptSequence = null;
    else if (keptAnew || keptSequence === null)
      keptSequence = this.pairs.kept.write({ what: 'kept', id }, writePlain(kept), this.keptSequence);
    const log = beginsAnew ? 0 : this.log.bytes;
    const payload = { seconds, training: training && { ...rest, kept: null }, ended, tested, kept: keptSequence, log };
    const { epoch = 0 } = training?.position ?? {};
    const info = { what: 'run', id, epoch, trained: ended.length, measured: !beginsAnew && log > 0 };
    this.pairs.run.write(info, writePlain(payload));
    this.keptSequence = keptSequence;
  }

  /** What stands beside the newest state of that run. */
  runInfo(id: string): RunInfo | null {
    const info = this.pairs.run.newest(({ info: { id: of } }) => of === id);
    return (
      info && { epoch: Number(info['epoch']), trained: Number(info['trained']), measured: info['measured'] === true }
    );
  }

  /** The newest state of that run that is whole with all that it names; null where it begins at its beginning. */
  readRun(id: string): StoredRun | null {
    for (let before = Infinity; ;) {
      const reading = this.pairs.run.read(({ sequence, info }) => info['id'] === id && sequence < before);
      if (!reading) return null;
      const run = this.resolved(plainOf(reading) as Parameters<ProjectStore['resolved']>[0] | null);
      if (run) return run;
      before = reading.sequence;
    }
  }

  private resolved(
    stored: (Omit<StoredRun, 'records'> & { kept: number | null; log: number }) | null,
  ): StoredRun | null {
    if (!stored) return null;
    const { seconds, training, ended, tested, kept: wanted, log } = stored;
    // Of an earlier version, where none were kept.
    if (!Array.isArray(ended) || !Array.isArray(tested)) return null;
    if (training && training.version !== RUN_STATE_VERSION) return null;
    const kept =
      wanted === null
        ? null
        : (plainOf(this.pairs.kept.read(({ sequence }) => sequence === wanted)) as KeptState | null);
    if (wanted !== null && !kept) return null;
    const records = this.log.readUntil(log);
    if (!records) return null;
    this.keptSequence = wanted;
    return { seconds, training: training && { ...training, kept }, ended, tested, records: records.flat() };
  }

  /** Nothing is kept any more, and the disk has its room back. */
  clear(): void {
    for (const pair of Object.values(this.pairs)) pair.clear();
    this.log.truncate(0);
    this.keptSequence = null;
    for (const part of PARTS) this.sequences[part] = this.indexed[part] = null;
  }

  close(): void {
    for (const pair of Object.values(this.pairs)) pair.close();
    this.log.close();
  }
}

/** What cannot be read was written by another version, and is not there for this one. */
function plainOf(reading: SlotReading | null): unknown {
  if (!reading) return null;
  try {
    return readPlain(reading.payload);
  } catch {
    return null;
  }
}
