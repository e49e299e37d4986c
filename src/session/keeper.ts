/**
 * Keeps a session's project on disk, so that nothing worth having is lost with its process: a help, never a need. Where the
 * host refuses or its disk is full, the work goes on, and that it is not being saved is said once.
 */
import type { RunRecord } from '../engine/base/records';
import type { RunId } from '../engine/experiments/meta';
import { evaluationOf, evaluationState } from '../engine/train/runState';
import type { KeptProject, StudioEvent } from '../protocol/messages';
import type { RunResult } from '../protocol/results';
import { damagedSentence, notSavedSentence, storageReason } from '../words/saving';
import type { Checkpoint } from './checkpoint';
import type { Host, PhotoSource } from './host';
import { type Manifest, manifestOf } from './manifest';
import type { Project } from './project';
import {
  type KeptSlot,
  type ProjectState,
  ProjectStore,
  type RunInfo,
  type StoredProject,
  type StoredRun,
  type StoredWeights,
} from './store/projectStore';

/** Where the open photos come from. */
export interface PhotosPlace {
  source: PhotoSource;
  place: ProjectState['data']['place'];
}

const NOTHING_SAVED: RunInfo = { epoch: 0, trained: 0, measured: false };
const SLOTS: readonly KeptSlot[] = ['imported', 'baseline', 'finetune'];

export class ProjectKeeper {
  private opened: Promise<ProjectStore | null> | null = null;
  private store: ProjectStore | null = null;
  /** Why it could not be opened. */
  private refusal: unknown = new Error('It was not opened');
  /** What the store holds is the session's own project, and no earlier one's. */
  private mine = false;
  /** Said once, until something is saved again. */
  private failing = false;
  /** What was written last, by identity: it is never changed in place. */
  private written: { dataset: object | null } & Partial<Record<KeptSlot, Checkpoint | undefined>> = { dataset: null };
  private ended: RunId[] = [];
  private running: RunResult | null = null;
  private place: PhotosPlace | null = null;
  private readonly damagesTold = new Set<string>();

  constructor(
    private readonly host: Pick<Host, 'openStorage' | 'clock' | 'copies'>,
    private readonly project: Project,
    private readonly emit: (event: StudioEvent) => void,
  ) {}

  /** What an earlier session has left; null where there is nothing, or it is this session's own. */
  async kept(): Promise<StoredProject | null> {
    if (this.mine) return null;
    const stored = (await this.open())?.read() ?? null;
    return stored?.state.deleted ? null : stored;
  }

  async keptInfo(): Promise<KeptProject | null> {
    const state = this.mine ? null : (await this.open())?.readState();
    if (!state) return null;
    const store = this.store!;
    if (state.deleted) {
      store.clear();
      return null;
    }
    const { savedAt, data, ended, running } = state;
    const info = running && store.runInfo(running.id);
    return {
      name: data.name,
      place: data.place,
      savedAt,
      ended,
      running: running && { run: running.run, config: running.config, ...(info ?? NOTHING_SAVED) },
      queued: (state.queue ?? []).filter(({ begun }) => begun === null).length,
      damages: this.damages,
      bytes: store.bytes,
    };
  }

  /** What an earlier session has left is deleted when it is asked for next; this session's own project is not. */
  forget(): Promise<void> {
    return this.markDeleted(true);
  }

  /** What was to be deleted is not; null where it is gone. */
  async keepAgain(): Promise<KeptProject | null> {
    await this.markDeleted(false);
    return this.keptInfo();
  }

  private async markDeleted(deleted: boolean): Promise<void> {
    const store = this.mine ? null : await this.open();
    const state = store?.readState();
    if (state) store!.writeIndex({ ...state, deleted });
  }

  /** Other photos are open: what is kept stays until there is something to keep of them. */
  photosOpened(place: PhotosPlace): void {
    this.place = place;
    this.mine = false;
    [this.ended, this.running] = [[], null];
  }

  /** The project is the kept one from now on. */
  takeOver({ state, weights, evaluations }: StoredProject, place: PhotosPlace): void {
    const { project } = this;
    this.place = place;
    this.mine = true;
    this.ended = [...state.ended];
    this.running = state.running;
    project.results = { ...state.results };
    const ofRunning = (id: string | null) => (id === state.running?.id ? id : null);
    project.queue = (state.queue ?? []).map((one) => ({ ...one, begun: ofRunning(one.begun) }));
    project.seeds = state.seeds ?? null;
    for (const slot of SLOTS) {
      const stored = weights[slot];
      const checkpoint = stored && { ...stored, evaluation: stored.evaluation && evaluationOf(stored.evaluation) };
      project.weights[slot] = checkpoint;
      this.written[slot] = checkpoint;
      if (!checkpoint || !evaluations) continue;
      const of = (evaluations.of[slot] ?? []).map(evaluationOf);
      project.rememberEvaluations(evaluations.pixels, checkpoint.state, of);
    }
    this.written.dataset = project.dataset;
    this.tellDamages();
  }

  /** What was found broken and was stepped over, by file; once. */
  private tellDamages(): void {
    const untold = this.damages.filter((damage) => !this.damagesTold.has(damage));
    for (const damage of untold) this.damagesTold.add(damage);
    if (untold.length > 0) this.emit({ kind: 'warning', message: damagedSentence(untold) });
  }

  private get damages(): readonly string[] {
    return [...new Set(this.store?.damages)];
  }

  /** Whether what is saved can be read again. */
  get keeps(): boolean {
    return this.store !== null;
  }

  /** The run that had not ended, as it began. */
  get unfinished(): RunResult | null {
    return this.running;
  }

  async runBegins(fresh: RunResult): Promise<void> {
    this.running = fresh;
    await this.open();
    const manifest = this.written.dataset === this.project.dataset && this.mine ? null : await this.manifest();
    this.attempt((store) => {
      if (manifest) store.writePart('manifest', manifest);
      this.writeProject(store);
      store.beginLog();
    });
  }

  async runEnds(run: RunId): Promise<void> {
    this.running = null;
    this.ended.push(run);
    this.attempt((store) => {
      this.writeProject(store);
      this.saved();
    });
  }

  /** After what changes the project beside runs: weights that were opened. Nothing where there is nothing of it yet. */
  projectChanged(): void {
    if (this.mine) this.attempt((store) => this.writeProject(store));
  }

  /** What is queued has changed. */
  queueChanged(): void {
    if (this.mine) this.attempt((store) => store.writeIndex(this.state()));
  }

  /** Whether they are on disk. */
  appendRecords(records: readonly RunRecord[]): boolean {
    return this.attempt((store) => store.appendRecords(records));
  }

  /** `anew`: what is other than when it was written last, the kept weights or the project's evaluations. Whether it is on disk. */
  writeRun(
    id: string,
    run: Parameters<ProjectStore['writeRun']>[1],
    anew: { kept: boolean; measured: boolean },
  ): boolean {
    return this.attempt((store) => {
      store.writeRun(id, run, anew.kept);
      if (anew.measured) this.writeProject(store);
      this.saved();
    });
  }

  readRun(id: string): StoredRun | null {
    const run = this.store?.readRun(id) ?? null;
    this.tellDamages();
    return run;
  }

  /** Lets another session have it. */
  close(): void {
    this.store?.close();
    [this.store, this.opened] = [null, null];
  }

  private writeProject(store: ProjectStore): void {
    const { project } = this;
    for (const slot of SLOTS) {
      const checkpoint = project.weights[slot];
      if (this.mine && checkpoint === this.written[slot]) continue;
      store.writePart(slot, checkpoint ? storedWeights(checkpoint) : null);
      this.written[slot] = checkpoint;
    }
    const of = SLOTS.flatMap((slot) => {
      const checkpoint = project.weights[slot];
      return checkpoint ? [[slot, project.evaluationsKnownOf(checkpoint.state).map(evaluationState)] as const] : [];
    });
    store.writePart('evaluations', { pixels: project.pixels, of: Object.fromEntries(of) });
    store.writeIndex(this.state());
    this.mine = true;
    this.written.dataset = project.dataset;
  }

  private state(): ProjectState {
    const { project, ended, running, place } = this;
    const { name, settings } = project.dataset;
    const data = { name, place: place!.place, settings, heldOut: project.heldOut };
    const results = running ? { ...project.results, [running.run]: undefined } : project.results;
    const { queue, seeds } = project;
    return { savedAt: this.host.clock.date().toISOString(), data, results, ended: [...ended], running, queue, seeds };
  }

  private manifest(): Promise<Manifest> {
    return manifestOf(this.project.dataset, this.place!.source);
  }

  /** Null where the host refuses; the next call tries again. */
  private async open(): Promise<ProjectStore | null> {
    this.opened ??= this.host
      .openStorage()
      .then((folder) => ProjectStore.open(folder))
      .catch((error: unknown) => {
        this.refusal = error;
        this.opened = null;
        return null;
      });
    this.store = await this.opened;
    return this.store;
  }

  private attempt(act: (store: ProjectStore) => void): boolean {
    try {
      if (!this.store) throw this.refusal;
      act(this.store);
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    }
  }

  private fail(error: unknown): void {
    const reason = storageReason(error);
    if (!this.failing) void this.tellFailure(reason);
    this.failing = true;
    this.emit({ kind: 'saved', at: null, failure: reason });
  }

  private async tellFailure(reason: string): Promise<void> {
    const copies = await this.host.copies.stored().catch(() => null);
    this.emit({ kind: 'warning', message: notSavedSentence(reason, copies) });
  }

  private saved(): void {
    this.failing = false;
    this.emit({ kind: 'saved', at: this.host.clock.date().toISOString(), failure: null });
  }
}

function storedWeights({ evaluation, ...plain }: Checkpoint): StoredWeights {
  return { ...plain, evaluation: evaluation && evaluationState(evaluation) };
}
