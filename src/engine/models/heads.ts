/**
 * What stands on a trunk and tells the classes apart: torchvision's pooling and one linear layer `fc`, or fastai's
 * `create_head` (fastai/vision/learner.py), whose layers are named by their places in its Sequential: `head.N` here is
 * `learn.model[1][N]` there.
 */
import { averagePool, concatPool, dropout, linear, norm, type Pass, relu } from '../nn/layers';
import type { TensorSpec } from '../nn/state';
import type { Activation } from '../nn/tape';
import { type Architecture, hasFastaiHead } from './meta';

/** Width of fastai's hidden layer. */
const HIDDEN = 512;
/** fastai's norms do not begin as the identity. */
const FASTAI_BETA = 1e-3;

/** Names of layers and keys of tensors alike. */
export const isOfHead = (name: string): boolean => name.startsWith('fc') || name.startsWith('head.');

/** `channels`: of the trunk's last map. */
export function headSpecs(arch: Architecture, channels: number, classes: number): TensorSpec[] {
  if (!hasFastaiHead(arch)) {
    return [
      { key: 'fc.weight', shape: [classes, channels], role: 'linear' },
      { key: 'fc.bias', shape: [classes], role: 'linearBias' },
    ];
  }
  const normSpecs = (name: string, width: number): TensorSpec[] => [
    { key: `${name}.weight`, shape: [width], role: 'gamma' },
    { key: `${name}.bias`, shape: [width], role: 'beta', init: FASTAI_BETA },
    { key: `${name}.running_mean`, shape: [width], role: 'runningMean' },
    { key: `${name}.running_var`, shape: [width], role: 'runningVariance' },
    { key: `${name}.num_batches_tracked`, shape: [], role: 'batchesTracked' },
  ];
  return [
    ...normSpecs('head.2', 2 * channels),
    { key: 'head.4.weight', shape: [HIDDEN, 2 * channels], role: 'linear', init: 'kaimingFanIn' },
    ...normSpecs('head.6', HIDDEN),
    { key: 'head.8.weight', shape: [classes, HIDDEN], role: 'linear', init: 'kaimingFanIn' },
  ];
}

/** What `pool` makes of `channels`. */
export const pooledWidth = (arch: Architecture, channels: number): number =>
  hasFastaiHead(arch) ? 2 * channels : channels;

/** `x`: the trunk's last map [N, H, W, C] → [N, C], or [N, 2C] under fastai's head. */
export function pool(arch: Architecture, pass: Pass, x: Activation): Activation {
  return hasFastaiHead(arch) ? concatPool(pass, x) : averagePool(pass, x);
}

/** What was pooled → logits [N, K]. */
export function classify(arch: Architecture, pass: Pass, pooled: Activation): Activation {
  if (!hasFastaiHead(arch)) return linear(pass, 'fc', pooled);
  const normed = norm(pass, 'head.2', pooled, { relu: false, shared: true });
  const hidden = relu(pass, linear(pass, 'head.4', dropout(pass, normed, 0.25, 3)));
  return linear(pass, 'head.8', dropout(pass, norm(pass, 'head.6', hidden, { relu: false }), 0.5, 7));
}

/** Multiply-accumulates of one photo. */
export function headMacs(arch: Architecture, channels: number, classes: number): number {
  const linears = headSpecs(arch, channels, classes).filter(({ role }) => role === 'linear');
  return linears.reduce((sum, { shape }) => sum + shape[0]! * shape[1]!, 0);
}
