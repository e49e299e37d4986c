/** What the page must know of the architectures, without their code. Numbers: torchvision, five classes. */
export const ARCHITECTURES = ['resnet18', 'resnet34', 'resnet50', 'resnet101'] as const;
export type Architecture = (typeof ARCHITECTURES)[number];

export const ARCHITECTURE_LABELS: Record<Architecture, string> = {
  resnet18: 'ResNet-18',
  resnet34: 'ResNet-34',
  resnet50: 'ResNet-50',
  resnet101: 'ResNet-101',
};
