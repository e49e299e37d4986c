/** What the page must know of the architectures, without their code. */
export const TRUNKS = ['resnet18', 'resnet34', 'resnet50', 'resnet101'] as const;
/** ResNet-18 and a network of bottlenecks with eight channels in place of 64: for tests, and in no list. */
const TINY_TRUNKS = ['tiny18', 'tiny26'] as const;
export type Trunk = (typeof TRUNKS)[number] | (typeof TINY_TRUNKS)[number];

/** A trunk under torchvision's one linear layer, or under fastai's head. */
export type Architecture = Trunk | `${Trunk}-fastai`;
export const ARCHITECTURES: readonly Architecture[] = [...TRUNKS, ...TRUNKS.map((trunk) => `${trunk}-fastai` as const)];

const TRUNK_LABELS: Record<Trunk, string> = {
  resnet18: 'ResNet-18',
  resnet34: 'ResNet-34',
  resnet50: 'ResNet-50',
  resnet101: 'ResNet-101',
  tiny18: 'ResNet-18 of eight channels',
  tiny26: 'ResNet-26 of eight channels',
};

export const hasFastaiHead = (arch: Architecture): boolean => arch.endsWith('-fastai');
export const trunkOf = (arch: Architecture): Trunk =>
  [...TRUNKS, ...TINY_TRUNKS].find((trunk) => arch.split('-')[0] === trunk)!;

export const labelOf = (arch: Architecture): string =>
  `${TRUNK_LABELS[trunkOf(arch)]}${hasFastaiHead(arch) ? ", fastai's head" : ''}`;
