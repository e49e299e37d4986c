/**
 * Update rules, a table: what an optimiser keeps from step to step, and its step. An optimiser that is named in `meta.ts` and
 * has no rule here does not compile.
 */
import type { GpuTensor, Recorder } from '../gpu/recorder';
import adamWSource from '../kernels/adamW/adamW.wgsl?raw';
import lionSource from '../kernels/lion/lion.wgsl?raw';
import sgdSource from '../kernels/sgd/sgd.wgsl?raw';
import { launchUpdate, updateKernel, type UpdateTensors } from '../kernels/update';
import type { OptimiserKind } from './meta';

/** What one step takes, for the parameters of one group. */
export interface StepRates {
  lr: number;
  weightDecay: number;
  /** SGD's, or the first beta of the others; the rule's own if not given. */
  momentum?: number | undefined;
  /** From 1. */
  step: number;
}

export interface Rule {
  /** Tensors kept from step to step, each as large as what is trained and zero at first. */
  readonly moments: number;
  /** Decays of moments whose beginning at zero is corrected, which a loss scale's state counts; null where none is. */
  betas(momentum?: number): { beta1: number; beta2: number } | null;
  /** Changes the parameter and its moments in place; with a loss scale's state as `scaling`, that may leave the step out. */
  step(recorder: Recorder, tensors: UpdateTensors, rates: StepRates, scaling: GpuTensor | null): void;
}

export const RULES: Readonly<Record<OptimiserKind, Rule>> = {
  // torch.optim.AdamW
  adamw: adam({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }),
  // fastai/optimizer.py
  fastai: adam({ beta1: 0.9, beta2: 0.99, epsilon: 1e-5 }),
  sgd: sgd({ momentum: 0.9 }),
  lion: lion({ beta1: 0.9, beta2: 0.99 }),
};

/** Decay first, then the bias-corrected step; moments m and v. */
function adam({ beta1: own, beta2, epsilon }: { beta1: number; beta2: number; epsilon: number }): Rule {
  const kernel = updateKernel('adamW', adamWSource, 2);
  return {
    moments: 2,
    betas: (beta1 = own) => ({ beta1, beta2 }),
    step(recorder, tensors, { lr, weightDecay, momentum: beta1 = own, step }, scaling) {
      const decays = [1 - lr * weightDecay, beta1, 1 - beta1, beta2, 1 - beta2];
      const corrections = scaling ? [lr, 1] : [lr / (1 - beta1 ** step), Math.sqrt(1 - beta2 ** step)];
      launchUpdate(recorder, kernel, tensors, [...decays, ...corrections, epsilon], scaling);
    },
  };
}

/** torch.optim.SGD: decay is part of the gradient, dampening and Nesterov are off; one moment, the velocity. */
function sgd({ momentum: own }: { momentum: number }): Rule {
  const kernel = updateKernel('sgd', sgdSource, 1);
  return {
    moments: 1,
    betas: () => null,
    step(recorder, tensors, { lr, weightDecay, momentum = own }, scaling) {
      launchUpdate(recorder, kernel, tensors, [lr, weightDecay, momentum], scaling);
    },
  };
}

/** Chen et al. 2023, "Symbolic Discovery of Optimization Algorithms", algorithm 2; one moment. */
function lion({ beta1: own, beta2 }: { beta1: number; beta2: number }): Rule {
  const kernel = updateKernel('lion', lionSource, 1);
  return {
    moments: 1,
    betas: () => null,
    step(recorder, tensors, { lr, weightDecay, momentum: beta1 = own }, scaling) {
      const floats = [1 - lr * weightDecay, lr, beta1, 1 - beta1, beta2, 1 - beta2];
      launchUpdate(recorder, kernel, tensors, floats, scaling);
    },
  };
}
