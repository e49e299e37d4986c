/** Optimisers over a set of named parameters: torch.optim.AdamW and SGD with one parameter group, decay on every tensor. */
import type { GpuTensor, Recorder } from '../gpu/recorder';
import { adamW } from '../kernels/adamW/adamW';
import { findOverflow, initialLossScale, updateLossScale } from '../kernels/lossScale/lossScale';
import { sgd } from '../kernels/sgd/sgd';
import type { Precision } from '../kernels/storage';
import { allocateArena, contiguousRuns } from '../nn/arena';

export interface OptimiserConfig {
  lr: number;
  weightDecay: number;
  /** Of the activations' gradients: half precision goes with a scaled loss. float32 if not given. */
  precision?: Precision;
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
  /** What the loss's gradient is to be scaled by, for `crossEntropy`; null for nothing. */
  readonly scaling: GpuTensor | null;
  /** Changes the parameters in place; `scale` times the learning rate, 1 where none is given. */
  step(scale?: number): void;
  release(): void;
}

/** Moving averages that each keeps, every one as large as what is trained. */
const MOMENTS: Record<OptimiserChoice['kind'], number> = { adamw: 2, sgd: 1 };

/**
 * A new optimiser with state zero over slices of one arena. Tensors that are not in `parameters` are neither stepped nor
 * decayed. Neighbouring parameters are stepped by one dispatch.
 */
export function newOptimiser(
  recorder: Recorder,
  parameters: ReadonlyMap<string, GpuTensor>,
  choice: OptimiserChoice,
  { lr, weightDecay, precision = 'float32' }: OptimiserConfig,
): Optimiser {
  const runs = contiguousRuns(parameters, recorder.report.maxBindingBytes).map(({ whole, keys }) => {
    const gradient = allocateArena(
      recorder,
      keys.map((key) => ({ key, shape: parameters.get(key)!.shape })),
    );
    const moments = Array.from({ length: MOMENTS[choice.kind] }, () => recorder.allocate(whole.shape));
    for (const tensor of [gradient.whole, ...moments]) recorder.clear(tensor);
    return { parameter: whole, gradient, moments };
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
    step(scale = 1) {
      step++;
      if (lossScale) {
        for (const { gradient } of runs) findOverflow(recorder, lossScale, gradient.whole);
        updateLossScale(recorder, lossScale, { beta1: BETA1, beta2: BETA2 });
      }
      const rates = { lr: lr * scale, weightDecay };
      for (const {
        parameter,
        gradient: { whole: gradient },
        moments,
      } of runs) {
        const [first, second] = moments as [GpuTensor, GpuTensor];
        if (choice.kind === 'sgd') {
          const tensors = { parameter, gradient, velocity: first };
          sgd(recorder, tensors, { ...rates, momentum: choice.momentum }, scaling);
        } else {
          const betas = { beta1: BETA1, beta2: BETA2, epsilon: EPSILON, step };
          adamW(recorder, { parameter, gradient, m: first, v: second }, { ...rates, ...betas }, scaling);
        }
      }
    },
    release() {
      for (const { gradient, moments } of runs) {
        for (const tensor of [gradient.whole, ...moments]) recorder.release(tensor);
      }
      if (lossScale) for (const tensor of [lossScale.state, lossScale.overflow]) recorder.release(tensor);
    },
  };
}

/** `newOptimiser` for AdamW. */
export function adamWOptimiser(
  recorder: Recorder,
  parameters: ReadonlyMap<string, GpuTensor>,
  config: OptimiserConfig,
): Optimiser {
  return newOptimiser(recorder, parameters, { kind: 'adamw' }, config);
}
