/**
 * When a run that goes on is saved: at its epochs' ends, every few minutes, when it is paused and when the page is hidden;
 * and no more often than a hundredth of its time allows.
 */
import type { RunRecord } from '../engine/base/records';
import type { TrainingRun } from '../engine/train/run';
import { evaluationState, type RunState } from '../engine/train/runState';
import type { Clock } from './host';
import type { ProjectKeeper } from './keeper';
import type { EndedTraining } from './store/projectStore';
import { OF_TRAINING } from './toldBefore';

const EVERY_MS = 3 * 60_000;
/** Of a run's time. */
const MOST_SHARE = 0.01;
/** Ends of something, after which there is more to lose. */
const ENDS: ReadonlySet<RunRecord['kind']> = new Set(['epoch', 'sweepPoint', 'row', 'evaluation']);
/** What takes time, and is done again where no training says that it was done. */
const STEPS: ReadonlySet<RunRecord['kind']> = new Set(['step', 'epoch']);

export class RunSaver {
  private training: TrainingRun | null = null;
  /** Steps were taken of which nothing says where they have led. */
  private beginsAnew = false;
  private ended: readonly EndedTraining[];
  /** What could not be written yet. */
  private unwritten: RunRecord[] = [];
  private savedAt: number;
  private cost = 0;
  private requested = false;
  private kept: object | null = null;
  /** Something was measured beside a training. */
  private measured = false;

  /**
   * @param startedAt By the clock, as if the run had never been interrupted.
   * @param ended Trainings that it has behind it.
   */
  constructor(
    private readonly keeper: Pick<ProjectKeeper, 'appendRecords' | 'writeRun'>,
    private readonly id: string,
    private readonly clock: Clock,
    private readonly startedAt: number,
    ended: readonly EndedTraining[] = [],
  ) {
    this.savedAt = clock.now();
    this.ended = ended;
  }

  /** A training begins; the one before it, if any, has ended. */
  follow(training: TrainingRun): void {
    const before = this.training;
    const evaluation = before?.kept?.evaluation;
    if (before && evaluation)
      this.ended = [...this.ended, { name: before.name, evaluation: evaluationState(evaluation) }];
    this.training = training;
  }

  /** What changes the result, in order. */
  told(records: readonly RunRecord[]): void {
    // What is to come takes its place.
    const lasting = records.filter(({ kind }) => kind !== 'partialActivations');
    if (!this.training && lasting.some(({ kind }) => STEPS.has(kind))) this.beginsAnew = true;
    if (lasting.some(({ kind }) => !OF_TRAINING.has(kind))) this.measured = true;
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
    const { ended, beginsAnew, measured } = this;
    const training = (!beginsAnew && (await this.training?.state())) || null;
    const seconds = (began - this.startedAt) / 1000;
    const run = { seconds, training, ended: beginsAnew ? [] : ended, beginsAnew };
    const anew = { kept: this.keptAnew(training), measured };
    if (this.writeRecords() && this.keeper.writeRun(this.id, run, anew)) {
      this.kept = training?.kept?.state ?? null;
      this.measured = false;
    }
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
