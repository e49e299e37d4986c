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

/** A shape as it is here; `shape` is torch's. */
export function fromTorchShape(shape: readonly number[]): number[] {
  if (shape.length !== 4) return [...shape];
  const [output = 0, input = 0, height = 0, width = 0] = shape;
  return [height, width, input, output];
}

/** Side of a square of elements that fits into a processor's nearest cache in both layouts. */
const TILE = 32;

/** Torch's is a matrix [O, I·K·K], ours its transpose with rows in another order: moved square by square. */
function permuteFilter(values: Float32Array, shape: readonly number[], toTorch: boolean): Float32Array<ArrayBuffer> {
  const [height = 0, width = 0, input = 0, output = 0] = shape;
  const pixels = height * width;
  const columns = input * pixels;
  const out = new Float32Array(values.length);
  for (let firstO = 0; firstO < output; firstO += TILE) {
    const endO = Math.min(firstO + TILE, output);
    for (let first = 0; first < columns; first += TILE) {
      for (let column = first, end = Math.min(first + TILE, columns); column < end; column++) {
        const i = Math.floor(column / pixels);
        const row = ((column - i * pixels) * input + i) * output;
        if (toTorch) for (let o = firstO; o < endO; o++) out[o * columns + column] = values[row + o]!;
        else for (let o = firstO; o < endO; o++) out[row + o] = values[o * columns + column]!;
      }
    }
  }
  return out;
}
