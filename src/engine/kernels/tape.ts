/**
 * Backward passes that let go of memory as they go. TensorFlow.js keeps every gradient and everything that was saved
 * until the whole backward pass is over; a node's own are of no use to anyone once its gradients are out.
 */
import { dispose, type Tensor } from '@tensorflow/tfjs-core';

type Gradients<K extends string> = Record<K, () => Tensor>;

/** Lets go of a node's incoming gradient and saved tensors; they belong to this node alone. */
export function release(dy: Tensor, saved: readonly Tensor[]): void {
  dispose([dy, ...saved]);
}

/** The same gradients; when each has been computed once, `dy` and `saved` are let go. */
export function releasing<K extends string>(
  dy: Tensor,
  saved: readonly Tensor[],
  gradients: Gradients<K>,
): Gradients<K> {
  const left = new Set(Object.keys(gradients));
  const wrapped = Object.entries<() => Tensor>(gradients).map(([name, compute]) => {
    const once = () => {
      const gradient = compute();
      left.delete(name);
      if (left.size === 0) release(dy, saved);
      return gradient;
    };
    return [name, once] as const;
  });
  return Object.fromEntries(wrapped) as Gradients<K>;
}
