/** What the step benches time, whoever wrote the step. */
import { fork } from '../../engine/base/rng';
import type { Architecture } from '../../engine/models/meta';
import { stateSpecs } from '../../engine/models/resnet';
import { type HostState, initialHostState } from '../../engine/nn/state';

export interface StepShape {
  arch: Architecture;
  batch: number;
  size: number;
}

/** Weights and one batch, the same for every side. */
export interface StepInputs extends StepShape {
  classes: readonly string[];
  host: HostState;
  /** [N, R, R, 3] in [0, 1). */
  images: Float32Array;
  labels: Int32Array;
  lr: number;
}

export interface Trainer {
  /** One optimiser step on the batch. Resolves with the loss before it, when the GPU has done all of the step. */
  step(): Promise<number>;
  /** Tensors that TensorFlow.js counts, of both sides. */
  tensors(): number;
  dispose(): void;
}

const CLASSES = ['a', 'b', 'c', 'd', 'e'];

export function stepInputs({ arch, batch, size }: StepShape): StepInputs {
  const rng = fork(2);
  return {
    arch,
    batch,
    size,
    classes: CLASSES,
    host: initialHostState(stateSpecs(arch, CLASSES.length), 1),
    images: Float32Array.from({ length: batch * size * size * 3 }, () => rng.uniform()),
    labels: Int32Array.from({ length: batch }, (_, i) => i % CLASSES.length),
    lr: 1e-3,
  };
}
