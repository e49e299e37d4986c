/**
 * Mixup (Zhang et al. 2017) and CutMix (Yun et al. 2019) of a batch with itself moved on by one photo, as torchvision's
 * references/classification/transforms.py draws them.
 */
import type { Rng } from '../base/rng';
import type { MixRegion } from '../kernels/mix/mix';
import type { MixingOptions } from '../optim/objective';
import type { Mixed } from './targets';

export interface Mixing extends Mixed {
  /** Where the photos are mixed. */
  region: MixRegion;
}

/** How a batch of `size` px is mixed; null if it is not. */
export function drawMixing({ mixup, cutmix }: MixingOptions, size: number, rng: Rng): Mixing | null {
  if (mixup === 0 && cutmix === 0) return null;
  const cuts = mixup === 0 || (cutmix > 0 && rng.uniform() < 0.5);
  const share = symmetricBeta(cuts ? cutmix : mixup, rng);
  if (!cuts) return { share, region: { left: 0, top: 0, right: size, bottom: size, share } };
  const [x, y] = [rng.integer(0, size - 1), rng.integer(0, size - 1)];
  const half = Math.floor(0.5 * Math.sqrt(1 - share) * size);
  const [left, right] = [Math.max(x - half, 0), Math.min(x + half, size)];
  const [top, bottom] = [Math.max(y - half, 0), Math.min(y + half, size)];
  // What the clipped box really leaves.
  const kept = 1 - ((right - left) * (bottom - top)) / (size * size);
  return { share: kept, region: { left, top, right, bottom, share: 0 } };
}

/** From Beta(alpha, alpha). */
export function symmetricBeta(alpha: number, rng: Rng): number {
  const [a, b] = [logGamma(alpha, rng), logGamma(alpha, rng)];
  return 1 / (1 + Math.exp(b - a));
}

/** Logarithm of a draw from Gamma(shape, 1), which small shapes send below the least number (Marsaglia and Tsang 2000). */
function logGamma(shape: number, rng: Rng): number {
  if (shape < 1) return logGamma(shape + 1, rng) + Math.log(1 - rng.uniform()) / shape;
  const d = shape - 1 / 3;
  for (;;) {
    const x = rng.normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - rng.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return Math.log(d * v);
  }
}
