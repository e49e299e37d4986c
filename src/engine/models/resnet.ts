/**
 * ResNets as torchvision builds them: its keys, its v1.5 strides (in the 3x3 convolution of a bottleneck), symmetric
 * padding. Sources: He et al. 2015; Zagoruyko and Komodakis 2016 (wide); Xie et al. 2016 (in
 * groups); torchvision/models/resnet.py.
 */
import { conv, maxPool, norm, type Pass } from '../nn/layers';
import type { TensorSpec } from '../nn/state';
import type { Activation } from '../nn/tape';
import { headOf } from './heads';
import { type Architecture, designOf, type TrunkDesign } from './meta';
import { type ConvLayer, LAST_MAP, type Model, POOLED, type SplitPoint } from './model';

/** One residual block: its convolutions one after another, and the shortcut's where the input is not added as it is. */
interface Block {
  name: SplitPoint;
  path: readonly ConvLayer[];
  shortcut: ConvLayer | null;
}

/** Of the stem and of the first stage inside, where a design does not say. */
const CHANNELS = 64;

const stemOf = ({ channels = CHANNELS }: TrunkDesign): ConvLayer => ({
  name: 'conv1',
  norm: 'bn1',
  inChannels: 3,
  outChannels: channels,
  kernel: 7,
  stride: 2,
  pad: 3,
  groups: 1,
  stage: 0,
  block: null,
  shortcut: false,
  joins: false,
});

function blocksOf(design: TrunkDesign): Block[] {
  let { channels: inChannels = CHANNELS } = design;
  return design.blocks.flatMap((count, index) =>
    Array.from({ length: count }, (_, i) => {
      const block = blockOf(design, { stage: index + 1, index: i, inChannels });
      inChannels = block.path.at(-1)!.outChannels;
      return block;
    }),
  );
}

interface BlockPlace {
  /** From 1. */
  stage: number;
  /** In its stage. */
  index: number;
  inChannels: number;
}

function blockOf(
  { block: kind, channels = CHANNELS, groups = 1, widthPerGroup = 64 }: TrunkDesign,
  { stage, index, inChannels }: BlockPlace,
): Block {
  const bottleneck = kind === 'bottleneck';
  const planes = channels << (stage - 1);
  const outChannels = bottleneck ? 4 * planes : planes;
  const width = Math.floor((planes * widthPerGroup) / 64) * groups;
  const stride = index === 0 && stage > 1 ? 2 : 1;
  const name = `layer${stage}.${index}`;
  const layer = (i: number, o: Pick<ConvLayer, 'inChannels' | 'outChannels' | 'kernel'> & Partial<ConvLayer>) => ({
    name: `${name}.conv${i}`,
    norm: `${name}.bn${i}`,
    stride: 1,
    pad: (o.kernel - 1) / 2,
    groups: 1,
    stage,
    block: name,
    shortcut: false,
    joins: false,
    ...o,
  });
  const path = bottleneck
    ? [
        layer(1, { inChannels, outChannels: width, kernel: 1 }),
        layer(2, { inChannels: width, outChannels: width, kernel: 3, stride, groups }),
        layer(3, { inChannels: width, outChannels, kernel: 1, joins: true }),
      ]
    : [
        layer(1, { inChannels, outChannels: planes, kernel: 3, stride }),
        layer(2, { inChannels: planes, outChannels, kernel: 3, joins: true }),
      ];
  if (stride === 1 && inChannels === outChannels) return { name, path, shortcut: null };
  const names = { name: `${name}.downsample.0`, norm: `${name}.downsample.1` };
  const shortcut = layer(0, { inChannels, outChannels, kernel: 1, stride, shortcut: true, joins: true, ...names });
  return { name, path, shortcut };
}

function specsOf({ name, norm: normName, kernel, inChannels, outChannels, groups }: ConvLayer): TensorSpec[] {
  return [
    { key: `${name}.weight`, shape: [kernel, kernel, inChannels / groups, outChannels], role: 'conv' },
    { key: `${normName}.weight`, shape: [outChannels], role: 'gamma' },
    { key: `${normName}.bias`, shape: [outChannels], role: 'beta' },
    { key: `${normName}.running_mean`, shape: [outChannels], role: 'runningMean' },
    { key: `${normName}.running_var`, shape: [outChannels], role: 'runningVariance' },
    { key: `${normName}.num_batches_tracked`, shape: [], role: 'batchesTracked' },
  ];
}

export function resnet(arch: Architecture): Model {
  const design = designOf(arch);
  const head = headOf(arch);
  const blocks = blocksOf(design);
  const stem = stemOf(design);
  const convs = [stem, ...blocks.flatMap(({ path, shortcut }) => (shortcut ? [...path, shortcut] : path))];
  const last = blocks.at(-1)!.path.at(-1)!;
  const featureChannels = last.outChannels;
  const stages = design.blocks.length;
  const places = placesOf(convs, head.specs(featureChannels, 1), stages + 1);
  const placeOf = (name: string) => {
    const place = places.get(name);
    if (!place) throw new Error(`A ${arch} has no ${name}`);
    return place;
  };
  const specs = (classes: number) => [...convs.flatMap(specsOf), ...head.specs(featureChannels, classes)];
  const pooledOf = (pass: Pass, map: Activation) => {
    const pooled = head.pool(pass, map);
    map.discardUnlessSaved();
    return pooled;
  };
  return {
    arch,
    specs,
    convs,
    headMacs: (classes) =>
      head
        .specs(featureChannels, classes)
        .reduce((sum, { role, shape }) => (role === 'linear' ? sum + shape[0]! * shape[1]! : sum), 0),
    stages,
    stageOf: (name) => placeOf(name).stage,
    isOfHead: (name) => placeOf(name).stage > stages,
    blockOf: (name) => placeOf(name).block,
    lastNorm: last.norm,
    featureChannels,
    pooledFeatures: head.pooledWidth(featureChannels),
    forward(pass, x, { from = null, lastRelu, pooled: adaptPooled } = {}) {
      let pooled = x;
      if (from !== POOLED) {
        let map = trunk({ stem, blocks }, pass, x, { from, rectified: !lastRelu });
        if (lastRelu) map = lastRelu(pass.recorder, map);
        pooled = head.pool(pass, map);
        adaptPooled?.(pass.recorder, pooled.read());
        map.discardUnlessSaved();
      }
      return { pooled, logits: head.classify(pass, pooled) };
    },
    features: (pass, images, until) =>
      until === POOLED
        ? pooledOf(pass, trunk({ stem, blocks }, pass, images))
        : trunk({ stem, blocks }, pass, images, { until }),
  };
}

interface Place {
  stage: number;
  block: SplitPoint | null;
}

/** Of every layer and every tensor, by name. */
function placesOf(convs: readonly ConvLayer[], head: readonly TensorSpec[], headStage: number): Map<string, Place> {
  const places = new Map<string, Place>();
  const put = (specs: readonly TensorSpec[], place: Place) => {
    for (const { key } of specs) for (const name of [key, key.slice(0, key.lastIndexOf('.'))]) places.set(name, place);
  };
  for (const layer of convs) put(specsOf(layer), { stage: layer.stage, block: layer.block });
  put(head, { stage: headStage, block: null });
  return places;
}

interface Stretch {
  from?: SplitPoint | null;
  until?: SplitPoint | null;
  rectified?: boolean;
}

/** The stem and the blocks, or those from `from` on, or before `until`. */
function trunk(
  { stem, blocks }: { stem: ConvLayer; blocks: readonly Block[] },
  pass: Pass,
  x: Activation,
  { from = null, until = null, rectified = true }: Stretch = {},
): Activation {
  const placeOf = (cut: SplitPoint) =>
    cut === LAST_MAP ? blocks.length : blocks.findIndex(({ name }) => name === cut);
  let y = from === null ? runStem(pass, stem, x) : x;
  for (const block of blocks.slice(from === null ? 0 : placeOf(from), until === null ? undefined : placeOf(until))) {
    const input = y;
    y = residualBlock(pass, block, input, rectified || block !== blocks.at(-1));
    input.discardUnlessSaved();
  }
  return y;
}

function runStem(pass: Pass, stem: ConvLayer, images: Activation): Activation {
  const rectified = norm(pass, stem.norm, conv(pass, stem.name, images, stem.stride, stem.pad), { relu: true });
  const pooled = maxPool(pass, rectified, { kernel: 3, stride: 2, pad: 1 });
  rectified.discardUnlessSaved();
  return pooled;
}

function residualBlock(pass: Pass, { path, shortcut }: Block, x: Activation, relu: boolean): Activation {
  const run = (layer: ConvLayer, input: Activation, options: { relu: boolean; residual?: Activation }) =>
    norm(pass, layer.norm, conv(pass, layer.name, input, layer.stride, layer.pad), options);
  let y = x;
  for (const layer of path.slice(0, -1)) {
    const input = y;
    y = run(layer, input, { relu: true });
    if (input !== x) input.discardUnlessSaved();
  }
  const residual = shortcut ? run(shortcut, x, { relu: false }) : x;
  const out = run(path.at(-1)!, y, { relu, residual });
  y.discardUnlessSaved();
  if (residual !== x) residual.discardUnlessSaved();
  return out;
}
