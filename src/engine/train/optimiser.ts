/** AdamW over a set of named parameters: torch.optim.AdamW with one parameter group, decay on every tensor. */
import type { GpuTensor, Recorder } from '../gpu/recorder';
import { adamW } from '../kernels/adamW/adamW';
import { allocateArena, contiguousRuns } from '../nn/arena';

export interface OptimiserConfig {
  lr: number;
  weightDecay: number;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

export interface Optimiser {
  /** Where the gradients are added up, by parameter key; zero after `clearGradients`. */
  readonly gradients: ReadonlyMap<string, GpuTensor>;
  clearGradients(): void;
  /** Changes the parameters in place. */
  step(): void;
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
    step() {
      step++;
      const rates = { lr, weightDecay, beta1: BETA1, beta2: BETA2, epsilon: EPSILON, step };
      for (const { parameter, gradient, m, v } of runs) {
        adamW(recorder, { parameter, gradient: gradient.whole, m, v }, rates);
      }
    },
    release() {
      for (const { gradient, m, v } of runs) for (const tensor of [gradient.whole, m, v]) recorder.release(tensor);
    },
  };
}
