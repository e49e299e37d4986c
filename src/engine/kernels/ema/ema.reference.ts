/** torch.optim.swa_utils.AveragedModel's average with torchvision's ema_avg, in float64: after each of `values`. */
export function emaReference(
  start: ArrayLike<number>,
  values: readonly ArrayLike<number>[],
  decays: readonly number[],
): Float64Array[] {
  let average = Float64Array.from(start);
  return values.map((value, step) => {
    const decay = decays[step]!;
    average = average.map((before, i) => decay * before + (1 - decay) * value[i]!);
    return average;
  });
}
