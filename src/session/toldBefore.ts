/** A run that is gone through again from what was saved of it: what it has said is not said twice. */
import type { RunRecord } from '../engine/base/records';
import { changesResult } from '../protocol/results';

/** What a training says, which goes on from its own state, and of photos that are met again. */
export const OF_TRAINING: ReadonlySet<RunRecord['kind']> = new Set(['step', 'epoch', 'shift', 'gain', 'unreadable']);

/**
 * The records without as many of each kind, beside trainings, as are among `told`. What is done again comes to the same: it is
 * worked out from weights, photos and evaluations that were kept.
 */
export async function* withoutTold(
  records: AsyncIterable<RunRecord>,
  told: readonly RunRecord[],
): AsyncGenerator<RunRecord, void, undefined> {
  const left = new Map<RunRecord['kind'], number>();
  for (const { kind } of told) if (!OF_TRAINING.has(kind)) left.set(kind, (left.get(kind) ?? 0) + 1);
  for await (const record of records) {
    const more = changesResult(record) ? (left.get(record.kind) ?? 0) : 0;
    if (more > 0) left.set(record.kind, more - 1);
    else yield record;
  }
}
