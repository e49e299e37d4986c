/**
 * What stands on a trunk and tells the classes apart: torchvision's pooling and one linear layer `fc`, or fastai's
 * `create_head` (fastai/vision/learner.py), whose layers are named by their places in its Sequential: `head.N` here is
 * `learn.model[1][N]` there.
 */
import { averagePool, concatPool, dropout, linear, norm, type Pass, relu } from '../nn/layers';
import type { TensorSpec } from '../nn/state';
import type { Activation } from '../nn/tape';
import { type Architecture, hasFastaiHead } from './meta';

export interface Head {
  /** `channels`: of the trunk's last map. */
  specs(channels: number, classes: number): TensorSpec[];
  /** What `pool` makes of `channels`. */
  pooledWidth(channels: number): number;
  /** `x`: the trunk's last map [N, H, W, C] → [N, C], or [N, 2C] under fastai's head. */
  pool(pass: Pass, x: Activation): Activation;
  /** What was pooled → logits [N, K]. */
  classify(pass: Pass, pooled: Activation): Activation;
}

export const headOf = (arch: Architecture): Head => (hasFastaiHead(arch) ? FASTAI : LINEAR);

const LINEAR: Head = {
  specs: (channels, classes) => [
    { key: 'fc.weight', shape: [classes, channels], role: 'linear' },
    { key: 'fc.bias', shape: [classes], role: 'linearBias' },
  ],
  pooledWidth: (channels) => channels,
  pool: averagePool,
  classify: (pass, pooled) => linear(pass, 'fc', pooled),
};

/** Width of fastai's hidden layer. */
const HIDDEN = 512;
/** fastai's norms do not begin as the identity. */
const FASTAI_BETA = 1e-3;

const FASTAI: Head = {
  specs(channels, classes) {
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
  },
  pooledWidth: (channels) => 2 * channels,
  pool: concatPool,
  classify(pass, pooled) {
    const normed = norm(pass, 'head.2', pooled, { relu: false, shared: true });
    const hidden = relu(pass, linear(pass, 'head.4', dropout(pass, normed, 0.25, 3)));
    return linear(pass, 'head.8', dropout(pass, norm(pass, 'head.6', hidden, { relu: false }), 0.5, 7));
  },
};
