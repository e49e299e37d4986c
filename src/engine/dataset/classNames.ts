/** What classes are called where folders, tables and splits spell them differently. */
import type { FolderReading } from './classFolders';
import { isWhole } from './labels';
import type { TableRow } from './tableRows';
import type { DatasetWarning, LabelledPhoto } from './types';

/** What the folders are called in the table's words and back, where it gives names to folders that are numbers. */
export function namesOf(rows: readonly TableRow[], { places }: FolderReading) {
  const [folders, better] = [new Map<string, string>(), new Map<string, string>()];
  for (const { path, label } of rows) {
    const place = typeof path === 'string' ? places.get(path)?.label : undefined;
    if (typeof place === 'string' && label !== '') folders.set(label, place);
  }
  if ([...folders.values()].every(isWhole) && ![...folders.keys()].every(isWhole)) {
    for (const [label, place] of folders) better.set(place, label);
    folders.clear();
  }
  return { folders, better };
}

const spelling = (label: string): string =>
  label
    .normalize('NFC')
    .toLowerCase()
    .replaceAll(/(?<=\S)[\s_-]+(?=\S)/g, ' ')
    .trim();

/** What systems put behind or before the name of a folder that they copy. */
const COPY = /( - (copy|kopie|copie)| copy)?( \(\d+\)| \d+)?$|^copy of /i;

/** "Cat" for training and "cat" for validation are one class, as are "leaf rust" and "leaf_rust"; both in one place are two. */
export function mergeCases(photos: LabelledPhoto[], warnings: DatasetWarning[]): void {
  const spellings = new Map<string, Map<string, Set<string | null>>>();
  for (const { label, split } of photos) {
    const key = spelling(label);
    if (!spellings.has(key)) spellings.set(key, new Map());
    const known = spellings.get(key)!;
    if (!known.has(label)) known.set(label, new Set());
    known.get(label)!.add(split);
  }
  const renamed = new Map<string, string>();
  for (const known of spellings.values()) {
    if (known.size < 2) continue;
    const splits = [...known.values()].flatMap((each) => [...each]);
    const merged = new Set(splits).size === splits.length;
    const [name] = [...known].find(([, each]) => each.has('train')) ?? [...known][0]!;
    if (merged) for (const spelling of known.keys()) renamed.set(spelling, name);
    warnings.push({ code: 'class-case', values: { names: [...known.keys()].join(', '), merged: merged ? 1 : 0 } });
  }
  const labels = new Set(photos.map(({ label }) => label));
  for (const label of labels) {
    const copied = label.replace(COPY, '');
    if (copied !== label && labels.has(copied)) warnings.push({ code: 'class-copy', values: { name: label, copied } });
  }
  for (const photo of photos) photo.label = renamed.get(photo.label) ?? photo.label;
}
