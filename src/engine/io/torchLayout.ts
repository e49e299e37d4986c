/**
 * Torch's layout ↔ ours. Convolution filters are OIHW there and HWIO here; everything else is alike. The one place that
 * knows OIHW.
 */

/** HWIO [K, K, I, O] → OIHW [O, I, K, K]. */
export function toTorchFilter(values: Float32Array, shape: readonly number[]): Float32Array<ArrayBuffer> {
  return permuteFilter(values, shape, true);
}

/** OIHW [O, I, K, K] → HWIO; `shape` is ours, [K, K, I, O]. */
export function fromTorchFilter(values: Float32Array, shape: readonly number[]): Float32Array<ArrayBuffer> {
  return permuteFilter(values, shape, false);
}

/** A shape as torch writes it. */
export function torchShape(shape: readonly number[]): number[] {
  if (shape.length !== 4) return [...shape];
  const [height = 0, width = 0, input = 0, output = 0] = shape;
  return [output, input, height, width];
}

function permuteFilter(values: Float32Array, shape: readonly number[], toTorch: boolean): Float32Array<ArrayBuffer> {
  const [height = 0, width = 0, input = 0, output = 0] = shape;
  const out = new Float32Array(values.length);
  let ours = 0;
  for (let h = 0; h < height; h++)
    for (let w = 0; w < width; w++)
      for (let i = 0; i < input; i++)
        for (let o = 0; o < output; o++, ours++) {
          const torch = ((o * input + i) * height + h) * width + w;
          if (toTorch) out[torch] = values[ours]!;
          else out[ours] = values[torch]!;
        }
  return out;
}
