/** Photos whose class a person said as they were added: they are of it whatever folders and tables around them say. */
import { classesOf, type LabelMap } from './labels';
import { fileName, type Listing } from './listing';
import type { DatasetWarning, LabelledPhoto, SaidOf } from './types';
import type { Understood } from './understood';

/** Where the folder gives splits, they are in that which the person chose; else they are split with the others. */
export function withAdded(
  understood: Understood,
  { photos }: Pick<Listing, 'photos'>,
  said: ReadonlyMap<string, SaidOf>,
): Understood {
  const hasSplits = understood.splitByColumn || new Set(understood.photos.map(({ split }) => split)).size > 1;
  const known = classesOf(
    understood.photos.map(({ label }) => label),
    understood.map,
  );
  const spelt = new Map(known.names.map((name) => [name.toLowerCase(), name]));
  const added = photos.flatMap((path): LabelledPhoto[] => {
    const one = said.get(path);
    if (!one) return [];
    const label = spelt.get(one.label.toLowerCase()) ?? one.label;
    return [{ path, imageId: fileName(path), label, split: hasSplits ? one.split : null, group: null }];
  });
  const labels = [...new Set(added.map(({ label }) => label))];
  return {
    ...understood,
    photos: [...understood.photos, ...added],
    map:
      understood.map &&
      withLabels(
        understood.map,
        labels.filter((label) => known.indexOf(label) === undefined),
      ),
    warnings: [...understood.warnings, ...addedWarnings(added)],
  };
}

/** New ones are numbered on. */
function withLabels(map: LabelMap, labels: readonly string[]): LabelMap {
  const next = Math.max(-1, ...map.map(([number]) => number)) + 1;
  return [...map, ...labels.map((label, i) => [next + i, label] as const)];
}

/** One a class and split. */
function addedWarnings(added: readonly LabelledPhoto[]): DatasetWarning[] {
  const counts = new Map<string, DatasetWarning & { values: { count: number } }>();
  for (const { label, split } of added) {
    const key = `${split} ${label}`;
    const known = counts.get(key);
    const values = { label, split: split ?? '', count: (known?.values.count ?? 0) + 1 };
    counts.set(key, { code: 'added', values });
  }
  return [...counts.values()];
}
