/**
 * Keeps a session's project on disk, so that nothing worth having is lost with its process: a help, never a need. Where the
 * host refuses or its disk is full, the work goes on, and that it is not being saved is said once.
 */
import { StudioError } from '../engine/base/errors';
import type { RunRecord } from '../engine/base/records';
import type { RunId } from '../engine/experiments/meta';
import { evaluationOf, evaluationState } from '../engine/train/runState';
import type { StudioEvent } from '../protocol/messages';
import type { RunResult } from '../protocol/results';
import { damagedSentence, lostSentence, notSavedSentence, storageReason } from '../words/saving';
import type { Checkpoint } from './checkpoint';
import type { Host, PhotoSource } from './host';
import { type Manifest, manifestOf } from './manifest';
import type { Project } from './project';
import { type OwnProject, ProjectShelf } from './projectShelf';
import { type KeptSlot, type ProjectState, type RunInfo, SLOTS } from './store/projectIndex';
import type { ProjectStore, StoredProject, StoredRun, StoredWeights } from './store/projectStore';

/** Where the open photos come from. */
export interface PhotosPlace {
  source: PhotoSource;
  place: ProjectState['data']['place'];
}

/** A kept project that is about to be taken up, and is this session's until it is let go of. */
export interface Claim extends OwnProject {
  stored: StoredProject;
  /** How far its run was; null where none is left, or it was not saved. */
  info: RunInfo | null;
}

export class ProjectKeeper {
  readonly shelf: ProjectShelf;
  /** What is worked on is kept there; null before there is anything to keep, and where the host refuses. */
  private own: OwnProject | null = null;
  /** Why there is none. */
  private refusal: unknown = new Error('It was not opened');
  /** What is stored there is what is worked on, and not what was before. */
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
    private readonly host: Pick<Host, 'about' | 'projects' | 'clock' | 'copies'>,
    private readonly project: Project,
    private readonly emit: (event: StudioEvent) => void,
  ) {
    this.shelf = new ProjectShelf(host, () => this.own && { ...this.own, kept: this.mine });
  }

  /**
   * A kept project, for this session alone.
   * @throws StudioError `needs-step` where it cannot be read, `busy` where another session has it.
   */
  async claim(id: string): Promise<Claim> {
    const store = this.own?.id === id ? this.own.store : await this.shelf.open(id);
    const stored = store.readLabel().deletedAt === undefined ? store.read() : null;
    const running = stored?.state.running;
    if (stored) return { id, store, stored, info: running ? store.runInfo(running.id) : null };
    this.letGo({ id, store });
    const message = 'This project is deleted, or cannot be read';
    throw new StudioError('needs-step', message, 'What is whole of it can be saved, under Projects.');
  }

  /** Whether it is what is worked on. */
  has({ store }: OwnProject): boolean {
    return store === this.own?.store;
  }

  /** It stays kept. */
  letGo(claim: OwnProject): void {
    if (!this.has(claim)) claim.store.close();
  }

  /** `same`: they are the open ones, understood anew or with others; other ones are another project. */
  photosOpened(place: PhotosPlace, same: boolean): void {
    this.place = place;
    this.mine = false;
    [this.ended, this.running] = [[], null];
    if (same) return;
    this.close();
    this.tellProject();
  }

  /** The project is the kept one from now on. */
  takeOver({ id, store, stored }: Claim, place: PhotosPlace): void {
    const { project } = this;
    const { state, weights, evaluations } = stored;
    this.own = { id, store };
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
    this.tellProject();
    this.tellDamages(stored);
  }

  /** Where it may have another name than before, too. */
  private tellProject(): void {
    const { own } = this;
    const name = own && (own.store.readLabel().name ?? this.project.dataset.name);
    this.emit({ kind: 'project', project: own && { id: own.id, name: name! } });
  }

  /** What was found broken, by file, once: some of it was stepped over, and of what `lost` names nothing else is there. */
  private tellDamages({ lost, weights }: Pick<StoredProject, 'lost' | 'weights'> = { lost: [], weights: {} }): void {
    const untold = this.damages.filter((damage) => !this.damagesTold.has(damage));
    for (const damage of untold) this.damagesTold.add(damage);
    const isLost = (damage: string) => lost.some((part) => damage.startsWith(`${part}.`));
    const warn = (message: string) => this.emit({ kind: 'warning', message });
    const whole = SLOTS.filter((slot) => weights[slot]);
    if (lost.length > 0) warn(lostSentence(lost, whole, untold.filter(isLost)));
    const stepped = untold.filter((damage) => !isLost(damage));
    if (stepped.length > 0) warn(damagedSentence(stepped));
  }

  private get damages(): readonly string[] {
    return [...new Set(this.own?.store.damages)];
  }

  /** Whether what is saved can be read again. */
  get keeps(): boolean {
    return this.own !== null;
  }

  /** The run that had not ended, as it began. */
  get unfinished(): RunResult | null {
    return this.running;
  }

  async runBegins(fresh: RunResult): Promise<void> {
    this.running = fresh;
    await this.write((store) => {
      this.writeProject(store);
      store.beginLog();
    });
  }

  /** With the manifest, where the photos are others than those that were written last. */
  private async write(act: (store: ProjectStore) => void): Promise<void> {
    await this.begin();
    const manifest = this.written.dataset === this.project.dataset && this.mine ? null : await this.manifest();
    this.attempt((store) => {
      if (manifest) store.writePart('manifest', manifest);
      act(store);
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

  /** It is called so now, by its own photos' name where that is empty. */
  async rename(id: string, name: string): Promise<void> {
    await this.shelf.rename(id, name);
    if (id === this.own?.id) this.tellProject();
  }

  /** Results that were made elsewhere are there: from now on there is something to keep. */
  async resultsTaken(runs: readonly RunId[]): Promise<void> {
    this.ended = [...runs];
    await this.write((store) => {
      this.writeProject(store);
      this.saved();
    });
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
    run: Omit<Parameters<ProjectStore['writeRun']>[1], 'by'>,
    anew: { kept: boolean; measured: boolean },
  ): boolean {
    return this.attempt((store) => {
      store.writeRun(id, { ...run, by: this.host.about }, anew.kept);
      if (anew.measured) this.writeProject(store);
      this.saved();
    });
  }

  readRun(id: string): StoredRun | null {
    const run = this.own?.store.readRun(id) ?? null;
    this.tellDamages();
    return run;
  }

  /** Lets another session have it. */
  close(): void {
    this.own?.store.close();
    this.own = null;
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

  /** Where what is worked on is kept, made where there is nothing yet; a host that refuses is asked again the next time. */
  private async begin(): Promise<void> {
    if (this.own) return;
    try {
      const id = this.host.projects.newId();
      const name = await this.shelf.freeName(this.project.dataset.name);
      const store = await this.shelf.open(id);
      this.own = { id, store };
      const label = name === this.project.dataset.name ? {} : { name };
      // Both slots: on a full disk they can be overwritten, and so the project be deleted.
      for (let slot = 0; slot < 2; slot++) store.writeLabel(label);
    } catch (error) {
      this.refusal = error;
    }
    if (this.own) this.tellProject();
  }

  private attempt(act: (store: ProjectStore) => void): boolean {
    try {
      if (!this.own) throw this.refusal;
      act(this.own.store);
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
    const others = (await this.shelf.list().catch(() => [])).filter(({ openIn }) => openIn === null);
    this.emit({ kind: 'warning', message: notSavedSentence(reason, copies, others) });
  }

  private saved(): void {
    this.failing = false;
    this.emit({ kind: 'saved', at: this.host.clock.date().toISOString(), failure: null });
  }
}

function storedWeights({ evaluation, ...plain }: Checkpoint): StoredWeights {
  return { ...plain, evaluation: evaluation && evaluationState(evaluation) };
}
