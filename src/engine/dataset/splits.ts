/** Which photos train, which validate and which are held out: as the folder says, or a split of our own where it says nothing. */
import { fork, permutation } from '../base/rng';
import type { SplitWord } from './splitWords';
import type { DatasetWarning, Sample } from './types';

/** The share of each class that validates where nobody said. */
const VALIDATION_SHARE = 0.2;

/** A sample as it was understood; `split` is null where nothing says anything of it. */
export interface Labelled extends Omit<Sample, 'group' | 'fold'> {
  split: SplitWord | null;
  /** Samples of one group stay on one side of our own split; null: of none. */
  group: string | null;
  fold?: string | undefined;
}

export interface SplitResult {
  train: Sample[];
  validation: Sample[];
  test: Sample[];
  /** Whether the split is our own. */
  drawn: boolean;
  warnings: DatasetWarning[];
}

/**
 * Sorts samples into the splits, in their order. A test split validates where there is no validation split, else it is
 * held out. Samples without any split get a stratified one, the same for the same seed.
 */
export function splitSamples(samples: readonly Labelled[], seed: number, groupName: string | null): SplitResult {
  if (samples.some((sample) => sample.split === null)) return stratify(samples, seed, groupName);
  const hasValidation = samples.some((sample) => sample.split === 'validation');
  const of = (split: SplitWord) => samples.filter((sample) => sample.split === split).map(toSample);
  return {
    train: of('train'),
    validation: of(hasValidation ? 'validation' : 'test'),
    test: hasValidation ? of('test') : [],
    drawn: false,
    warnings: [],
  };
}

function stratify(samples: readonly Labelled[], seed: number, groupName: string | null): SplitResult {
  const groups = groupName === null ? null : groupsOf(samples);
  const chosen = groups ? chooseGroups(samples, groups, seed) : chooseSamples(samples, seed);
  const warnings: DatasetWarning[] = [
    { code: 'no-split', values: { chosen: chosen.size, count: samples.length, seed } },
  ];
  if (groups) warnings.push({ code: 'groups', values: { column: groupName!, groups: groups.length } });
  return {
    train: samples.filter((sample) => !chosen.has(sample)).map(toSample),
    validation: samples.filter((sample) => chosen.has(sample)).map(toSample),
    test: [],
    drawn: true,
    warnings,
  };
}

const wantedOf = (members: number): number => (members < 2 ? 0 : Math.max(1, Math.round(VALIDATION_SHARE * members)));

function chooseSamples(samples: readonly Labelled[], seed: number): Set<Labelled> {
  const chosen = new Set<Labelled>();
  for (const [label, members] of byLabel(samples)) {
    const order = permutation(fork(seed, label), members.length);
    for (const index of order.subarray(0, wantedOf(members.length))) chosen.add(members[index]!);
  }
  return chosen;
}

/** Whole groups, as long as they bring a class nearer to its share than it is without them. */
function chooseGroups(
  samples: readonly Labelled[],
  groups: readonly (readonly Labelled[])[],
  seed: number,
): Set<Labelled> {
  const sizes = new Map([...byLabel(samples)].map(([label, members]) => [label, members.length]));
  const missing = new Map([...sizes].map(([label, size]) => [label, wantedOf(size)]));
  const chosen = new Set<Labelled>();
  const order = [...permutation(fork(seed, 0), groups.length)];
  // Then, for classes whose groups are all too large to come near, the smallest that leaves some to train.
  const smallest = [...order].sort((a, b) => groups[a]!.length - groups[b]!.length);
  const validated = new Set<number>();
  for (const [turn, index] of [...order, ...smallest].entries()) {
    const group = groups[index]!;
    if (chosen.has(group[0]!)) continue;
    const counts = [...byLabel(group)].map(([label, members]) => ({ label, count: members.length }));
    const gain = counts.reduce((sum, { label, count }) => {
      const before = missing.get(label)!;
      return sum + Math.abs(before) - Math.abs(before - count);
    }, 0);
    const leavesSome = counts.every(({ label, count }) => sizes.get(label)! > count);
    const isNeeded = turn >= order.length && counts.some(({ label }) => !validated.has(label));
    if ((gain <= 0 && !isNeeded) || !leavesSome) continue;
    for (const sample of group) chosen.add(sample);
    for (const { label } of counts) validated.add(label);
    for (const { label, count } of counts) {
      missing.set(label, missing.get(label)! - count);
      sizes.set(label, sizes.get(label)! - count);
    }
  }
  return chosen;
}

/** A sample of no group is one of its own. */
export function groupsOf<S extends Pick<Labelled, 'path'> & { group?: string | null }>(samples: readonly S[]): S[][] {
  const groups = new Map<string, S[]>();
  for (const sample of samples) {
    const key = sample.group ? `group ${sample.group}` : `photo ${sample.path}`;
    const members = groups.get(key);
    if (members) members.push(sample);
    else groups.set(key, [sample]);
  }
  return [...groups.values()];
}

export function byLabel<S extends Pick<Labelled, 'label'>>(samples: readonly S[]): Map<number, S[]> {
  const members = new Map<number, S[]>();
  for (const sample of samples) {
    const known = members.get(sample.label);
    if (known) known.push(sample);
    else members.set(sample.label, [sample]);
  }
  return members;
}

function toSample({ path, imageId, label, group, fold }: Labelled): Sample {
  return { path, imageId, label, ...(group && { group }), ...(fold !== undefined && { fold }) };
}
