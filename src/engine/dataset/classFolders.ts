/** A folder for each class, with or without train/ and val/ above them. */
import type { Understood } from './format';
import { classesOf, readLabelMap } from './labels';
import { fileName, foldersOf, type Listing } from './listing';
import { type Labelled, type SplitWord, splitWord } from './splits';
import type { DatasetWarning } from './types';

/** Undefined if the photos lie in no folders that could be classes. */
export async function classFolders(listing: Listing): Promise<Understood | undefined> {
  const depth = depthOfClasses(listing.photos);
  const top = new Set(listing.photos.map((path) => foldersOf(path)[depth]).filter((name) => name !== undefined));
  if (top.size === 0) return undefined;
  // A folder "train" that holds photos and no folders is a class of trains.
  const isSplit = listing.photos
    .map(foldersOf)
    .some((f) => splitWord(f[depth] ?? '') === 'train' && f.length > depth + 1);

  const warnings: DatasetWarning[] = [];
  const placed: { path: string; label: string; split: SplitWord | null }[] = [];
  for (const path of listing.photos) {
    const folders = foldersOf(path).slice(depth);
    const split = isSplit ? splitWord(folders[0] ?? '') : null;
    const label = folders[isSplit ? 1 : 0];
    if (split === undefined) {
      warnings.push({
        kind: 'bad-split',
        file: path,
        message: `${path} is neither under a training nor a validation folder.`,
      });
    } else if (label === undefined) {
      warnings.push({ kind: 'bad-label', file: path, message: `${path} is in no class's folder.` });
    } else {
      placed.push({ path, label, split });
    }
  }
  if (placed.length === 0) return undefined;
  const map = await readLabelMap(listing, placed[0]!.path, warnings);
  const labels = placed.map(({ label }) => label);
  const known = classesOf(labels, map);
  const classes = labels.every((label) => known.indexOf(label) !== undefined) ? known : classesOf(labels, undefined);
  const hasBoth = placed.some(({ split }) => split === 'train') && placed.some(({ split }) => split !== 'train');
  const samples: Labelled[] = [];
  for (const { path, label, split } of placed) {
    const index = classes.indexOf(label);
    if (index === undefined)
      warnings.push({ kind: 'bad-label', file: path, message: `${path}: "${label}" is no class.` });
    else samples.push({ path, imageId: fileName(path), label: index, split: isSplit && hasBoth ? split : null });
  }
  const format = isSplit
    ? `A folder for each class, under ${[...top].sort().join('/, ')}/.`
    : 'A folder for each class.';
  return { format, classes: classes.names, samples, warnings };
}

/** How many folders to go down before they differ: a lone folder that holds folders is a wrapper, not a class. */
function depthOfClasses(photos: readonly string[]): number {
  const paths = photos.map(foldersOf);
  for (let depth = 0; ; depth++) {
    const names = new Set(paths.map((folders) => folders[depth]).filter((name) => name !== undefined));
    const goesOn = paths.some((folders) => folders.length > depth + 1);
    if (names.size !== 1 || !goesOn) return depth;
  }
}
