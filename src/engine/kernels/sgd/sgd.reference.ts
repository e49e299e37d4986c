/** torch.optim.SGD's step in float64: the parameter and its velocity after each of `gradients`. */

export interface SgdStep {
  lr: number;
  weightDecay: number;
  momentum: number;
}

export function sgdReference(
  start: ArrayLike<number>,
  gradients: readonly ArrayLike<number>[],
  { lr, weightDecay, momentum }: SgdStep,
): { parameter: Float64Array; velocity: Float64Array }[] {
  const parameter = Float64Array.from(start);
  const velocity = new Float64Array(parameter.length);
  return gradients.map((gradient) => {
    parameter.forEach((value, i) => {
      const next = momentum * velocity[i]! + gradient[i]! + weightDecay * value;
      velocity[i] = next;
      parameter[i] = value - lr * next;
    });
    return { parameter: parameter.slice(), velocity: velocity.slice() };
  });
}
