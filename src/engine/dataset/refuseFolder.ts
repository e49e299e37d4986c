/** Why a folder cannot be understood, as near to the cause as can be told. */
import { ROOT } from './classFolders';
import { unknownColumns } from './columns';
import { badSetting } from './checkSettings';
import { fileName } from './listing';
import { labelsOfNames } from './nameLabels';
import type { Refusal } from './types';
import { type Folder, someOf } from './understood';

/** A setting that names nothing here. */
export function unknownSetting({ tables, readings, settings, listing }: Folder): Refusal | null {
  const { tableFile } = settings;
  const files = readings.map(({ file }) => file);
  const asked = tableFile?.split(',').map((file) => file.trim()) ?? [];
  const missing = asked.find((file) => file !== 'none' && !files.includes(file));
  if (missing !== undefined) return badSetting('tableFile', missing, [...files, 'none']);
  for (const key of ['classFolder', 'photoFolder'] as const) {
    const wanted = settings[key];
    if (wanted !== undefined && wanted !== ROOT && !listing.photos.some((path) => path.startsWith(`${wanted}/`)))
      return badSetting(key, wanted, []);
  }
  const [first] = tables.labels.length > 0 ? tables.labels : readings.filter(({ matches }) => matches > 0);
  // A column of any table: that table is the one that is meant.
  const unknown = unknownColumns(settings, [
    ...new Set([...(first?.names ?? []), ...readings.flatMap(({ names }) => names)]),
  ]);
  return unknown ? badSetting(unknown[0], unknown[1], first?.names ?? []) : null;
}

/** Why no class is known. */
export function nothingTells({ listing, readings, tables, folders }: Folder): Refusal {
  const count = listing.photos.length;
  const unlabelled = readings.find(
    ({ matches, file }) =>
      matches > 0 && tables.leftOut.some((each) => each.file === file && each.values?.['reason'] === 'no-label'),
  );
  if (unlabelled)
    return {
      code: 'no-label-column',
      values: { file: unlabelled.file, count: unlabelled.matches, columns: unlabelled.names.join(', ') },
    };
  const foreign = readings.find(({ file }) =>
    tables.leftOut.some((each) => each.file === file && each.values?.['reason'] === 'foreign'),
  );
  if (foreign) {
    const { file, rows, names, image } = foreign;
    const example = rows[0]?.cells[image] ?? '';
    return {
      code: 'foreign-table',
      values: { file, rows: rows.length, column: names[image]!, example, photo: fileName(listing.photos[0] ?? '') },
    };
  }
  const values = {
    count,
    splits: [...folders.splitFolders.keys()].join(', '),
    names: someOf(labelsOfNames(listing.photos)?.classes ?? []),
  };
  return { code: 'no-classes', values };
}
