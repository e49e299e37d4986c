/** What the forward pass keeps for the backward pass: the choice between memory and time. */
import type { Architecture } from '../models/meta';
import { modelOf } from '../models/registry';
import type { MemoryPolicy } from '../nn/tape';

export const MEMORY_LEVELS = ['fast', 'lean', 'leanest'] as const;

/**
 * `fast` keeps convolutions' outputs and their normalised, rectified forms, as PyTorch does. `lean` keeps the convolutions'
 * outputs alone. `leanest` also computes the widening 1x1 convolutions of the first stage again: at twice the resolution of
 * the next stage they hold a third of all outputs, and take 2 % of a step.
 */
export type MemoryLevel = (typeof MEMORY_LEVELS)[number];

export function memoryPolicy(arch: Architecture, level: MemoryLevel): MemoryPolicy {
  const again = new Set(
    modelOf(arch)
      .convs.filter(({ stage, kernel, joins }) => stage === 1 && kernel === 1 && joins)
      .map(({ name }) => name),
  );
  return {
    norm: () => level === 'fast',
    conv: (name) => level !== 'leanest' || !again.has(name),
  };
}
