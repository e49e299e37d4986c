/**
 * Images a second, counted over some seconds rather than from single gaps: steps may come home in bursts, several in one
 * moment and then none for long, and a gap within a burst says nothing.
 */

/** Arrivals no further apart than this, counted from the first, are one burst. */
const BURST_MS = 200;
/** Counted over at least this long once there is so much: some seconds for a steady flow, a burst or more for others. */
const WINDOW_MS = 8000;

/** All that has arrived by the end of a burst; a steady flow of slow steps is bursts of one. */
interface Burst {
  firstAt: number;
  lastAt: number;
  /** Since the meter began, this burst's included. */
  images: number;
}

export class Throughput {
  /** Those of the window, and the very first. */
  private bursts: Burst[] = [];
  private first: Burst | null = null;

  /** @param now in ms. */
  add(images: number, now: number): void {
    const newest = this.bursts.at(-1);
    const total = (newest?.images ?? 0) + images;
    if (newest && now - newest.firstAt < BURST_MS) {
      newest.lastAt = now;
      newest.images = total;
      return;
    }
    const burst = { firstAt: now, lastAt: now, images: total };
    this.bursts.push(burst);
    this.first ??= burst;
    // The one before the window's beginning is what it is counted from.
    while (this.bursts.length > 2 && now - this.bursts[1]!.lastAt > 2 * WINDOW_MS) this.bursts.shift();
  }

  /** Of the last seconds; null before two bursts are whole. The one going on counts once it can be no longer. */
  recent(now: number): number | null {
    const whole = this.wholeBursts(now);
    const end = whole.at(-1);
    if (!end) return null;
    const from = whole.findLast((burst) => end.lastAt - burst.lastAt >= WINDOW_MS) ?? whole[0]!;
    return rateBetween(from, end);
  }

  /** Of everything since the first burst, which may have waited for photos and pipelines. */
  overall(): number | null {
    const end = this.bursts.at(-1);
    return end ? rateBetween(this.first!, end) : null;
  }

  private wholeBursts(now: number): Burst[] {
    const newest = this.bursts.at(-1);
    return newest && now - newest.firstAt < BURST_MS ? this.bursts.slice(0, -1) : this.bursts;
  }
}

function rateBetween(from: Burst, end: Burst): number | null {
  return end === from ? null : ((end.images - from.images) * 1000) / (end.lastAt - from.lastAt);
}
