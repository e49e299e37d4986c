import type { HostState } from '../engine/nn/state';

/** Keys whose values are not the same to the bit, in order. */
export function changedKeys(before: HostState, after: HostState): string[] {
  const bytesOf = (state: HostState, key: string) => Buffer.from(state.tensors.get(key)!.values.buffer);
  const tensors = [...before.tensors.keys()].filter((key) => !bytesOf(after, key).equals(bytesOf(before, key)));
  const tracked = [...before.batchesTracked].filter(([key, count]) => after.batchesTracked.get(key) !== count);
  return [...tensors, ...tracked.map(([key]) => key)].sort();
}
