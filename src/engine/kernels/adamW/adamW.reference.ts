/** torch.optim.AdamW's three lines in float64: the parameter, m and v after each of `gradients`, a step's constants each. */

export interface AdamWStep {
  lr: number;
  weightDecay: number;
  beta1: number;
  beta2: number;
  epsilon: number;
}

export function adamWReference(
  start: ArrayLike<number>,
  gradients: readonly ArrayLike<number>[],
  steps: readonly AdamWStep[],
): Float64Array[][] {
  const parameter = Float64Array.from(start);
  const [m, v] = [new Float64Array(parameter.length), new Float64Array(parameter.length)];
  return gradients.map((gradient, index) => {
    const { lr, weightDecay, beta1, beta2, epsilon } = steps[index]!;
    const t = index + 1;
    parameter.forEach((value, i) => {
      const g = gradient[i]!;
      m[i] = beta1 * m[i]! + (1 - beta1) * g;
      v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
      const denominator = Math.sqrt(v[i]) / Math.sqrt(1 - beta2 ** t) + epsilon;
      parameter[i] = value * (1 - lr * weightDecay) - ((lr / (1 - beta1 ** t)) * m[i]) / denominator;
    });
    return [parameter, m, v].map((array) => array.slice());
  });
}
