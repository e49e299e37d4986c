/**
 * When a run that goes on is saved: at its epochs' ends, every few minutes, when it is paused and when the page is hidden;
 * and no more often than a hundredth of its time allows.
 */
import type { RunRecord } from '../engine/base/records';
import type { TrainingRun } from '../engine/train/run';
import type { RunState } from '../engine/train/runState';
import type { Clock } from './host';
import type { ProjectKeeper } from './keeper';

const EVERY_MS = 3 * 60_000;
/** Of a run's time. */
const MOST_SHARE = 0.01;
/** Ends of something, after which there is more to lose. */
const ENDS: ReadonlySet<RunRecord['kind']> = new Set(['epoch', 'sweepPoint', 'row', 'evaluation']);
/** What one training says: a run that has said nothing else goes on exactly from its training's state. */
const OF_TRAINING: ReadonlySet<RunRecord['kind']> = new Set(['step', 'epoch', 'shift', 'gain', 'unreadable']);

export class RunSaver {
  private training: TrainingRun | null = null;
  private goesOn = true;
  /** What could not be written yet. */
  private unwritten: RunRecord[] = [];
  private savedAt: number;
  private cost = 0;
  private requested = false;
  private kept: object | null = null;

  /** @param startedAt By the clock, as if the run had never been interrupted. */
  constructor(
    private readonly keeper: Pick<ProjectKeeper, 'appendRecords' | 'writeRun'>,
    private readonly id: string,
    private readonly clock: Clock,
    private readonly startedAt: number,
  ) {
    this.savedAt = clock.now();
  }

  /** A run of several trainings begins anew: only what each has come to counts. */
  follow(training: TrainingRun): void {
    if (this.training) this.goesOn = false;
    this.training = training;
  }

  /** What changes the result, in order. */
  told(records: readonly RunRecord[]): void {
    // What is to come takes its place.
    const lasting = records.filter(({ kind }) => kind !== 'partialActivations');
    if (lasting.some(({ kind }) => !OF_TRAINING.has(kind))) this.goesOn = false;
    this.unwritten.push(...lasting);
    this.writeRecords();
  }

  /** At the next record. */
  request(): void {
    this.requested = true;
  }

  due({ kind }: RunRecord): boolean {
    const since = this.clock.now() - this.savedAt;
    if (this.requested) return true;
    if (since * MOST_SHARE < this.cost) return false;
    return ENDS.has(kind) || since >= EVERY_MS;
  }

  /**
   * All that was told, and where the run stands; nothing of it is pulled meanwhile.
   * @throws StudioError `not-finite` if a step's loss was; the GPU's failure.
   */
  async save(): Promise<void> {
    const began = this.clock.now();
    this.requested = false;
    const training = this.goesOn && this.training ? await this.training.state() : null;
    const seconds = (began - this.startedAt) / 1000;
    if (this.writeRecords() && this.keeper.writeRun(this.id, { seconds, training }, this.keptAnew(training)))
      this.kept = training?.kept?.state ?? null;
    this.savedAt = this.clock.now();
    this.cost = this.savedAt - began;
  }

  private keptAnew(training: RunState | null): boolean {
    return (training?.kept?.state ?? null) !== this.kept;
  }

  private writeRecords(): boolean {
    if (this.unwritten.length > 0 && this.keeper.appendRecords(this.unwritten)) this.unwritten = [];
    return this.unwritten.length === 0;
  }
}
