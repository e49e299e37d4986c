/** Weights' classes against a data set's, by name: a classifier's rows stand in the order of the data set's classes, or are replaced. */
import { areUnnamed } from '../engine/train/checkpoint';
import type { HostState } from '../engine/nn/state';
import type { TensorSpec } from '../engine/nn/state';

export type ClassMatch =
  /** In the same order already. */
  | { kind: 'same' }
  /** `order[i]`: which class of the weights is the data set's class i. */
  | { kind: 'reordered'; order: readonly number[] }
  /** As many, but the weights do not say which is which. */
  | { kind: 'unnamed' }
  /** Others, or of another number. */
  | { kind: 'other' };

/** As `engine/dataset/classNames.ts` takes names for the same. */
const plain = (name: string): string =>
  name
    .normalize('NFC')
    .trim()
    .toLowerCase()
    .replaceAll(/(?<=\S)[\s_-]+(?=\S)/g, ' ');

export function matchClasses(weights: readonly string[], dataset: readonly string[]): ClassMatch {
  if (weights.length !== dataset.length) return { kind: 'other' };
  if (weights.every((name, i) => name === dataset[i])) return { kind: 'same' };
  if (areUnnamed(weights)) return { kind: 'unnamed' };
  const exact = dataset.map((name) => weights.indexOf(name));
  const order = exact.includes(-1) ? dataset.map((name) => weights.map(plain).indexOf(plain(name))) : exact;
  const isPermutation = !order.includes(-1) && new Set(order).size === order.length;
  return isPermutation ? { kind: 'reordered', order } : { kind: 'other' };
}

/** The state with the classifier's rows in that order; what is not of the last layer is shared. `specs`: the network's. */
export function reorderedClasses(state: HostState, specs: readonly TensorSpec[], order: readonly number[]): HostState {
  const last = specs.filter(
    ({ shape, role }) => shape[0] === order.length && (role === 'linear' || role === 'linearBias'),
  );
  const layer = last.at(-1)?.key.replace(/\.\w+$/, '');
  const tensors = new Map(state.tensors);
  for (const { key, shape } of last) {
    if (!key.startsWith(`${layer}.`)) continue;
    const { values } = state.tensors.get(key)!;
    const width = values.length / order.length;
    const moved = new Float32Array(values.length);
    order.forEach((from, to) => moved.set(values.subarray(from * width, (from + 1) * width), to * width));
    tensors.set(key, { shape, values: moved });
  }
  return { tensors, batchesTracked: state.batchesTracked };
}
