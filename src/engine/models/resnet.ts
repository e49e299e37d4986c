/**
 * ResNet-18, 34, 50 and 101 as torchvision builds them: its keys, its v1.5 strides (in the 3x3 convolution of a
 * bottleneck), symmetric padding. Sources: He et al. 2015; torchvision/models/resnet.py.
 */
import type { GpuTensor, Recorder } from '../gpu/recorder';
import { conv, maxPool, norm, type Pass } from '../nn/layers';
import type { TensorSpec } from '../nn/state';
import type { Activation } from '../nn/tape';
import { classify, headSpecs, pool, pooledWidth } from './heads';
import { type Architecture, type Trunk, trunkOf } from './meta';

interface Design {
  blocks: readonly [number, number, number, number];
  bottleneck: boolean;
  /** Of the stem, and of the first stage inside. */
  channels?: number;
}

const CHANNELS = 64;

const DESIGNS: Record<Trunk, Design> = {
  resnet18: { blocks: [2, 2, 2, 2], bottleneck: false },
  resnet34: { blocks: [3, 4, 6, 3], bottleneck: false },
  resnet50: { blocks: [3, 4, 6, 3], bottleneck: true },
  resnet101: { blocks: [3, 4, 23, 3], bottleneck: true },
  tiny18: { blocks: [2, 2, 2, 2], bottleneck: false, channels: 8 },
  tiny26: { blocks: [2, 2, 2, 2], bottleneck: true, channels: 8 },
};

const designOf = (arch: Architecture) => DESIGNS[trunkOf(arch)];

/** One residual block: its name and what it does to channels and resolution. */
interface Block {
  name: string;
  inChannels: number;
  planes: number;
  outChannels: number;
  stride: number;
  downsample: boolean;
}

function blocksOf({ blocks, bottleneck, channels = CHANNELS }: Design): Block[] {
  const expansion = bottleneck ? 4 : 1;
  let inChannels = channels;
  return blocks.flatMap((count, stage) =>
    Array.from({ length: count }, (_, i) => {
      const planes = channels << stage;
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

const STEM = { name: 'conv1', norm: 'bn1', inChannels: 3, kernel: 7, stride: 2, pad: 3 };

const stemOf = ({ channels = CHANNELS }: Design): ConvLayer => ({ ...STEM, outChannels: channels });

/** Every convolution, stem first, in torchvision's order. */
export function convLayers(arch: Architecture): ConvLayer[] {
  const design = designOf(arch);
  return [stemOf(design), ...blocksOf(design).flatMap((block) => convsOf(block, design.bottleneck))];
}

/** Where a network can be cut in two: before one of its blocks, by name (`layer4.2`), or behind the pooling. */
export type SplitPoint = string;
export const POOLED: SplitPoint = 'pooled';

/**
 * The last cut before anything that learns, by names of layers and keys of tensors: what comes before it makes the same of a
 * photo for ever. Null if the network learns from its first layer on.
 */
export function lastFrozenSplit(arch: Architecture, learns: (name: string) => boolean): SplitPoint | null {
  const design = designOf(arch);
  const anyLearns = (layers: readonly ConvLayer[]) =>
    layers.some(({ name, norm }) => [`${name}.weight`, `${norm}.weight`, `${norm}.bias`, norm].some(learns));
  if (anyLearns([stemOf(design)])) return null;
  return blocksOf(design).find((block) => anyLearns(convsOf(block, design.bottleneck)))?.name ?? POOLED;
}

/** Channels of the trunk's last map. */
export function featureChannels(arch: Architecture): number {
  const { bottleneck, channels = CHANNELS } = designOf(arch);
  return channels * (bottleneck ? 32 : 8);
}

/** Of what is pooled. */
export const pooledFeatures = (arch: Architecture): number => pooledWidth(arch, featureChannels(arch));

/** Name of the network's last batch norm, the one that FixRes lets move. */
export function lastNorm(arch: Architecture): string {
  const { blocks, bottleneck } = designOf(arch);
  return `layer4.${blocks[3] - 1}.bn${bottleneck ? 3 : 2}`;
}

/** The whole state dict in torchvision's order, the head's last; shapes in our layout. */
export function stateSpecs(arch: Architecture, classes: number): TensorSpec[] {
  return [
    ...convLayers(arch).flatMap(({ name, norm, kernel, inChannels, outChannels }): TensorSpec[] => [
      { key: `${name}.weight`, shape: [kernel, kernel, inChannels, outChannels], role: 'conv' },
      { key: `${norm}.weight`, shape: [outChannels], role: 'gamma' },
      { key: `${norm}.bias`, shape: [outChannels], role: 'beta' },
      { key: `${norm}.running_mean`, shape: [outChannels], role: 'runningMean' },
      { key: `${norm}.running_var`, shape: [outChannels], role: 'runningVariance' },
      { key: `${norm}.num_batches_tracked`, shape: [], role: 'batchesTracked' },
    ]),
    ...headSpecs(arch, featureChannels(arch), classes),
  ];
}

export interface Outputs {
  /** [N, K] */
  logits: Activation;
  /** Input of the head's first layer behind the pooling: [N, C], or [N, 2C] under fastai's. What came in, at that cut. */
  pooled: Activation;
}

/** What may be changed between the trunk and the classifier, where nothing is trained. */
export interface Adaptation {
  /** In place of the last ReLU: what it would rectify, [N, H, W, C] → the same shape. */
  lastRelu?: (recorder: Recorder, x: Activation) => Activation;
  /** Changes the pooled activations [N, C] in place. */
  pooled?: (recorder: Recorder, pooled: GpuTensor) => void;
}

/** `x`: images [N, R, R, 3] in [0, 1], or what `features` made of them at the cut `from`; it stays the caller's. */
export function resnet(
  arch: Architecture,
  pass: Pass,
  x: Activation,
  { from = null, lastRelu, pooled: adaptPooled }: Adaptation & { from?: SplitPoint | null } = {},
): Outputs {
  let pooled = x;
  if (from !== POOLED) {
    let map = trunk(arch, pass, x, { from, rectified: !lastRelu });
    if (lastRelu) map = lastRelu(pass.recorder, map);
    pooled = pool(arch, pass, map);
    adaptPooled?.(pass.recorder, pooled.read());
    map.discardUnlessSaved();
  }
  return { pooled, logits: classify(arch, pass, pooled) };
}

/** `images` [N, R, R, 3] up to the cut: a block's input [N, H, W, C], or what is pooled. */
export function features(arch: Architecture, pass: Pass, images: Activation, cut: SplitPoint): Activation {
  if (cut !== POOLED) return trunk(arch, pass, images, { until: cut });
  const map = trunk(arch, pass, images);
  const pooled = pool(arch, pass, map);
  map.discardUnlessSaved();
  return pooled;
}

/** The stem and the blocks, or those from `from` on, or before `until`. */
function trunk(
  arch: Architecture,
  pass: Pass,
  x: Activation,
  {
    from = null,
    until = null,
    rectified = true,
  }: { from?: SplitPoint | null; until?: SplitPoint | null; rectified?: boolean } = {},
): Activation {
  const design = designOf(arch);
  const blocks = blocksOf(design);
  const placeOf = (cut: SplitPoint) => blocks.findIndex(({ name }) => name === cut);
  let y = from === null ? stem(pass, x) : x;
  for (const block of blocks.slice(from === null ? 0 : placeOf(from), until === null ? undefined : placeOf(until))) {
    const input = y;
    y = residualBlock(pass, block, design.bottleneck, input, rectified || block !== blocks.at(-1));
    input.discardUnlessSaved();
  }
  return y;
}

function stem(pass: Pass, images: Activation): Activation {
  const rectified = norm(pass, STEM.norm, conv(pass, STEM.name, images, STEM.stride, STEM.pad), { relu: true });
  const pooled = maxPool(pass, rectified, { kernel: 3, stride: 2, pad: 1 });
  rectified.discardUnlessSaved();
  return pooled;
}

function residualBlock(pass: Pass, block: Block, bottleneck: boolean, x: Activation, relu: boolean): Activation {
  const convs = convsOf(block, bottleneck);
  const shortcut = block.downsample ? convs.pop() : undefined;
  const last = convs.pop()!;
  const run = (layer: ConvLayer, input: Activation, options: { relu: boolean; residual?: Activation }) =>
    norm(pass, layer.norm, conv(pass, layer.name, input, layer.stride, layer.pad), options);
  let y = x;
  for (const layer of convs) {
    const input = y;
    y = run(layer, input, { relu: true });
    if (input !== x) input.discardUnlessSaved();
  }
  const residual = shortcut ? run(shortcut, x, { relu: false }) : x;
  const out = run(last, y, { relu, residual });
  y.discardUnlessSaved();
  if (residual !== x) residual.discardUnlessSaved();
  return out;
}
