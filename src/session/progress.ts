/** From a run's records and its plan to where it stands: rates and times left. */
import type { RunId } from '../engine/experiments/meta';
import type { PlannedPhase } from '../engine/experiments/planning';
import type { RunRecord } from '../engine/base/records';
import type { Progress } from '../protocol/messages';
import { Throughput } from './throughput';

/** Floating-point operations a second that this adapter has been seen to do, by kind of work. */
export type Rates = Partial<Record<PlannedPhase['phase'], number>>;

export class ProgressMeter {
  private current = -1;
  private imagesDone = 0;
  private batchesDone = 0;
  private phase: Extract<RunRecord, { kind: 'phase' }> | null = null;
  private tuning: Extract<RunRecord, { kind: 'tuning' }> | null = null;
  private phaseAt = 0;
  private throughput = new Throughput();

  constructor(
    private readonly run: RunId,
    private readonly epochs: number,
    private readonly phases: readonly PlannedPhase[],
    /** Kept by the session, so that the next run's plan knows the adapter. */
    private readonly rates: Rates,
    /** By the run's clock: a pause must not count as slowness. */
    private readonly now: () => number,
  ) {}

  count(record: RunRecord): void {
    this.tuning = record.kind === 'tuning' ? record : null;
    if (record.kind === 'phase') {
      this.current = this.placeOf(record);
      this.phase = record;
      [this.imagesDone, this.batchesDone] = [0, 0];
      this.phaseAt = this.now();
      this.throughput = new Throughput();
    } else if (record.kind === 'step' || record.kind === 'evaluated') {
      this.progressed(record.images);
    }
  }

  /** Epochs that were trained before, in an earlier session. */
  goOnAfter(epochs: number): void {
    const trained = this.phases.flatMap(({ phase }, i) => (phase === 'training' ? [i] : []));
    if (epochs > 0) this.current = (trained[epochs] ?? this.phases.length) - 1;
  }

  report(): Progress | null {
    const { phase, tuning } = this;
    if (tuning) {
      const { done: batch, of: batches, size } = tuning;
      const unknown = { imagesPerSecond: null, epochSecondsLeft: null, runSecondsLeft: null, fraction: 0 };
      return { run: this.run, phase: 'tuning', epoch: 0, epochs: this.epochs, batch, batches, size, ...unknown };
    }
    if (!phase) return null;
    const planned = this.phases[this.current];
    const imagesPerSecond = this.throughput.recent(this.now());
    const left = phase.images - this.imagesDone;
    // Where a phase has only begun, as its kind went before.
    const expected = imagesPerSecond ?? this.expectedRate();
    const epochSecondsLeft = expected ? left / expected : null;
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
    this.throughput.add(images, now);
    this.imagesDone += images;
    this.batchesDone++;
    this.learnRate(now);
  }

  /** The next run's plan goes by the phase as a whole; by its first batch, which waits for photos and pipelines, only if it must. */
  private learnRate(now: number): void {
    const { phase } = this;
    const planned = this.phases[this.current];
    if (!phase || !planned || planned.ofFeatures) return;
    let rate = this.throughput.overall();
    const unknown = rate === null && this.rates[planned.phase] === undefined;
    if (unknown && this.batchesDone === phase.batches)
      rate = (this.imagesDone * 1000) / Math.max(1, now - this.phaseAt);
    if (rate !== null) this.rates[planned.phase] = (rate * planned.flops) / planned.images;
  }

  /** Images a second of the present phase at the rate seen in others of its kind; null if none was. */
  private expectedRate(): number | null {
    const planned = this.phases[this.current];
    const flops = planned && !planned.ofFeatures ? this.rates[planned.phase] : undefined;
    return planned && flops !== undefined && planned.flops > 0 ? (flops * planned.images) / planned.flops : null;
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
