/** AdamW over a set of named parameters: torch.optim.AdamW with one parameter group, decay on every tensor. */
import type { GpuTensor, Recorder } from '../gpu/recorder';
import { adamW } from '../kernels/adamW/adamW';
import { findOverflow, initialLossScale, updateLossScale } from '../kernels/lossScale/lossScale';
import type { Precision } from '../kernels/storage';
import { allocateArena, contiguousRuns } from '../nn/arena';

export interface OptimiserConfig {
  lr: number;
  weightDecay: number;
  /** Of the activations' gradients: half precision goes with a scaled loss. float32 if not given. */
  precision?: Precision;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

export interface Optimiser {
  /** Where the gradients are added up, by parameter key; zero after `clearGradients`. */
  readonly gradients: ReadonlyMap<string, GpuTensor>;
  clearGradients(): void;
  /** What the loss's gradient is to be scaled by, for `crossEntropy`; null for nothing. */
  readonly scaling: GpuTensor | null;
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
  { lr, weightDecay, precision = 'float32' }: OptimiserConfig,
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
  const lossScale = precision === 'float16' ? initialLossScale(recorder) : null;
  const scaling = lossScale?.state ?? null;
  let step = 0;
  return {
    gradients: new Map(runs.flatMap(({ gradient }) => [...gradient.slices])),
    scaling,
    clearGradients() {
      for (const { gradient } of runs) recorder.clear(gradient.whole);
    },
    step() {
      step++;
      if (lossScale) {
        for (const { gradient } of runs) findOverflow(recorder, lossScale, gradient.whole);
        updateLossScale(recorder, lossScale, { beta1: BETA1, beta2: BETA2 });
      }
      const rates = { lr, weightDecay, beta1: BETA1, beta2: BETA2, epsilon: EPSILON, step };
      for (const { parameter, gradient, m, v } of runs) {
        adamW(recorder, { parameter, gradient: gradient.whole, m, v }, rates, scaling);
      }
    },
    release() {
      for (const { gradient, m, v } of runs) for (const tensor of [gradient.whole, m, v]) recorder.release(tensor);
      if (lossScale) for (const tensor of [lossScale.state, lossScale.overflow]) recorder.release(tensor);
    },
  };
}
