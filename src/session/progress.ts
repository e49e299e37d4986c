/** From a run's records and its plan to where it stands: rates and times left. */
import type { RunId } from '../engine/experiments/meta';
import type { PlannedPhase } from '../engine/experiments/plan';
import type { RunRecord } from '../engine/base/records';
import type { Progress } from '../protocol/messages';

/** Floating-point operations a second that this adapter has been seen to do, by kind of work. */
export type Rates = Partial<Record<PlannedPhase['phase'], number>>;

/** Weight of the newest reading in the moving averages. */
const NEW = 0.3;

export class ProgressMeter {
  private current = -1;
  private imagesDone = 0;
  private batchesDone = 0;
  private phase: Extract<RunRecord, { kind: 'phase' }> | null = null;
  private tuning: Extract<RunRecord, { kind: 'tuning' }> | null = null;
  private lastAt = 0;
  private imagesPerSecond: number | null = null;

  constructor(
    private readonly run: RunId,
    private readonly epochs: number,
    private readonly phases: readonly PlannedPhase[],
    /** Kept by the session, so that the next run's plan knows the adapter. */
    private readonly rates: Rates,
    private readonly now: () => number,
  ) {}

  count(record: RunRecord): void {
    this.tuning = record.kind === 'tuning' ? record : null;
    if (record.kind === 'phase') {
      this.current = this.placeOf(record);
      this.phase = record;
      [this.imagesDone, this.batchesDone, this.imagesPerSecond] = [0, 0, null];
      this.lastAt = this.now();
    } else if (record.kind === 'step' || record.kind === 'evaluated') {
      this.progressed(record.images);
    }
  }

  /** A pause must not count as slowness. */
  restartClock(): void {
    this.lastAt = this.now();
  }

  report(): Progress | null {
    const { phase, imagesPerSecond, tuning } = this;
    if (tuning) {
      const { done: batch, of: batches, size } = tuning;
      const unknown = { imagesPerSecond: null, epochSecondsLeft: null, runSecondsLeft: null, fraction: 0 };
      return { run: this.run, phase: 'tuning', epoch: 0, epochs: this.epochs, batch, batches, size, ...unknown };
    }
    if (!phase) return null;
    const planned = this.phases[this.current];
    const left = phase.images - this.imagesDone;
    const epochSecondsLeft = imagesPerSecond ? left / imagesPerSecond : null;
    return {
      run: this.run,
      phase: this.rates[phase.phase] === undefined ? 'compiling' : phase.phase,
      epoch: phase.epoch,
      epochs: this.epochs,
      batch: this.batchesDone,
      batches: phase.batches,
      size: phase.size,
      imagesPerSecond,
      fraction: this.fraction(),
      epochSecondsLeft,
      runSecondsLeft: epochSecondsLeft === null || !planned ? null : epochSecondsLeft + this.laterSeconds(),
    };
  }

  private progressed(images: number): void {
    const now = this.now();
    const seconds = Math.max(1e-3, (now - this.lastAt) / 1000);
    this.lastAt = now;
    this.imagesDone += images;
    this.batchesDone++;
    const planned = this.phases[this.current];
    // The first batch of a phase waits for photos and pipelines, and says little about the rest.
    if (this.batchesDone === 1 && this.phase!.batches > 1) return;
    const rate = images / seconds;
    this.imagesPerSecond = this.imagesPerSecond === null ? rate : (1 - NEW) * this.imagesPerSecond + NEW * rate;
    if (planned && !planned.ofFeatures)
      this.rates[planned.phase] = (this.imagesPerSecond * planned.flops) / planned.images;
  }

  /** The next phase of its kind and size: those before it were known already, and left out. */
  private placeOf({ phase, size }: Extract<RunRecord, { kind: 'phase' }>): number {
    const next = this.phases.findIndex((one, i) => i > this.current && one.phase === phase && one.size === size);
    return next >= 0 ? next : Math.min(this.current + 1, this.phases.length);
  }

  /** By work, of the whole run. */
  private fraction(): number {
    const sum = (phases: readonly PlannedPhase[]) => phases.reduce((flops, one) => flops + one.flops, 0);
    const now = this.phases[this.current];
    const here = now && this.phase ? (now.flops * this.imagesDone) / Math.max(1, this.phase.images) : 0;
    return Math.min(1, (sum(this.phases.slice(0, this.current)) + here) / Math.max(1, sum(this.phases)));
  }

  private laterSeconds(): number {
    return secondsOf(this.phases.slice(this.current + 1), this.rates) ?? 0;
  }
}

/** Seconds that phases take at the rates seen; null before any was. Unknown kinds borrow the other's rate. */
export function secondsOf(phases: readonly PlannedPhase[], rates: Rates): number | null {
  const known = rates.training ?? rates.evaluating;
  if (known === undefined) return null;
  return phases.reduce((sum, { phase, flops }) => sum + flops / (rates[phase] ?? known), 0);
}
