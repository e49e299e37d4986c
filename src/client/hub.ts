/** Opened weights and the Hub's in words. */
import { ARCHITECTURES, labelOf, trunkOf } from '../engine/models/meta';
import type { FetchProgress, ShelvedModel } from '../protocol/weights';
import { formatBytes, formatCount, formatDuration } from '../words/format';
import type { StudioState } from './state';

/**
 * Offered for a start; any other name may be typed: torchvision's first weights and its second, timm's better trained ones, and
 * last some from a billion photos of Instagram. Source of the names: timm/models/resnet.py.
 */
export const HUB_MODELS = [
  'timm/resnet50.tv_in1k',
  'timm/resnet18.tv_in1k',
  'timm/resnet34.tv_in1k',
  'timm/resnet101.tv_in1k',
  'timm/resnet152.tv_in1k',
  'timm/wide_resnet50_2.tv_in1k',
  'timm/resnext50_32x4d.tv_in1k',
  'timm/resnet50.a1_in1k',
  'timm/resnet18.a1_in1k',
  'timm/resnet34.a1_in1k',
  'timm/resnet50.tv2_in1k',
  'timm/resnet50.a1h_in1k',
  'timm/resnet50.b1k_in1k',
  'timm/resnet50.c1_in1k',
  'timm/resnet50.fb_swsl_ig1b_ft_in1k',
] as const;

/** timm's ResNets were trained on photos with ImageNet's mean and deviation taken out, all of them; torchvision's are among them. */
export const wantsNormalization = (id: string): boolean => id.startsWith('timm/');

/** What a baseline starts from, and what that has done to the settings and will do to the classifier; null at random. */
export function startSentence({ imported, config, dataset }: StudioState): string | null {
  if (!imported) return null;
  const words = [`Training starts from the weights ${imported.origin}, not from random ones.`];
  const arch = ARCHITECTURES.find((one) => one === imported.arch);
  if (arch && trunkOf(arch) === trunkOf(config.arch))
    words.push(`They are a ${labelOf(trunkOf(arch))}, and the network in the settings is the same.`);
  if (config.normalize && /\btimm\//.test(imported.origin))
    words.push('ImageNet’s colours are taken out of the photos, as they were of those that it was trained on.');
  const [theirs, ours] = [imported.classes.length, dataset?.classes.length];
  if (ours !== undefined && ours !== theirs)
    words.push(
      `Their classifier tells ${formatCount(theirs)} classes apart: a new one for the ${ours} of these photos takes its place.`,
    );
  return words.join(' ');
}

/** "41 of 98 MiB, 12 MiB/s, 5 s left" */
export function fetchWords({ done, bytes, bytesPerSecond }: FetchProgress): string {
  const far = `${formatBytes(done)} of ${formatBytes(bytes)}`;
  if (!bytesPerSecond) return far;
  return `${far}, ${formatBytes(bytesPerSecond)}/s, ${formatDuration((bytes - done) / bytesPerSecond)} left`;
}

/** "98 MiB, bsd-3-clause", "41 of 98 MiB" */
export function shelvedWords({ storedBytes, bytes, checked, licence }: ShelvedModel): string {
  if (!checked) return `${formatBytes(storedBytes)} of ${formatBytes(bytes)}`;
  return `${formatBytes(bytes)}, ${licenceWords(licence)}`;
}

export const licenceWords = (licence: string | null): string => licence ?? 'no licence named';
