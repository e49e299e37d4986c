import { outputSize } from '../launch';
import type { Precision } from '../storage';

/** Dimensions of a convolution: activations NHWC, filters HWIO, square kernels, symmetric padding, as torch.nn.Conv2d. */
export interface ConvShape {
  batch: number;
  inHeight: number;
  inWidth: number;
  inChannels: number;
  outHeight: number;
  outWidth: number;
  outChannels: number;
  kernel: number;
  stride: number;
  pad: number;
  /** Output channels read their own of so many groups of input channels. */
  groups: number;
}

export interface ConvAttrs {
  stride: number;
  pad: number;
}

/**
 * `w` [K, K, CI / groups, CO]: how many groups there are follows.
 * @throws Error where the shapes do not fit: a mistake in the model, not in anybody's data.
 */
export function convShape(x: readonly number[], w: readonly number[], { stride, pad }: ConvAttrs): ConvShape {
  const [batch = 0, inHeight = 0, inWidth = 0, inChannels = 0] = x;
  const [kernel = 0, kernelWidth = 0, filterChannels = 0, outChannels = 0] = w;
  const groups = inChannels / filterChannels;
  const inFours = filterChannels % 4 === 0 || (groups === 1 && inChannels < 4);
  if (
    x.length !== 4 ||
    w.length !== 4 ||
    kernel !== kernelWidth ||
    !Number.isInteger(groups) ||
    !inFours ||
    outChannels % (4 * groups)
  ) {
    throw new Error(
      `conv2d: x [${x.join(', ')}] and w [${w.join(', ')}] do not fit (square kernels, a group's channels in fours but for photos')`,
    );
  }
  const window = { kernel, stride, pad };
  return {
    batch,
    inHeight,
    inWidth,
    inChannels,
    outChannels,
    kernel,
    stride,
    pad,
    groups,
    outHeight: outputSize(inHeight, window),
    outWidth: outputSize(inWidth, window),
  };
}

export const PASSES = ['forward', 'inputGradient', 'filterGradient'] as const;
export type Pass = (typeof PASSES)[number];

/** What the tuner remembers its choice by. */
export function choiceKey(pass: Pass, s: ConvShape, precision: Precision): string {
  return `${precision} ${pass} ${s.batch}x${s.inHeight}x${s.inWidth}x${s.inChannels}-${s.outChannels} ${s.kernel}/${s.stride}`;
}

/** Floating-point operations of one pass, two a multiplication and addition, padding counted. */
export function convFlops(s: ConvShape): number {
  return 2 * s.batch * s.outHeight * s.outWidth * s.outChannels * s.kernel ** 2 * (s.inChannels / s.groups);
}
