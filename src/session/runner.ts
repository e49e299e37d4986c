/** Pulls one run at a time: pausing is not pulling, stopping aborts. Events go out a few times a second. */
import { StudioError } from '../engine/base/errors';
import type { StudioBackend } from '../engine/gpu/backend';
import type { RunId } from '../engine/experiments/meta';
import type { RunRecord, StepRecord } from '../engine/base/records';
import type { RunState, StudioEvent } from '../protocol/messages';
import type { ProgressMeter } from './progress';

/** Between two messages of steps and progress. */
const REPORT_MS = 250;
const LOSS_TOLD_WITHIN_MS = 300;

export class Runner {
  private state: RunState = 'idle';
  private run: RunId | null = null;
  private controller = new AbortController();
  private wake: (() => void) | null = null;

  constructor(private readonly emit: (event: StudioEvent) => void) {}

  get busy(): boolean {
    return this.state !== 'idle';
  }

  /** @throws StudioError `busy` while another run is going on. */
  begin(run: RunId): AbortSignal {
    if (this.busy)
      throw new StudioError('busy', `The ${this.run} is ${this.state}`, 'Stop it, or wait until it is done.');
    this.controller = new AbortController();
    this.run = run;
    this.enter('running');
    return this.controller.signal;
  }

  end(): void {
    this.run = null;
    this.enter('idle');
  }

  pause(): void {
    if (this.state === 'running') this.enter('paused');
  }

  resume(): void {
    if (this.state !== 'paused') return;
    this.enter('running');
    this.wake?.();
  }

  stop(): void {
    if (!this.busy) return;
    this.enter('stopping');
    this.controller.abort(new StudioError('stopped', 'The run was stopped.'));
    this.wake?.();
  }

  /** Consumes a run's records. Throws what the run throws. */
  async consume(
    run: RunId,
    records: AsyncIterable<RunRecord>,
    meter: ProgressMeter,
    onRecord: (record: RunRecord) => void,
  ) {
    let steps: StepRecord[] = [];
    let reportedAt = 0;
    let trailing: ReturnType<typeof setTimeout> | undefined;
    const report = () => {
      clearTimeout(trailing);
      trailing = undefined;
      reportedAt = performance.now();
      if (steps.length > 0) this.emit({ kind: 'steps', run, records: steps });
      steps = [];
      const progress = meter.report();
      if (progress) this.emit({ kind: 'progress', progress });
    };
    try {
      for await (const record of records) {
        meter.count(record);
        onRecord(record);
        if (record.kind === 'step') steps.push(record.record);
        const passing = record.kind === 'step' || record.kind === 'evaluated' || record.kind === 'ratePoint';
        if (!passing || performance.now() - reportedAt >= REPORT_MS) report();
        // What comes in a burst is told when it is whole, not when the next one begins.
        if (passing) trailing ??= setTimeout(report, REPORT_MS);
        if (record.kind === 'microBatch') {
          const { microBatch, batchSize } = record;
          const message = `The GPU has no room for ${batchSize} photos at once: they go in parts of ${microBatch}, whose gradients are added up. Batch norms in training see a part at a time.`;
          this.emit({ kind: 'warning', message });
        }
        if (record.kind === 'epoch') this.emit({ kind: 'epoch', run, record: record.record });
        const { kind } = record;
        if (kind === 'sweepPoint' || kind === 'recommendation' || kind === 'ratePoint' || kind === 'suggestedRates')
          this.emit(record);
        if (kind === 'evaluation' || kind === 'row' || kind === 'partialActivations' || kind === 'shift')
          this.emit({ ...record, run });
        if (this.state === 'paused') {
          report();
          await this.untilResumed();
          meter.restartClock();
        }
      }
      report();
    } finally {
      clearTimeout(trailing);
    }
  }

  private async untilResumed(): Promise<void> {
    while (this.state === 'paused') {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    this.wake = null;
  }

  private enter(state: RunState): void {
    this.state = state;
    this.emit({ kind: 'runState', state, run: this.run });
  }
}

/** A lost device first shows as a failure of whatever waited for it; the loss itself is told a moment later. */
export async function rootCause(thrown: unknown, { gpu }: StudioBackend): Promise<unknown> {
  await new Promise((resolve) => setTimeout(resolve, LOSS_TOLD_WITHIN_MS));
  try {
    gpu.throwIfFailed();
    return thrown;
  } catch (failure) {
    return failure;
  }
}

/** A Web Lock keeps browsers from freezing the page while it trains in the background. */
export function holdLock(): { release: () => void } {
  let release = () => {};
  void navigator.locks.request(
    'fixres-studio-run',
    { mode: 'shared' },
    () => new Promise<void>((resolve) => (release = resolve)),
  );
  return { release: () => release() };
}
