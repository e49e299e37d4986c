/** The time that a run takes: it stands still while the run is paused. */
import type { Clock } from './host';

export class RunClock {
  private pausedAt: number | null = null;
  private paused = 0;

  constructor(private readonly clock: Pick<Clock, 'now'>) {}

  /** ms since some moment. */
  readonly now = (): number => (this.pausedAt ?? this.clock.now()) - this.paused;

  pause(): void {
    this.pausedAt ??= this.clock.now();
  }

  resume(): void {
    if (this.pausedAt === null) return;
    this.paused += this.clock.now() - this.pausedAt;
    this.pausedAt = null;
  }
}
