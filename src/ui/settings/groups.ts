/** Which settings stand first, and under which heading the others are found. */
import type { Field, Fields } from '../../engine/base/config';
import type { StudioConfig } from '../../engine/experiments/meta';

export const GROUPS = ['Data and views', 'Training', 'Regularisation', 'Memory and speed'] as const;
export type Group = (typeof GROUPS)[number];

const GROUP_OF: Readonly<Record<string, Group>> = {
  augmentation: 'Data and views',
  evalCrop: 'Data and views',
  evalResize: 'Data and views',
  resizeRatio: 'Data and views',
  respectExif: 'Data and views',
  filter: 'Data and views',
  normalize: 'Data and views',
  squish: 'Data and views',
  tuneAugmentation: 'Data and views',
  dropNormalization: 'Data and views',
  balance: 'Data and views',
  labelSmoothing: 'Regularisation',
  mixup: 'Regularisation',
  cutmix: 'Regularisation',
  weightDecay: 'Regularisation',
  tuneWeightDecay: 'Regularisation',
  decayAll: 'Regularisation',
  gradientClip: 'Regularisation',
  averaging: 'Regularisation',
  patience: 'Regularisation',
  selectBy: 'Training',
  cacheSide: 'Memory and speed',
  gpuMemory: 'Memory and speed',
  precision: 'Memory and speed',
  tuneSeconds: 'Memory and speed',
};

/** Of every run, whatever else is simple enough. */
const FIRST = new Set(['arch', 'trainSize', 'epochs', 'batchSize', 'lr']);

const groupOf = (name: string): Group => GROUP_OF[name] ?? 'Training';

export type NamedField = readonly [name: keyof StudioConfig, field: Field];

interface Grouped {
  first: readonly NamedField[];
  groups: readonly { group: Group; fields: readonly NamedField[] }[];
}

/** Those that apply with these settings; with `search`, only those that speak of it, all of them in groups. */
export function groupedFields(fields: Fields, config: StudioConfig, search: string): Grouped {
  const needle = search.trim().toLowerCase();
  const shown = Object.entries(fields).filter(
    ([name, field]) => applies(field, config) && mentions(name, field, needle),
  ) as unknown as NamedField[];
  const few = shown.length <= FIRST.size;
  const isFirst = ([name, field]: NamedField) =>
    needle === '' && (few || FIRST.has(name) || !(name in GROUP_OF)) && !field.advanced;
  const groups = GROUPS.map((group) => ({
    group,
    fields: shown.filter((one) => !isFirst(one) && groupOf(one[0]) === group),
  }));
  return { first: shown.filter(isFirst), groups: groups.filter((one) => one.fields.length > 0) };
}

const mentions = (name: string, { label, why }: Field, needle: string): boolean =>
  [name, label, why].some((text) => text.toLowerCase().includes(needle));

function applies({ onlyWith }: Field, config: StudioConfig): boolean {
  return !onlyWith || config[onlyWith[0] as keyof StudioConfig] === onlyWith[1];
}
