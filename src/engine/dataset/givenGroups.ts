/** Groups that a table gives beside the one that tells the classes: a patient, a plant, a session for each photo. */
import type { TableReading } from './columns';
import type { PhotoIndex } from './photoIndex';
import { NONE, type DatasetSettings } from './settings';
import { rowsOf } from './tableRows';
import type { Choice, LabelledPhoto } from './types';
import type { Understood } from './understood';

interface Reading {
  readings: readonly TableReading[];
  index: PhotoIndex;
  settings: DatasetSettings;
}

/** The same where its own table names groups, or none names those of half its photos. */
export function withGroups({ readings, index, settings }: Reading, understood: Understood): Understood {
  const { photos, groupName, refusal } = understood;
  if (groupName !== null || refusal || settings.groupColumn === NONE || settings.tableFile === NONE) return understood;
  for (const table of readings) {
    if (table.group < 0 || table.matches * 2 < photos.length) continue;
    const groups = groupsIn(table, { index, settings });
    const grouped = photos.map((photo): LabelledPhoto => ({ ...photo, group: groups.get(photo.path) ?? null }));
    if (grouped.filter(({ group }) => group !== null).length * 2 < photos.length) continue;
    const column = table.names[table.group]!;
    const others = table.groupColumns.filter((one) => one !== table.group).map((one) => table.names[one]!);
    const choice: Choice = { what: 'groupColumn', chosen: column, others: [...others, NONE] };
    return {
      ...understood,
      photos: grouped,
      groupName: column,
      warnings: understood.warnings.filter(({ code, file }) => code !== 'table-left-out' || file !== table.file),
      choices: [...understood.choices.filter(({ what }) => what !== 'groupColumn'), choice],
    };
  }
  return understood;
}

function groupsIn(table: TableReading, by: Omit<Reading, 'readings'>): ReadonlyMap<string, string> {
  const { rows } = rowsOf([table], { byWord: false, ...by });
  return new Map(rows.flatMap(({ path, group }) => (path && group ? [[path, group] as const] : [])));
}
