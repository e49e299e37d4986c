/** Max pooling with plain loops: torch.nn.MaxPool2d, the first of equals winning. */

export interface PoolCase {
  shape: readonly [number, number, number, number];
  kernel: number;
  stride: number;
  pad: number;
}

/** Of one side. */
export const pooledSize = (size: number, { kernel, stride, pad }: PoolCase) =>
  Math.floor((size + 2 * pad - kernel) / stride) + 1;

/** y and dx of the output's gradient `dy`: [N, OH, OW, C] and [N, H, W, C]. */
export function maxPoolReference(given: PoolCase, x: ArrayLike<number>, dy: ArrayLike<number>) {
  const { shape, kernel, stride, pad } = given;
  const [batch, height, width, channels] = shape;
  const [outHeight, outWidth] = [pooledSize(height, given), pooledSize(width, given)];
  const y = new Float64Array(batch * outHeight * outWidth * channels);
  const dx = new Float64Array(batch * height * width * channels);
  for (let at = 0; at < y.length; at++) {
    const c = at % channels;
    const ow = Math.floor(at / channels) % outWidth;
    const oh = Math.floor(at / channels / outWidth) % outHeight;
    const n = Math.floor(at / channels / outWidth / outHeight);
    let winner = -1;
    for (let ih = oh * stride - pad; ih < oh * stride - pad + kernel; ih++) {
      for (let iw = ow * stride - pad; iw < ow * stride - pad + kernel; iw++) {
        if (ih < 0 || ih >= height || iw < 0 || iw >= width) continue;
        const from = ((n * height + ih) * width + iw) * channels + c;
        if (winner < 0 || x[from]! > x[winner]!) winner = from;
      }
    }
    y[at] = x[winner]!;
    dx[winner]! += dy[at]!;
  }
  return { y, dx };
}
