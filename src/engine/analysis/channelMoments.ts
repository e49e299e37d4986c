/**
 * The Gaussian variant of adaptation (paper, appendix A.2): mean and variance of every channel before the last ReLU,
 * matched to those at the training resolution by an affine map a channel.
 */

export interface ChannelMap {
  /** [C] */
  scale: Float32Array<ArrayBuffer>;
  shift: Float32Array<ArrayBuffer>;
}

/** Running means and variances of C channels (Chan et al., 1979: batches are merged, not added up). */
export class ChannelMoments {
  readonly mean: Float64Array;
  private readonly squares: Float64Array;
  private seen = 0;

  constructor(readonly channels: number) {
    this.mean = new Float64Array(channels);
    this.squares = new Float64Array(channels);
  }

  /** A batch's means and biased variances [C] over `rows` values each, before the ReLU. */
  add(means: ArrayLike<number>, variances: ArrayLike<number>, rows: number): void {
    const { channels, mean, squares } = this;
    if (rows === 0) return;
    const all = this.seen + rows;
    for (let c = 0; c < channels; c++) {
      const distance = means[c]! - mean[c]!;
      mean[c]! += (distance * rows) / all;
      squares[c]! += variances[c]! * rows + (distance * distance * this.seen * rows) / all;
    }
    this.seen = all;
  }

  /** Biased, as batch norm normalises. [C] */
  variance(): Float64Array {
    return this.squares.map((square) => square / Math.max(1, this.seen));
  }
}

/** Gives `from` the mean and variance of `to`. Channels that never vary are only moved. */
export function matchMoments(from: ChannelMoments, to: ChannelMoments): ChannelMap {
  const [own, wanted] = [from.variance(), to.variance()];
  const scale = Float32Array.from(own, (variance, c) => (variance > 0 ? Math.sqrt(wanted[c]! / variance) : 1));
  return { scale, shift: scale.map((s, c) => to.mean[c]! - s * from.mean[c]!) };
}
