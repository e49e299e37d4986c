/**
 * ResNet-18, 34, 50 and 101 as torchvision builds them: its keys, its v1.5 strides (in the 3x3 convolution of a
 * bottleneck), symmetric padding. Sources: He et al. 2015; torchvision/models/resnet.py.
 */
import { tidy, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';
import { globalAveragePool } from '../kernels/averagePool/averagePool';
import { maxPool } from '../kernels/maxPool/maxPool';
import { conv, linear, type Mode, norm } from '../nn/layers';
import type { NetworkState, TensorSpec } from '../nn/state';
import type { Architecture } from './meta';

interface Design {
  blocks: readonly [number, number, number, number];
  bottleneck: boolean;
}

const DESIGNS: Record<Architecture, Design> = {
  resnet18: { blocks: [2, 2, 2, 2], bottleneck: false },
  resnet34: { blocks: [3, 4, 6, 3], bottleneck: false },
  resnet50: { blocks: [3, 4, 6, 3], bottleneck: true },
  resnet101: { blocks: [3, 4, 23, 3], bottleneck: true },
};

/** One residual block: its name and what it does to channels and resolution. */
interface Block {
  name: string;
  inChannels: number;
  planes: number;
  outChannels: number;
  stride: number;
  downsample: boolean;
}

function blocksOf({ blocks, bottleneck }: Design): Block[] {
  const expansion = bottleneck ? 4 : 1;
  let inChannels = 64;
  return blocks.flatMap((count, stage) =>
    Array.from({ length: count }, (_, i) => {
      const planes = 64 << stage;
      const outChannels = planes * expansion;
      const stride = i === 0 && stage > 0 ? 2 : 1;
      const downsample = stride !== 1 || inChannels !== outChannels;
      const block = { name: `layer${stage + 1}.${i}`, inChannels, planes, outChannels, stride, downsample };
      inChannels = outChannels;
      return block;
    }),
  );
}

/** A convolution of a network, with the resolution it works at; for plans and FLOP counts. */
export interface ConvLayer {
  name: string;
  norm: string;
  inChannels: number;
  outChannels: number;
  kernel: number;
  stride: number;
  pad: number;
}

function convsOf(block: Block, bottleneck: boolean): ConvLayer[] {
  const { name, inChannels, planes, outChannels, stride } = block;
  const layer = (i: number | string, from: number, to: number, kernel: number, step: number): ConvLayer => ({
    name: `${name}.conv${i}`,
    norm: `${name}.bn${i}`,
    inChannels: from,
    outChannels: to,
    kernel,
    stride: step,
    pad: (kernel - 1) / 2,
  });
  const convs = bottleneck
    ? [layer(1, inChannels, planes, 1, 1), layer(2, planes, planes, 3, stride), layer(3, planes, outChannels, 1, 1)]
    : [layer(1, inChannels, planes, 3, stride), layer(2, planes, planes, 3, 1)];
  if (block.downsample) {
    convs.push({
      ...layer(0, inChannels, outChannels, 1, stride),
      name: `${name}.downsample.0`,
      norm: `${name}.downsample.1`,
    });
  }
  return convs;
}

const STEM: ConvLayer = { name: 'conv1', norm: 'bn1', inChannels: 3, outChannels: 64, kernel: 7, stride: 2, pad: 3 };

/** Every convolution, stem first, in torchvision's order. */
export function convLayers(arch: Architecture): ConvLayer[] {
  const design = DESIGNS[arch];
  return [STEM, ...blocksOf(design).flatMap((block) => convsOf(block, design.bottleneck))];
}

/** Channels of the pooled activations. */
export function featureChannels(arch: Architecture): number {
  return DESIGNS[arch].bottleneck ? 2048 : 512;
}

/** Name of the network's last batch norm, the one that FixRes lets move. */
export function lastNorm(arch: Architecture): string {
  const { blocks, bottleneck } = DESIGNS[arch];
  return `layer4.${blocks[3] - 1}.bn${bottleneck ? 3 : 2}`;
}

/** The whole state dict in torchvision's order, shapes in our layout. */
export function stateSpecs(arch: Architecture, classes: number): TensorSpec[] {
  const features = featureChannels(arch);
  return [
    ...convLayers(arch).flatMap(({ name, norm, kernel, inChannels, outChannels }): TensorSpec[] => [
      { key: `${name}.weight`, shape: [kernel, kernel, inChannels, outChannels], role: 'conv' },
      { key: `${norm}.weight`, shape: [outChannels], role: 'gamma' },
      { key: `${norm}.bias`, shape: [outChannels], role: 'beta' },
      { key: `${norm}.running_mean`, shape: [outChannels], role: 'runningMean' },
      { key: `${norm}.running_var`, shape: [outChannels], role: 'runningVariance' },
      { key: `${norm}.num_batches_tracked`, shape: [], role: 'batchesTracked' },
    ]),
    { key: 'fc.weight', shape: [classes, features], role: 'linear' },
    { key: 'fc.bias', shape: [classes], role: 'linearBias' },
  ];
}

export interface Outputs {
  /** [N, K] */
  logits: Tensor2D;
  /** Input of `fc` [N, C]. */
  pooled: Tensor2D;
}

/** `images` [N, R, R, 3] in [0, 1]. The caller's scope owns the outputs; everything in between is let go. */
export function resnet(arch: Architecture, state: NetworkState, images: Tensor4D, mode: Mode): Outputs {
  const design = DESIGNS[arch];
  let x = tidy(() => {
    const stem = norm(state, STEM.norm, conv(state, STEM.name, images, STEM.stride, STEM.pad), mode, { relu: true });
    return maxPool(stem, 3, 2, 1);
  });
  for (const block of blocksOf(design)) {
    const input = x;
    x = tidy(() => residualBlock(state, block, design.bottleneck, input, mode));
    input.dispose();
  }
  const pooled = globalAveragePool(x);
  x.dispose();
  return { pooled, logits: linear(state, 'fc', pooled) };
}

function residualBlock(state: NetworkState, block: Block, bottleneck: boolean, x: Tensor4D, mode: Mode): Tensor4D {
  const convs = convsOf(block, bottleneck);
  const shortcut = block.downsample ? convs.pop() : undefined;
  const run = (layer: ConvLayer, input: Tensor4D, options: { relu: boolean; residual?: Tensor4D }) =>
    norm(state, layer.norm, conv(state, layer.name, input, layer.stride, layer.pad), mode, options);
  const residual = shortcut ? run(shortcut, x, { relu: false }) : x;
  return convs.reduce(
    (y, layer, i) => run(layer, y, i === convs.length - 1 ? { relu: true, residual } : { relu: true }),
    x,
  );
}
