/** Which of our networks a set of named tensors is, or which known relative of theirs. */
import { ARCHITECTURES, type Architecture } from './meta';
import { modelOf } from './registry';

/** Of every tensor, by key; in our layout. */
export type Shapes = ReadonlyMap<string, readonly number[]>;

/** Networks that share most of a ResNet's names or its fame, by a key that gives them away. */
const RELATIVES: readonly [key: RegExp, what: string][] = [
  [/^conv1\.0\.weight$/, 'has a stem of three convolutions (timm’s resnet50d and the like)'],
  [/^layer1\.0\.(se|attn|ca)\./, 'weighs its channels (squeeze and excitation: SE-ResNet and the like)'],
  [/^layer1\.0\.conv2\.(conv|fc)/, 'chooses among kernels or splits (SK-ResNet, ResNeSt)'],
  [/^layer1\.0\.convs\./, 'splits its convolutions in scales (Res2Net)'],
  [/^stem\.conv\.weight$|^stages\.0\.blocks\./, 'normalises before it convolves (ResNetV2, BiT)'],
  [/(^|\.)embedder\.convolution\.weight$/, 'has the names of the transformers library'],
];

/** Networks that are none, by a key that they have as torchvision, timm or others name it. */
const OTHERS: readonly [key: RegExp, what: string][] = [
  [/(^|\.)denseblock1\.denselayer1\./, 'a DenseNet'],
  [/(^|\.)(cls_token|class_token|pos_embed|pos_embedding|position_embeddings)$/, 'a vision transformer (ViT)'],
  [/(^|\.)relative_position_bias_table$/, 'a Swin transformer'],
  [/(^|\.)(layer_scale|gamma|conv_dw\.weight)$/, 'a ConvNeXt or the like'],
  [/(^|\.)(mixed_5b|inception3a|InceptionA)\./i, 'an Inception network'],
  [
    /(^|\.)(_blocks|blocks\.0)\.0?\.?(_depthwise_conv|conv_dw|conv_pw)\.|features\.1\.0\.block\.1\.fc1\./,
    'an EfficientNet or the like',
  ],
  [/(^|\.)features\.1\.conv\.0\.0\.weight$|^features\.\d+\.block\.0\.0\.weight$/, 'a MobileNet'],
  [/(^|\.)classifier\.6\.weight$/, 'an AlexNet or a VGG'],
  [/(^|\.)model\.\d+\.(cv1|m\.0\.cv1)\.conv\.weight$/, 'a YOLO, which detects things'],
];

/** "a DenseNet", where it is one that people know; else null. */
export const otherNetwork = (keys: readonly string[]): string | null =>
  OTHERS.find(([key]) => keys.some((each) => key.test(each)))?.[1] ?? null;

/** Of the first bottleneck: its filters [3, 3, in / groups, out], which tell wide and grouped networks apart; and its last. */
const [MIDDLE, LAST] = ['layer1.0.conv2.weight', 'layer1.0.conv3.weight'];

/** What makes the network none of ours ("is …", "has …"), where it is one that people know; else null. */
export function relativeOf(shapes: Shapes): string | null {
  const keys = [...shapes.keys()];
  const relative = RELATIVES.find(([key]) => keys.some((each) => key.test(each)));
  if (relative) return relative[1];
  const [size, , channels = 3] = shapes.get('conv1.weight') ?? [];
  if (channels !== 3)
    return `is for photos of ${channels} ${channels === 1 ? 'channel' : 'channels'}, not of red, green and blue`;
  if (size === 3) return 'is a CIFAR ResNet: its first filters are of 3 x 3, for photos of 32 px';
  const middle = shapes.get(MIDDLE);
  const own = modelOf(recognise(shapes))
    .specs(1)
    .find(({ key }) => key === MIDDLE)!;
  if (!shapes.has(LAST) || middle?.length !== 4 || middle.join() === own.shape.join()) return null;
  const [, , into = 0, out = 0] = middle;
  if (into > 0 && into < out) return `convolves in other groups than ours (ResNeXt, ${out / into}x${into}d)`;
  return out > 64 ? `is wider than ours (Wide ResNet, ${out} channels inside of its first block)` : null;
}

/** How many of the tensors have names of the network. */
export const commonKeys = (arch: Architecture, shapes: Shapes): number =>
  modelOf(arch)
    .specs(1)
    .filter(({ key }) => shapes.has(key)).length;

/** The network that shares most keys with the tensors, of all keys of either; of those alike, most shapes. */
export function recognise(shapes: Shapes): Architecture {
  const likeness = (arch: Architecture) => {
    const specs = modelOf(arch).specs(1);
    const common = specs.filter(({ key }) => shapes.has(key));
    const alike = common.filter(({ key, shape }) => shapes.get(key)!.join() === shape.join());
    return [common.length / (specs.length + shapes.size - common.length), alike.length] as const;
  };
  const scored = ARCHITECTURES.map((arch) => ({ arch, likeness: likeness(arch) }));
  return scored.reduce((best, one) => {
    const [keys, alike] = [0, 1].map((i) => one.likeness[i]! - best.likeness[i]!) as [number, number];
    return keys > 0 || (keys === 0 && alike > 0) ? one : best;
  }).arch;
}
