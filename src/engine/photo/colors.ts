/** Random changes of colour as numbers: step 4 of the data's path. Source: torchvision 0.14, `ColorJitter.get_params`. */
import type { Rng } from '../base/rng';
import { permutation } from '../base/rng';
import type { ColorOperation } from './view';

const KINDS = ['brightness', 'contrast', 'saturation'] as const;

/** ColorJitter(strength, strength, strength): each factor from U[max(0, 1 - strength), 1 + strength], in random order. */
export function drawOperations(rng: Rng, strength: number): ColorOperation[] {
  const order = permutation(rng, KINDS.length);
  const least = Math.max(0, 1 - strength);
  return Array.from(order, (index) => ({
    kind: KINDS[index]!,
    // torchvision draws single precision.
    factor: Math.fround(least + (1 + strength - least) * rng.uniform()),
  }));
}
