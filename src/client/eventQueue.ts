/** Worker events, gathered where the session does not do so itself: the store changes a few times a second however many come. */
import type { StudioEvent } from '../protocol/messages';

/** Events that come one a file or photo; all others, those of a run included, come as seldom as they should be applied. */
const STREAMED: ReadonlySet<StudioEvent['kind']> = new Set(['listing', 'warning']);
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
