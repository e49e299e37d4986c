/** Optimisers over a set of named parameters: torch.optim.AdamW and SGD with one parameter group, decay on every tensor. */
import type { GpuTensor, Recorder } from '../gpu/recorder';
import { adamW } from '../kernels/adamW/adamW';
import { sgd } from '../kernels/sgd/sgd';
import { allocateArena, contiguousRuns } from '../nn/arena';

export interface OptimiserConfig {
  lr: number;
  weightDecay: number;
}

/** `momentum` is SGD's. */
export type OptimiserChoice = { kind: 'adamw' } | { kind: 'sgd'; momentum: number };

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

export interface Optimiser {
  /** Where the gradients are added up, by parameter key; zero after `clearGradients`. */
  readonly gradients: ReadonlyMap<string, GpuTensor>;
  clearGradients(): void;
  /** Changes the parameters in place; `scale` times the learning rate, 1 where none is given. */
  step(scale?: number): void;
  release(): void;
}

/**
 * A new optimiser with state zero over slices of one arena. Tensors that are not in `parameters` are neither stepped nor
 * decayed. Neighbouring parameters are stepped by one dispatch.
 */
export function adamWOptimiser(
  recorder: Recorder,
  parameters: ReadonlyMap<string, GpuTensor>,
  { lr, weightDecay }: OptimiserConfig,
): Optimiser {
  const runs = contiguousRuns(parameters, recorder.report.maxBindingBytes).map(({ whole, keys }) => {
    const gradient = allocateArena(
      recorder,
      keys.map((key) => ({ key, shape: parameters.get(key)!.shape })),
    );
    const [m, v] = [recorder.allocate(whole.shape), recorder.allocate(whole.shape)];
    for (const tensor of [gradient.whole, m, v]) recorder.clear(tensor);
    return { parameter: whole, gradient, m, v };
  });
  let step = 0;
  return {
    gradients: new Map(runs.flatMap(({ gradient }) => [...gradient.slices])),
    clearGradients() {
      for (const { gradient } of runs) recorder.clear(gradient.whole);
    },
    step(scale = 1) {
      step++;
      const rates = { lr: lr * scale, weightDecay, beta1: BETA1, beta2: BETA2, epsilon: EPSILON, step };
      for (const { parameter, gradient, m, v } of runs) {
        adamW(recorder, { parameter, gradient: gradient.whole, m, v }, rates);
      }
    },
    release() {
      for (const { gradient, m, v } of runs) for (const tensor of [gradient.whole, m, v]) recorder.release(tensor);
    },
  };
}

/** The same by torch.optim.SGD: a velocity a parameter, zero to begin with, so that the first step is the gradient's own. */
export function sgdOptimiser(
  recorder: Recorder,
  parameters: ReadonlyMap<string, GpuTensor>,
  { lr, weightDecay, momentum }: OptimiserConfig & { momentum: number },
): Optimiser {
  const runs = contiguousRuns(parameters, recorder.report.maxBindingBytes).map(({ whole, keys }) => {
    const gradient = allocateArena(
      recorder,
      keys.map((key) => ({ key, shape: parameters.get(key)!.shape })),
    );
    const velocity = recorder.allocate(whole.shape);
    for (const tensor of [gradient.whole, velocity]) recorder.clear(tensor);
    return { parameter: whole, gradient, velocity };
  });
  return {
    gradients: new Map(runs.flatMap(({ gradient }) => [...gradient.slices])),
    clearGradients() {
      for (const { gradient } of runs) recorder.clear(gradient.whole);
    },
    step(scale = 1) {
      for (const { parameter, gradient, velocity } of runs) {
        sgd(recorder, { parameter, gradient: gradient.whole, velocity }, { lr: lr * scale, weightDecay, momentum });
      }
    },
    release() {
      for (const { gradient, velocity } of runs) for (const one of [gradient.whole, velocity]) recorder.release(one);
    },
  };
}

export function newOptimiser(
  recorder: Recorder,
  parameters: ReadonlyMap<string, GpuTensor>,
  choice: OptimiserChoice,
  config: OptimiserConfig,
): Optimiser {
  return choice.kind === 'adamw'
    ? adamWOptimiser(recorder, parameters, config)
    : sgdOptimiser(recorder, parameters, { ...config, momentum: choice.momentum });
}
