/** Pulls one run at a time: pausing is not pulling, stopping aborts. Events go out a few times a second. */
import { StudioError } from '../engine/base/errors';
import type { RunId } from '../engine/experiments/meta';
import type { RunRecord } from '../engine/base/records';
import type { RunState, StudioEvent } from '../protocol/messages';
import type { Clock } from './host';
import type { ProgressMeter } from './progress';
import { RunClock } from './runClock';

/** Between two messages of steps and progress, which the page draws as they come. */
const REPORT_MS = 400;
/** Records that come so fast that they are gathered. */
const STREAMED: ReadonlySet<RunRecord['kind']> = new Set(['step', 'evaluated', 'ratePoint']);

/** Saves a run between two of its records. */
export interface RecordsSaver {
  due(record: RunRecord): boolean;
  save(): Promise<void>;
  /** At the next record. */
  request(): void;
}

const NOTHING_SAVED: RecordsSaver = { due: () => false, save: () => Promise.resolve(), request: () => undefined };

export class Runner {
  private state: RunState = 'idle';
  private run: RunId | null = null;
  private controller = new AbortController();
  private wake: (() => void) | null = null;
  private saver = NOTHING_SAVED;

  /** Of all runs, one after the other. */
  readonly clock: RunClock;

  constructor(
    private readonly emit: (event: StudioEvent) => void,
    clock: Pick<Clock, 'now'>,
  ) {
    this.clock = new RunClock(clock);
  }

  get busy(): boolean {
    return this.state !== 'idle';
  }

  /** There is no other: a run is an exclusive job. */
  begin(run: RunId): AbortSignal {
    this.controller = new AbortController();
    this.run = run;
    this.enter('running');
    return this.controller.signal;
  }

  /** What the run has left on its way, photos that it never came to, is dropped. Does nothing where none has begun. */
  end(): void {
    if (!this.busy) return;
    this.controller.abort(new StudioError('stopped', 'The run has ended.'));
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

  /** As soon as can be. */
  save(): void {
    this.saver.request();
  }

  stop(): void {
    if (!this.busy) return;
    this.enter('stopping');
    this.controller.abort(new StudioError('stopped', 'The run was stopped.'));
    this.wake?.();
  }

  /**
   * Consumes a run's records and hands them on, those that come in streams a few times a second. What saves the run does so
   * between two records. Throws what the run throws.
   */
  async consume(
    records: AsyncIterable<RunRecord>,
    meter: ProgressMeter,
    tell: (records: readonly RunRecord[]) => void,
    saver: RecordsSaver = NOTHING_SAVED,
  ): Promise<void> {
    this.saver = saver;
    let untold: RunRecord[] = [];
    let reportedAt = 0;
    let trailing: ReturnType<typeof setTimeout> | undefined;
    const report = () => {
      clearTimeout(trailing);
      trailing = undefined;
      reportedAt = performance.now();
      const told = untold;
      untold = [];
      tell(told);
      const progress = meter.report();
      if (progress) this.emit({ kind: 'progress', progress });
    };
    try {
      for await (const record of records) {
        meter.count(record);
        untold.push(record);
        const streamed = STREAMED.has(record.kind);
        if (!streamed || performance.now() - reportedAt >= REPORT_MS) report();
        // What comes in a burst is told when it is whole, not when the next one begins.
        if (streamed) trailing ??= setTimeout(report, REPORT_MS);
        if (record.kind === 'microBatch') {
          const { microBatch, batchSize } = record;
          const message = `The GPU has no room for ${batchSize} photos at once: they go in parts of ${microBatch}, whose gradients are added up. Batch norms in training see a part at a time.`;
          this.emit({ kind: 'warning', message });
        }
        const pausing = this.state === 'paused';
        if (pausing || saver.due(record)) {
          report();
          await saver.save();
        }
        if (pausing) await this.untilResumed();
      }
    } finally {
      this.saver = NOTHING_SAVED;
      report();
    }
  }

  private async untilResumed(): Promise<void> {
    this.clock.pause();
    while (this.state === 'paused') {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    this.wake = null;
    this.clock.resume();
  }

  private enter(state: RunState): void {
    this.state = state;
    this.emit({ kind: 'runState', state, run: this.run });
  }
}
