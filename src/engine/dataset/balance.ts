/** What to do about rare classes: draw each as often as the others, or let each photo of theirs count for more. */
import { permutation, type Rng } from '../base/rng';
import type { Sample } from './types';

/**
 * As many draws as there are samples, every class among them equally often (give or take one) and every sample of a class,
 * too. A sample's further draws are its index plus one, two, … times `samples.length`: views of their own, to `batches`.
 */
export function balancedOrder(samples: readonly Sample[], rng: Rng): Int32Array<ArrayBuffer> {
  const classes = [...membersByLabel(samples).values()];
  const turns = permutation(rng, classes.length);
  const draws = classes.flatMap((members, c) => {
    const quota = Math.floor((samples.length + classes.length - 1 - turns[c]!) / classes.length);
    const order = permutation(rng, members.length);
    return Array.from(
      { length: quota },
      (_, i) => members[order[i % members.length]!]! + Math.floor(i / members.length) * samples.length,
    );
  });
  return permutation(rng, draws.length).map((at) => draws[at]!);
}

/** Photos over classes and photos of the class [K], so that a class weighs as much as any other; 0 for one without photos. */
export function inverseFrequency(samples: readonly Sample[], classes: number): number[] {
  const members = membersByLabel(samples);
  return Array.from({ length: classes }, (_, label) => {
    const count = members.get(label)?.length;
    return count === undefined ? 0 : samples.length / (members.size * count);
  });
}

function membersByLabel(samples: readonly Sample[]): Map<number, number[]> {
  const members = new Map<number, number[]>();
  samples.forEach(({ label }, index) => {
    if (!members.has(label)) members.set(label, []);
    members.get(label)!.push(index);
  });
  return members;
}
