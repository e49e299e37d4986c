/**
 * When a run that goes on is saved: at its epochs' ends, every few minutes, when it is paused and when the page is hidden;
 * and no more often than a hundredth of its time allows.
 */
import type { RunRecord } from '../engine/base/records';
import type { TrainingRun } from '../engine/train/run';
import type { Evaluation } from '../engine/train/evaluate';
import { evaluationState, type RunState } from '../engine/train/runState';
import type { Clock } from './host';
import type { ProjectKeeper } from './keeper';
import type { NamedEvaluation, StoredRun } from './store/projectStore';
import { OF_TRAINING } from './toldBefore';

const EVERY_MS = 3 * 60_000;
/** Of a run's time. */
const MOST_SHARE = 0.01;
/** Ends of something, after which there is more to lose. */
const ENDS: ReadonlySet<RunRecord['kind']> = new Set(['epoch', 'sweepPoint', 'row', 'evaluation']);
/** What takes time, and is done again where no training says that it was done. */
const STEPS: ReadonlySet<RunRecord['kind']> = new Set(['step', 'epoch']);

const NOTHING_DONE = { training: null, ended: [], tested: [] } as const;

export class RunSaver {
  private training: TrainingRun | null = null;
  /** Steps were taken of which nothing says where they have led. */
  private beginsAnew = false;
  private ended: readonly NamedEvaluation[];
  private tested: readonly NamedEvaluation[];
  /** What could not be written yet. */
  private unwritten: RunRecord[] = [];
  private savedAt: number;
  private cost = 0;
  private requested = false;
  private kept: object | null = null;
  /** Something was measured beside a training. */
  private measured = false;

  /**
   * @param startedAt By the run's clock, as if the run had never been interrupted.
   * @param earlier Where an earlier session left it; what it says of a training holds until one begins.
   */
  constructor(
    private readonly keeper: Pick<ProjectKeeper, 'appendRecords' | 'writeRun'>,
    private readonly id: string,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly startedAt: number,
    private readonly earlier: Pick<StoredRun, 'training' | 'ended' | 'tested'> = NOTHING_DONE,
  ) {
    this.savedAt = clock.now();
    [this.ended, this.tested] = [earlier.ended, earlier.tested];
  }

  /** A training begins; the one before it, if any, has ended. */
  follow(training: TrainingRun): void {
    const before = this.training;
    const evaluation = before?.kept?.evaluation;
    if (before && evaluation) this.ended = withNamed(this.ended, before.name, evaluation);
    this.training = training;
  }

  /** The network of a training was measured, by that name. */
  measuredAs(name: string, evaluation: Evaluation): void {
    this.tested = withNamed(this.tested, name, evaluation);
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
    const { beginsAnew, measured } = this;
    const { ended, tested } = beginsAnew ? NOTHING_DONE : { ended: this.ended, tested: this.tested };
    const training = beginsAnew ? null : await this.stateOfTraining();
    const seconds = (began - this.startedAt) / 1000;
    const run = { seconds, training, ended, tested, beginsAnew };
    const anew = { kept: this.keptAnew(training), measured };
    if (this.writeRecords() && this.keeper.writeRun(this.id, run, anew)) {
      this.kept = training?.kept?.state ?? null;
      this.measured = false;
    }
    this.savedAt = this.clock.now();
    this.cost = this.savedAt - began;
  }

  private async stateOfTraining(): Promise<RunState | null> {
    return this.training ? ((await this.training.state()) ?? null) : this.earlier.training;
  }

  private keptAnew(training: RunState | null): boolean {
    return (training?.kept?.state ?? null) !== this.kept;
  }

  private writeRecords(): boolean {
    if (this.unwritten.length > 0 && this.keeper.appendRecords(this.unwritten)) this.unwritten = [];
    return this.unwritten.length === 0;
  }
}

const withNamed = (all: readonly NamedEvaluation[], name: string, evaluation: Evaluation): readonly NamedEvaluation[] =>
  all.some((one) => one.name === name) ? all : [...all, { name, evaluation: evaluationState(evaluation) }];
