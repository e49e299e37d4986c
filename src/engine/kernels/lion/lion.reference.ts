/** Algorithm 2 of Chen et al. 2023 in float64: the parameter and its moment after each of `gradients`. */
export interface LionStep {
  lr: number;
  weightDecay: number;
  beta1: number;
  beta2: number;
}

export function lionReference(
  start: ArrayLike<number>,
  gradients: readonly ArrayLike<number>[],
  { lr, weightDecay, beta1, beta2 }: LionStep,
): { parameter: Float64Array; moment: Float64Array }[] {
  const parameter = Float64Array.from(start);
  const moment = new Float64Array(parameter.length);
  return gradients.map((gradient) => {
    parameter.forEach((value, i) => {
      const [g, m] = [gradient[i]!, moment[i]!];
      const update = Math.sign(beta1 * m + (1 - beta1) * g);
      parameter[i] = value - lr * (update + weightDecay * value);
      moment[i] = beta2 * m + (1 - beta2) * g;
    });
    return { parameter: parameter.slice(), moment: moment.slice() };
  });
}
