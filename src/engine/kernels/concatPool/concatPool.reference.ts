/** AdaptiveConcatPool2d with plain loops in float64, the first of equals being the largest. */

/** y [N, 2C] of `x` [N, pixels, C], and dx of the output's gradient `dy`. */
export function concatPoolReference(
  { batch, pixels, channels }: { batch: number; pixels: number; channels: number },
  x: ArrayLike<number>,
  dy: ArrayLike<number>,
): { y: Float64Array; dx: Float64Array } {
  const y = new Float64Array(batch * 2 * channels);
  const dx = new Float64Array(batch * pixels * channels);
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < channels; c++) {
      const at = (pixel: number) => (n * pixels + pixel) * channels + c;
      const [ofMax, ofMean] = [2 * n * channels + c, (2 * n + 1) * channels + c];
      let winner = 0;
      for (let pixel = 0; pixel < pixels; pixel++) {
        if (x[at(pixel)]! > x[at(winner)]!) winner = pixel;
        y[ofMean]! += x[at(pixel)]! / pixels;
        dx[at(pixel)] = dy[ofMean]! / pixels;
      }
      y[ofMax] = x[at(winner)]!;
      dx[at(winner)]! += dy[ofMax]!;
    }
  }
  return { y, dx };
}
