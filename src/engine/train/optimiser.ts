/** AdamW over a set of named parameters: torch.optim.AdamW with one parameter group, decay on every tensor. */
import { dispose, keep, type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import type { StudioBackend } from '../gpu/backend';
import { adamW } from '../kernels/adamW/adamW';

export interface OptimiserConfig {
  lr: number;
  weightDecay: number;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

export interface Optimiser {
  /** Changes the parameters in place. Every gradient is only read. */
  step(gradients: ReadonlyMap<string, Tensor>): void;
  dispose(): void;
}

/** A new optimiser with state zero. Tensors that are not in `parameters` are neither stepped nor decayed. */
export function adamWOptimiser(
  backend: StudioBackend,
  parameters: ReadonlyMap<string, Tensor>,
  { lr, weightDecay }: OptimiserConfig,
): Optimiser {
  const moments = new Map<string, { m: Tensor; v: Tensor }>();
  for (const [key, { shape }] of parameters) {
    moments.set(
      key,
      tidy(() => ({ m: keep(zeros(shape)), v: keep(zeros(shape)) })),
    );
  }
  let step = 0;
  return {
    step(gradients) {
      step++;
      for (const [key, parameter] of parameters) {
        const gradient = gradients.get(key);
        const { m, v } = moments.get(key)!;
        if (!gradient) throw new Error(`No gradient for ${key}`);
        adamW(
          backend,
          { parameter, gradient, m, v },
          { lr, weightDecay, beta1: BETA1, beta2: BETA2, epsilon: EPSILON, step },
        );
      }
    },
    dispose() {
      for (const { m, v } of moments.values()) dispose([m, v]);
      moments.clear();
    },
  };
}
