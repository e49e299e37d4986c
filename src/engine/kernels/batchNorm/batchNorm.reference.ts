/** Batch normalisation in f64, by the formulas of Ioffe & Szegedy 2015, section 3. */
import { EPSILON } from './batchNorm';

export interface BatchNormCase {
  /** x, residual, dy: [rows, channels]; gamma, beta: [channels]. */
  rows: number;
  channels: number;
  x: ArrayLike<number>;
  gamma: ArrayLike<number>;
  beta: ArrayLike<number>;
  residual: ArrayLike<number> | null;
  relu: boolean;
}

/** Mean and biased variance of every channel. */
export function channelStatistics({ rows, channels, x }: BatchNormCase): {
  mean: Float64Array;
  variance: Float64Array;
} {
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (let i = 0; i < rows * channels; i++) mean[i % channels]! += x[i]! / rows;
  for (let i = 0; i < rows * channels; i++) variance[i % channels]! += (x[i]! - mean[i % channels]!) ** 2 / rows;
  return { mean, variance };
}

/** [rows, channels] */
export function normalised(
  { rows, channels, x, gamma, beta, residual, relu }: BatchNormCase,
  mean: ArrayLike<number>,
  variance: ArrayLike<number>,
): Float64Array {
  return Float64Array.from({ length: rows * channels }, (_, i) => {
    const c = i % channels;
    const hat = (x[i]! - mean[c]!) / Math.sqrt(variance[c]! + EPSILON);
    const value = hat * gamma[c]! + beta[c]! + (residual ? residual[i]! : 0);
    return relu ? Math.max(0, value) : value;
  });
}

/** Training mode's gradients; `dresidual` is dy where the ReLU let it through. */
export function batchNormGradients(given: BatchNormCase, dy: ArrayLike<number>) {
  const { rows, channels, x, gamma, relu } = given;
  const { mean, variance } = channelStatistics(given);
  const y = normalised(given, mean, variance);
  const scale = variance.map((value) => 1 / Math.sqrt(value + EPSILON));
  const hat = (i: number) => (x[i]! - mean[i % channels]!) * scale[i % channels]!;
  const dresidual = y.map((value, i) => (relu && value <= 0 ? 0 : dy[i]!));
  const dgamma = new Float64Array(channels);
  const dbeta = new Float64Array(channels);
  dresidual.forEach((gradient, i) => {
    dgamma[i % channels]! += gradient * hat(i);
    dbeta[i % channels]! += gradient;
  });
  const dx = dresidual.map((gradient, i) => {
    const c = i % channels;
    return gamma[c]! * scale[c]! * (gradient - dbeta[c]! / rows - (hat(i) * dgamma[c]!) / rows);
  });
  return { dx, dgamma, dbeta, dresidual };
}
