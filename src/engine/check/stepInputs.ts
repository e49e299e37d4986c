/** Weights and a batch for one training step, whoever takes it: drawn, the same every time. */
import { fork } from '../base/rng';
import type { Architecture } from '../models/meta';
import { stateSpecs } from '../models/registry';
import { type HostState, initialHostState } from '../nn/state';

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
  images: Float32Array<ArrayBuffer>;
  labels: Int32Array<ArrayBuffer>;
  lr: number;
}

const CLASSES = ['a', 'b', 'c', 'd', 'e'];

export function stepInputs({ arch, batch, size }: StepShape): StepInputs {
  return {
    arch,
    batch,
    size,
    classes: CLASSES,
    host: initialHostState(stateSpecs(arch, CLASSES.length), 1),
    images: repeatedNoise(2, batch * size * size * 3, 0),
    labels: Int32Array.from({ length: batch }, (_, i) => i % CLASSES.length),
    lr: 1e-3,
  };
}

/** A prime, so that the pattern falls differently in every row and channel. */
const PERIOD = 99_991;

/** Uniform in [`from`, `from` + 1): drawn for one period and repeated, since drawing a batch of 384 px takes seconds. */
export function repeatedNoise(seed: number, count: number, from: number): Float32Array<ArrayBuffer> {
  const rng = fork(seed);
  const values = new Float32Array(count);
  for (let i = 0; i < Math.min(count, PERIOD); i++) values[i] = from + rng.uniform();
  for (let filled = PERIOD; filled < count; filled *= 2) values.copyWithin(filled, 0, filled);
  return values;
}
