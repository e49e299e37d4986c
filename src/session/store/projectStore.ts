/**
 * A project on disk, file by file: an index that names all else by its sequence and is written after it, so that a process
 * that ends at any moment leaves the project as it was before or after. Weights, photos and evaluations have two slots each,
 * the run that is going on another two, the weights that it keeps two more, and what it has said is a log.
 */
import type { RunRecord } from '../../engine/base/records';
import { type EvaluationState, type KeptState, RUN_STATE_VERSION, type RunState } from '../../engine/train/runState';
import { LOSABLE, type LosablePart } from '../../protocol/projects';
import type { Checkpoint } from '../checkpoint';
import type { Manifest } from '../manifest';
import { writePlain } from './plainFile';
import {
  type Index,
  indexIn,
  type KeptSlot,
  labelIn,
  PAIRS,
  type Part,
  plainOf,
  PROJECT_VERSION,
  type ProjectLabel,
  type ProjectState,
  type RunInfo,
  runInfoIn,
  SLOTS,
} from './projectIndex';
import { RecordLog } from './recordLog';
import type { SlotFolder } from './slotFile';
import { SlotPair } from './slotPair';

/** A checkpoint as plain data. */
export type StoredWeights = Omit<Checkpoint, 'evaluation'> & { evaluation: EvaluationState | null };

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
  /** What the host called itself that saved it: a browser, Node; missing from earlier versions. */
  by?: string;
  /** What it had said then, in order. */
  records: readonly RunRecord[];
}

export interface StoredProject {
  state: ProjectState;
  manifest: Manifest;
  evaluations: StoredEvaluations | null;
  weights: Readonly<Partial<Record<KeptSlot, StoredWeights>>>;
  /** What there was as well, and is not whole. */
  lost: readonly LosablePart[];
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
    private readonly folder: SlotFolder,
    private readonly pairs: Readonly<Record<(typeof PAIRS)[number], SlotPair>>,
    private readonly log: RecordLog<readonly RunRecord[]>,
  ) {
    this.indexed = { ...this.sequences };
  }

  /** @throws Error as the host says it: it refuses, or another has it open. */
  static async open(folder: SlotFolder): Promise<ProjectStore> {
    const opened: [string, SlotPair][] = [];
    try {
      // The first is the lock.
      for (const name of PAIRS.toReversed()) opened.push([name, await SlotPair.open(folder, name)]);
      const pairs = Object.fromEntries(opened) as Record<(typeof PAIRS)[number], SlotPair>;
      const store = new ProjectStore(folder, pairs, new RecordLog(await folder.open('records')));
      store.readIndex();
      return store;
    } catch (error) {
      for (const [, pair] of opened) pair.close();
      folder.release();
      throw error;
    }
  }

  /** What was found broken so far, by file. */
  get damages(): string[] {
    return Object.values(this.pairs).flatMap(({ damages }) => damages);
  }

  readLabel(): ProjectLabel {
    return labelIn(this.pairs.label);
  }

  writeLabel(label: ProjectLabel): void {
    this.pairs.label.write({ what: 'label', ...label }, []);
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
    const read: Partial<Record<Part, unknown>> = { manifest, evaluations, ...Object.fromEntries(weights) };
    const lost = LOSABLE.filter((name) => index.sequences[name] !== null && !read[name]);
    return { state: index.state, manifest, evaluations, weights: Object.fromEntries(weights), lost };
  }

  private readIndex(): Index | null {
    const index = indexIn(this.pairs.project);
    if (!index) return null;
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
    { training, beginsAnew, ...run }: Omit<StoredRun, 'records'> & { beginsAnew: boolean },
    keptAnew: boolean,
  ): void {
    const { kept = null, ...rest } = training ?? {};
    this.log.flush();
    let { keptSequence } = this;
    if (!kept) keptSequence = null;
    else if (keptAnew || keptSequence === null)
      keptSequence = this.pairs.kept.write({ what: 'kept', id }, writePlain(kept), this.keptSequence);
    const log = beginsAnew ? 0 : this.log.bytes;
    const payload = { ...run, training: training && { ...rest, kept: null }, kept: keptSequence, log };
    const { epoch = 0 } = training?.position ?? {};
    const info = { what: 'run', id, epoch, trained: run.ended.length, measured: !beginsAnew && log > 0 };
    this.pairs.run.write(info, writePlain(payload));
    this.keptSequence = keptSequence;
  }

  /** What stands beside the newest state of that run. */
  runInfo(id: string): RunInfo | null {
    return runInfoIn(this.pairs.run, id);
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
    const { training, kept: wanted, log, ...run } = stored;
    // Of an earlier version, where none were kept.
    if (!Array.isArray(run.ended) || !Array.isArray(run.tested)) return null;
    if (training && training.version !== RUN_STATE_VERSION) return null;
    const kept =
      wanted === null
        ? null
        : (plainOf(this.pairs.kept.read(({ sequence }) => sequence === wanted)) as KeptState | null);
    if (wanted !== null && !kept) return null;
    const records = this.log.readUntil(log);
    if (!records) return null;
    this.keptSequence = wanted;
    return { ...run, training: training && { ...training, kept }, records: records.flat() };
  }

  close(): void {
    for (const pair of Object.values(this.pairs)) pair.close();
    this.log.close();
    this.folder.release();
  }
}
