/** torch.nn.utils.clip_grad_norm_ in float64: the gradients after it. */
export function clipNormReference(gradients: readonly ArrayLike<number>[], maxNorm: number): Float64Array[] {
  const square = gradients.reduce((sum, one) => sum + Array.from(one).reduce((part, value) => part + value ** 2, 0), 0);
  const factor = Math.min(1, maxNorm / (Math.sqrt(square) + 1e-6));
  return gradients.map((one) => Float64Array.from(one, (value) => value * factor));
}
