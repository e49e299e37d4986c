/** The networks as data, for the page too: what they are called and how they are built. */

/** A ResNet's plan, in torchvision's terms (models/resnet.py). */
export interface TrunkDesign {
  label: string;
  /** Of each of the four stages. */
  blocks: readonly [number, number, number, number];
  /** Two 3x3 convolutions a block, or a 3x3 between two 1x1 that narrow and widen. */
  block: 'basic' | 'bottleneck';
  /** Of the stem, and of the first stage inside; 64 if not given. */
  channels?: number;
  /** Groups of a bottleneck's 3x3 convolution, 1 if not given; and channels of a group in the first stage, 64 if not given. */
  groups?: number;
  widthPerGroup?: number;
}

/** A line a trunk, by torchvision's name. */
const DESIGNS = {
  resnet18: { label: 'ResNet-18', blocks: [2, 2, 2, 2], block: 'basic' },
  resnet34: { label: 'ResNet-34', blocks: [3, 4, 6, 3], block: 'basic' },
  resnet50: { label: 'ResNet-50', blocks: [3, 4, 6, 3], block: 'bottleneck' },
  resnet101: { label: 'ResNet-101', blocks: [3, 4, 23, 3], block: 'bottleneck' },
  resnet152: { label: 'ResNet-152', blocks: [3, 8, 36, 3], block: 'bottleneck' },
  wide_resnet50_2: { label: 'Wide ResNet-50-2', blocks: [3, 4, 6, 3], block: 'bottleneck', widthPerGroup: 128 },
  resnext50_32x4d: {
    label: 'ResNeXt-50 32x4d',
    blocks: [3, 4, 6, 3],
    block: 'bottleneck',
    groups: 32,
    widthPerGroup: 4,
  },
} as const satisfies Record<string, TrunkDesign>;

/** ResNet-18, a network of bottlenecks and one of groups with eight channels in place of 64: for tests, and in no list. */
const TINY_DESIGNS = {
  tiny10: { label: 'ResNet-10 of eight channels', blocks: [1, 1, 1, 1], block: 'basic', channels: 8 },
  tiny18: { label: 'ResNet-18 of eight channels', blocks: [2, 2, 2, 2], block: 'basic', channels: 8 },
  tiny26: { label: 'ResNet-26 of eight channels', blocks: [2, 2, 2, 2], block: 'bottleneck', channels: 8 },
  tinynext26: {
    label: 'ResNeXt-26 of four groups',
    blocks: [2, 2, 2, 2],
    block: 'bottleneck',
    channels: 8,
    groups: 4,
    widthPerGroup: 32,
  },
} as const satisfies Record<string, TrunkDesign>;

const ALL_DESIGNS = { ...DESIGNS, ...TINY_DESIGNS };

export type Trunk = keyof typeof ALL_DESIGNS;
export const TRUNKS = Object.keys(DESIGNS) as readonly (keyof typeof DESIGNS)[];

/** A trunk under torchvision's one linear layer, or under fastai's head. */
export type Architecture = Trunk | `${Trunk}-fastai`;
const withHeads = (trunks: readonly Trunk[]): readonly Architecture[] => [
  ...trunks,
  ...trunks.map((trunk) => `${trunk}-fastai` as const),
];
export const ARCHITECTURES = withHeads(TRUNKS);
/** For tests. */
export const UNLISTED_ARCHITECTURES = withHeads(['tiny10', 'tiny18', 'tiny26']);

export const hasFastaiHead = (arch: Architecture): boolean => arch.endsWith('-fastai');
export const trunkOf = (arch: Architecture): Trunk => arch.split('-')[0] as Trunk;
export const designOf = (arch: Architecture): TrunkDesign => ALL_DESIGNS[trunkOf(arch)];

export const labelOf = (arch: Architecture): string =>
  `${designOf(arch).label}${hasFastaiHead(arch) ? ', fastai’s head' : ''}`;

/** "ResNet-18, ResNet-34 and ResNet-50" */
export const trunkLabels = (type: 'conjunction' | 'disjunction'): string =>
  new Intl.ListFormat('en', { type }).format(TRUNKS.map((trunk) => labelOf(trunk)));
