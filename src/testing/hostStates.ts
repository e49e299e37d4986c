import type { HostState, TensorSpec } from '../engine/nn/state';
import { values as noiseOf } from './golden/values';

/** Keys whose values are not the same to the bit, in order. */
export function changedKeys(before: HostState, after: HostState): string[] {
  const bytesOf = (state: HostState, key: string) => Buffer.from(state.tensors.get(key)!.values.buffer);
  const tensors = [...before.tensors.keys()].filter((key) => !bytesOf(after, key).equals(bytesOf(before, key)));
  const tracked = [...before.batchesTracked].filter(([key, count]) => after.batchesTracked.get(key) !== count);
  return [...tensors, ...tracked.map(([key]) => key)].sort();
}

/** Tensors of which no two are alike, from one row of noise: random weights of a large network take seconds. */
export function noiseState(specs: readonly TensorSpec[]): HostState {
  const noise = noiseOf('noise', 2 ** 16);
  const state: HostState = { tensors: new Map(), batchesTracked: new Map() };
  for (const [i, { key, role, shape }] of specs.entries()) {
    if (role === 'batchesTracked') {
      state.batchesTracked.set(key, i);
      continue;
    }
    const tensor = new Float32Array(shape.reduce((a, b) => a * b, 1));
    for (let at = 0, from = (97 * i) % noise.length; at < tensor.length; at += noise.length - from, from = 0) {
      tensor.set(noise.subarray(from, from + tensor.length - at), at);
    }
    const values = role === 'runningVariance' ? tensor.map((u) => 1 + u) : tensor;
    state.tensors.set(key, { shape, values });
  }
  return state;
}
