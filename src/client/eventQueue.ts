/** Worker events, gathered: the store changes a few times a second however fast training goes. */
import type { StudioEvent } from '../protocol/messages';

/** Events that come in streams; all others are applied at once. */
const STREAMED: ReadonlySet<StudioEvent['kind']> = new Set(['progress', 'listing', 'warning']);
const WAIT_MS = 400;

export interface EventQueue {
  push: (event: StudioEvent) => void;
  /** Applies what waits, in order. */
  flush: () => void;
}

export function createEventQueue(apply: (events: readonly StudioEvent[]) => void): EventQueue {
  let waiting: StudioEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush() {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length === 0) return;
    const events = waiting;
    waiting = [];
    apply(events);
  }

  return {
    flush,
    push(event) {
      waiting.push(event);
      if (!STREAMED.has(event.kind)) flush();
      else timer ??= setTimeout(flush, WAIT_MS);
    },
  };
}
