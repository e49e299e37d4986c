/** Notices when nothing comes of a run because its GPU does not answer. */
import type { RunRecord } from '../engine/base/records';

/** Before nobody is told anything, ms. */
const LEAST_MS = 60_000;
/** Times the longest that any record took: a software GPU is slow, and works. */
const PATIENCE = 10;
/** That an idle GPU takes to answer at most, ms. */
const ANSWER_MS = 10_000;

export interface Watched {
  now: () => number;
  /** Resolves when the GPU has done all that it was given. */
  answered: () => Promise<unknown>;
  /** Once a silence; ms since the last record. */
  onHung: (ms: number) => void;
}

/**
 * The records as they come. From the first on, one that takes far longer than those before is asked after: where the GPU does
 * not answer either, it is told; a disk that is slow is not.
 */
export async function* watched(
  records: AsyncIterable<RunRecord>,
  { now, answered, onHung }: Watched,
): AsyncGenerator<RunRecord, void, undefined> {
  const source = records[Symbol.asyncIterator]();
  let [longest, first] = [0, true];
  try {
    for (;;) {
      const asked = now();
      let waiting = true;
      const ask = async () => {
        const silent = passed(ANSWER_MS).then(() => true);
        const hung = await Promise.race([
          answered().then(
            () => false,
            () => false,
          ),
          silent,
        ]);
        if (hung && waiting) onHung(now() - asked);
      };
      const timer = first ? undefined : setTimeout(() => void ask(), Math.max(LEAST_MS, PATIENCE * longest));
      let next: IteratorResult<RunRecord>;
      try {
        next = await source.next();
      } finally {
        waiting = false;
        clearTimeout(timer);
      }
      if (next.done) return;
      if (!first) longest = Math.max(longest, now() - asked);
      first = false;
      yield next.value;
    }
  } finally {
    await source.return?.();
  }
}

const passed = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
