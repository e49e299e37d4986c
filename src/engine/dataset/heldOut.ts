/** Photos held out of every choice: of the folder's own test split, or a part of the validation photos. */
import { fork, permutation } from '../base/rng';
import type { Dataset, Sample } from './types';

/**
 * A data set whose test photos are `share` of each class' validation photos, drawn with the seed; the others still
 * validate, in their order. One photo at least of each class stays. A folder's own test photos are kept as they are, and
 * the data set with them.
 */
export function holdOut(dataset: Dataset, share: number, seed: number): Dataset {
  if (share <= 0 || dataset.test.length > 0) return dataset;
  const byClass = new Map<number, Sample[]>();
  for (const sample of dataset.validation) {
    byClass.set(sample.label, [...(byClass.get(sample.label) ?? []), sample]);
  }
  const held = new Set<Sample>();
  for (const [label, members] of byClass) {
    const count = Math.min(members.length - 1, Math.round(share * members.length));
    const order = permutation(fork(seed, label), members.length);
    for (const index of order.subarray(0, count)) held.add(members[index]!);
  }
  return {
    ...dataset,
    validation: dataset.validation.filter((sample) => !held.has(sample)),
    test: dataset.validation.filter((sample) => held.has(sample)),
  };
}
