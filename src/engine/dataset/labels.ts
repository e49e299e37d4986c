/** From label texts to classes: numbers or names, with `label_num_to_disease_map.json` if there is one. */
import { fileName, foldersOf, type Listing } from './listing';
import type { DatasetWarning } from './types';

const MAP_FILE = 'label_num_to_disease_map.json';
/** Where so many labels are whole numbers, a text among them is a slip and not a class. */
const NUMERIC_SHARE = 0.9;

export interface Classes {
  names: readonly string[];
  /** Index of a label text's class; undefined: it is no class. */
  indexOf: (label: string) => number | undefined;
}

/** Names of numbered classes: [number, name]. */
export type LabelMap = readonly (readonly [number, string])[];

/**
 * With a map, the classes are the map's, by number; labels may be the numbers or the names.
 * Without, they are the labels found: sorted as numbers if they are whole numbers, else as text.
 */
export function classesOf(labels: Iterable<string>, map: LabelMap | undefined): Classes {
  const index = new Map<string, number>();
  if (map) {
    const sorted = [...map].sort((a, b) => a[0] - b[0]);
    for (const [i, [, name]] of sorted.entries()) index.set(name, i);
    for (const [i, [number]] of sorted.entries()) index.set(String(number), i);
    return { names: sorted.map(([, name]) => name), indexOf: (label) => index.get(canonical(label)) };
  }
  const counts = new Map<string, number>();
  let total = 0;
  let numeric = 0;
  for (const label of labels) {
    if (label === '') continue;
    const key = canonical(label);
    counts.set(key, (counts.get(key) ?? 0) + 1);
    total++;
    if (isWhole(key)) numeric++;
  }
  const names =
    numeric >= NUMERIC_SHARE * total
      ? [...counts.keys()].filter(isWhole).sort((a, b) => Number(a) - Number(b))
      : [...counts.keys()].sort();
  for (const [i, name] of names.entries()) index.set(name, i);
  return { names, indexOf: (label) => index.get(canonical(label)) };
}

/** Reads the map nearest to `near` (a path). Undefined if there is none; a broken one is a warning. */
export async function readLabelMap(
  listing: Listing,
  near: string,
  warnings: DatasetWarning[],
): Promise<LabelMap | undefined> {
  const beside = [...foldersOf(near), MAP_FILE].join('/');
  const found = listing.others.filter((path) => fileName(path).toLowerCase() === MAP_FILE);
  const file = found.find((path) => path === beside) ?? found[0];
  if (file === undefined) return undefined;
  try {
    const entries = Object.entries(JSON.parse(await (await listing.source.read(file)).text()) as object);
    const map = entries.map(([key, value]): [number, string] => [Number(key), String(value)]);
    if (map.length === 0 || map.some(([number]) => !Number.isInteger(number)))
      throw new Error('its keys are not the numbers of classes');
    if (new Set(map.map(([, name]) => name)).size < map.length) throw new Error('it names two classes alike');
    return map;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    warnings.push({ kind: 'other', file, message: `${file} was not used for class names: ${reason}.` });
    return undefined;
  }
}

/** "3.0", as pandas writes numbers beside gaps, is "3". */
function canonical(label: string): string {
  return /^\d+(\.0+)?$/.test(label) ? String(Number.parseInt(label, 10)) : label;
}

function isWhole(label: string): boolean {
  return /^\d+$/.test(label);
}
