/** Which split photos are given: by the folders that they lie in, by lists of names, or by the folds of a column. */
import type { ChosenTables } from './chooseTables';
import type { FolderReading } from './classFolders';
import type { TableReading } from './columns';
import type { PhotoIndex } from './photoIndex';
import type { DatasetSettings } from './settings';
import { rowsOf } from './tableRows';
import type { DatasetWarning, LabelledPhoto } from './types';

interface Reading {
  tables: Pick<ChosenTables, 'lists'>;
  index: PhotoIndex;
  settings: DatasetSettings;
}

/** Splits by the folders that photos lie in, or else by lists of names. */
export function withSplits(
  { tables, index, settings }: Reading,
  photos: readonly LabelledPhoto[],
  folders: FolderReading,
  warnings: DatasetWarning[],
): { photos: LabelledPhoto[]; lists: readonly string[] } {
  const placed = photos.map((photo) => ({
    ...photo,
    split: photo.split ?? folders.places.get(photo.path)?.split ?? null,
  }));
  const roles = new Set(placed.flatMap(({ split }) => (split === null ? [] : [split])));
  if (roles.size > 1) {
    for (const { path, split } of placed) if (split === null) warnings.push({ code: 'beside-splits', file: path });
    return { photos: placed.filter(({ split }) => split !== null), lists: [] };
  }
  const listed = tables.lists.length > 0 ? rowsOf(tables.lists, { byWord: true, index, settings }).rows : [];
  const splitOf = new Map(listed.flatMap(({ path, split }) => (path && split ? [[path, split] as const] : [])));
  const named = new Set(photos.flatMap(({ path }) => splitOf.get(path) ?? []));
  if (named.size === 0) return { photos: placed.map((photo) => ({ ...photo, split: null })), lists: [] };
  const table = tables.lists.map(({ file }) => file).join(', ');
  const listedPhotos = photos.flatMap((photo) => {
    const split = splitOf.get(photo.path) ?? (named.has('train') ? undefined : 'train');
    if (split === undefined) warnings.push({ code: 'file-in-no-row', file: photo.path, values: { table } });
    return split === undefined ? [] : [{ ...photo, split }];
  });
  return { photos: listedPhotos, lists: tables.lists.map(({ file }) => file) };
}

/** The fold that validates, and which others there are. */
export function foldWarnings(tables: readonly TableReading[]): DatasetWarning[] {
  return tables.flatMap(({ file, split, names }) =>
    split?.fold === undefined
      ? []
      : [
          {
            code: 'fold' as const,
            file,
            values: { column: names[split.columns[0]!]!, fold: split.fold, folds: split.values.join(', ') },
          },
        ],
  );
}
