/** What a folder's names and tables say of its photos: classes by folders, by tables, by both, or by the photos' own names. */
import { chooseTables } from './chooseTables';
import { type FolderReading, readFolders } from './classFolders';
import { mergeCases, namesOf } from './classNames';
import { classChoices, folderChoices, tableChoices } from './choices';
import type { TableReading } from './columns';
import { classesOf, type LabelMap, readLabelMap } from './labels';
import { foldWarnings, withSplits } from './givenSplits';
import { withGroups } from './givenGroups';
import { fileName, type Listing } from './listing';
import { labelsOfNames } from './nameLabels';
import { severalLabels } from './severalLabels';
import type { PhotoIndex } from './photoIndex';
import type { DatasetSettings } from './settings';
import { readRows, rowsOf, type TableRow } from './tableRows';
import { unsharedLabels, valuesOf } from './tellingColumn';
import type { Choice, DatasetWarning, LabelledPhoto, Refusal } from './types';
import { nothingTells, unknownSetting } from './refuseFolder';
import { type Folder, someOf, type Understood } from './understood';

export async function understand(
  listing: Listing,
  index: PhotoIndex,
  readings: readonly TableReading[],
  settings: DatasetSettings,
): Promise<Understood> {
  const folders = readFolders(listing.photos, settings);
  const classes = new Set([...folders.places.values()].flatMap(({ label }) => label ?? []));
  const tables = chooseTables(readings, index, settings, classes.size > 1);
  const folder = { listing, index, readings, settings, folders, tables };
  const unknown = unknownSetting(folder);
  if (unknown) return refused(folder, unknown);
  const asTable = tables.labels.length > 0 ? rowsOf(tables.labels, { ...tables, index, settings }) : undefined;
  return withGroups(folder, await understandAs(sourceOf(folder, asTable?.rows ?? []), folder, asTable));
}

async function understandAs(
  source: Source,
  folder: Folder,
  asTable: ReturnType<typeof rowsOf> | undefined,
): Promise<Understood> {
  switch (source) {
    case 'table':
      return byTable(folder, asTable!);
    case 'folders':
    case 'both':
    case 'agreeing':
      return byFolders(folder, source, asTable?.rows ?? []);
    case 'names':
      return byNames(folder);
    case null:
      return refused(folder, nothingTells(folder));
    default:
      return source satisfies never;
  }
}

type Source = 'table' | 'folders' | 'both' | 'agreeing' | 'names' | null;

/** `both`: the table has the classes of photos that lie in no class's folder. `agreeing`: it says what the folders say. */
function sourceOf({ folders, tables, readings, settings, listing }: Folder, rows: readonly TableRow[]): Source {
  const { labelsFrom } = settings;
  const classes = new Set([...folders.places.values()].flatMap(({ label }) => (label === null ? [] : [label])));
  const hasTable = tables.labels.length > 0;
  // One folder of photos is no class where a table speaks of them.
  const hasFolders = classes.size > (readings.some(({ matches }) => matches > 0) ? 1 : 0) || folders.asked.length > 0;
  if (labelsFrom === 'names') return 'names';
  if (labelsFrom === 'table') return hasTable ? 'table' : null;
  if (labelsFrom === 'folders') return classes.size > 0 ? 'folders' : null;
  // Nor where a table is of other photos, as far as their names say, or where the photos' own names say more.
  const isLone = !hasTable && classes.size < 2 && folders.asked.length === 0;
  if (isLone && labelsOfNames(listing.photos)?.isConvention) return 'names';
  const isForeign = isLone && tables.leftOut.some(({ values }) => values?.['reason'] === 'foreign');
  if (isForeign) return null;
  if (!hasTable || !hasFolders) return hasTable ? 'table' : hasFolders ? 'folders' : null;
  if (settings.tableFile !== undefined || settings.labelColumn !== undefined) return 'table';

  const matched = rows.filter(({ path, label }) => typeof path === 'string' && label !== '');
  if (matched.length === 0) return 'table';
  const both = matched.filter(({ path }) => typeof folders.places.get(path!)?.label === 'string');
  const known = matched.filter(({ label }) => classes.has(label) || classes.has(label.split(' ')[0]!)).length;
  if (both.length * 10 <= matched.length && known * 10 >= matched.length * 9) return 'both';
  // Lists of training and validation photos that say what the folders say add their splits, even where no header names a column.
  const isNamed = tables.labels.some(({ labels }) => labels.named);
  if ((isNamed || tables.byWord) && isSameLabelling(both, folders)) return 'agreeing';
  // Folders that would have to be asked about say less than the only column that may be the label.
  const areClear = folders.levels === null && folders.asked.length === 0;
  const isOnly = tables.labels.every(({ labels }) => labels.candidates.length === 1);
  if (!isNamed && (areClear || !isOnly)) return 'folders';
  const labelled = [...folders.places.values()].filter(({ label }) => label !== null).length;
  return new Set(both.map(({ path }) => path)).size * 2 >= labelled ? 'table' : 'folders';
}

function isSameLabelling(rows: readonly TableRow[], { places }: FolderReading): boolean {
  const [ahead, back] = [new Map<string, string>(), new Map<string, string>()];
  return (
    rows.length > 0 &&
    rows.every(({ path, label }) => {
      const place = places.get(path!)!.label!;
      if (!ahead.has(label)) ahead.set(label, place);
      if (!back.has(place)) back.set(place, label);
      return ahead.get(label) === place && back.get(place) === label;
    })
  );
}

async function byTable(folder: Folder, { rows, found }: ReturnType<typeof rowsOf>): Promise<Understood> {
  const { listing, settings, tables, folders } = folder;
  const [first] = tables.labels;
  const choices = [...classChoices(folder, 'table'), ...tableChoices(tables, settings, found)];
  const refuse = (refusal: Refusal) => ({ ...refused(folder, refusal), choices });
  if (tables.refusal) return refuse(tables.refusal);
  const { asked } = first!.labels;
  if (asked.length > 0) {
    const code = first!.labels.several ? 'several-flags' : 'which-label-column';
    const columns = asked.map(
      (column) => first!.names[column]! + (first!.labels.several ? '' : valuesOf(first!, column)),
    );
    return refuse({ code, values: { file: first!.file, columns: columns.join(', '), key: 'labelColumn' } });
  }
  const ambiguous = rows.filter(({ path }) => path === undefined).length;
  if (ambiguous * 10 > rows.length) {
    const among = [...new Set([...found.taken, ...found.passed])].sort().join(', ');
    return refuse({ code: 'which-photos', values: { file: first!.file, count: ambiguous, folders: among } });
  }

  const warnings: DatasetWarning[] = tables.labels.flatMap((table) => [...table.warnings]);
  warnings.push(...tables.leftOut);
  for (const { file, hasBoxes } of tables.labels) if (hasBoxes) warnings.push({ code: 'boxes-left-out', file });
  if (found.passed.size > 0) {
    const values = { taken: [...found.taken].sort().join(', '), passed: [...found.passed].sort().join(', ') };
    warnings.push({ code: 'photo-folder', file: first!.file, values });
  }
  const labels = rows.flatMap(({ path, label }) => (typeof path === 'string' && label !== '' ? [label] : []));
  const map = await readLabelMap(listing, first!.file, new Set(labels), warnings);
  const several = severalLabels(labels);
  if (several?.refusal) return refuse({ code: 'several-labels', values: { file: first!.file, ...several.values } });
  if (several) warnings.push({ code: 'several-labels', file: first!.file, values: several.values });
  const { labelled, named, contradicted, inBothSplits } = readRows(rows, classesOf(labels, map), settings, warnings);
  if (inBothSplits.length > 0) {
    const asked: Choice = { what: 'contradictions', chosen: null, others: ['first', 'leaveOut'] };
    const values = { count: inBothSplits.length, example: inBothSplits[0]! };
    return { ...refused(folder, { code: 'both-splits', values }), choices: [...choices, asked] };
  }
  const unshared = map || settings.labelColumn !== undefined ? null : unsharedLabels(first!, labelled);
  if (unshared) return refuse(unshared);
  const files = tables.labels.map(({ file }) => file).join(', ');
  for (const path of listing.photos)
    if (!named.has(path)) warnings.push({ code: 'file-in-no-row', file: path, values: { table: files } });
  warnings.push(...foldWarnings(tables.labels), ...passedFolders(folder, files));
  if (map === undefined) mergeCases(labelled, warnings);
  const hasSplit = tables.byWord || tables.labels.some(({ split }) => split !== null);
  const { photos, lists } = hasSplit
    ? { photos: labelled, lists: [] }
    : withSplits(folder, labelled, folders, warnings);
  return {
    format: tableFormat(tables.labels, lists),
    photos,
    map,
    splitByColumn: tables.labels.some(({ split }) => split !== null) && !isTestUnlabelled(rows),
    groupName: groupNameOf(tables.labels),
    warnings,
    choices: [...choices, ...contradictionChoices(contradicted, settings)],
    refusal: null,
  };
}

/** Whether all that is not for training is to be predicted, as in competitions, which leaves the split to us. */
function isTestUnlabelled(rows: readonly TableRow[]): boolean {
  const others = rows.filter(({ split }) => split !== 'train');
  return others.length > 0 && others.every(({ label }) => label === '');
}

async function byFolders(
  folder: Folder,
  source: 'folders' | 'both' | 'agreeing',
  rows: readonly TableRow[],
): Promise<Understood> {
  const { folders, tables, settings } = folder;
  const choices = [...classChoices(folder, 'folders'), ...folderChoices(folders, settings)];
  if (folders.asked.length > 0) {
    const values = { folders: folders.asked.join(', ') };
    return { ...refused(folder, { code: 'which-folder', values }), choices };
  }
  if (source === 'folders' && folders.levels) {
    const [top, deepest] = [folders.levels.top, folders.levels.deepest].map((names) => someOf(names));
    const values = { top: top!, deepest: deepest!, example: folders.levels.paths[0]! };
    return { ...refused(folder, { code: 'which-level', values }), choices };
  }
  const rowOf = new Map(rows.flatMap((row) => (typeof row.path === 'string' ? [[row.path, row] as const] : [])));
  const warnings: DatasetWarning[] = [...tables.leftOut];
  const reason = { folders: 'folders', both: null, agreeing: null }[source];
  if (reason !== null)
    for (const { file } of tables.labels) warnings.push({ code: 'table-left-out', file, values: { reason } });
  warnings.push(...folders.warnings);
  const bySplitColumn = source === 'agreeing' && (tables.byWord || tables.labels.some(({ split }) => split !== null));
  const photos: LabelledPhoto[] = [];
  const names = source === 'agreeing' ? namesOf(rows, folders) : undefined;
  for (const [path, place] of [...folders.places].sort((a, b) => (a[0] < b[0] ? -1 : 1))) {
    const row = source === 'folders' ? undefined : rowOf.get(path);
    const told = source === 'folders' ? undefined : row?.label;
    const label =
      place.label === null ? (names?.folders.get(told ?? '') ?? told) : (names?.better.get(place.label) ?? place.label);
    const split = bySplitColumn ? row?.split : (place.split ?? (source === 'both' ? row?.split : undefined) ?? null);
    if (label === undefined || label === null || label === '') {
      warnings.push({ code: 'unlabelled', file: path, ...(place.split && { values: { split: place.split } }) });
    } else if (split === undefined) {
      const table = tables.labels.map(({ file }) => file).join(', ');
      warnings.push(
        row
          ? { code: 'bad-split', file: path, values: { image: path, split: row.splitText } }
          : { code: 'file-in-no-row', file: path, values: { table } },
      );
    } else
      photos.push({
        path,
        imageId: fileName(path),
        label,
        split,
        group: row?.group ?? null,
        fold: row?.fold ?? place.fold,
      });
  }
  if (source === 'both') {
    const known = new Set([...folders.places.values()].map(({ label }) => label));
    for (const photo of photos) if (!known.has(photo.label)) photo.label = photo.label.split(' ')[0]!;
  }
  if (bySplitColumn) warnings.push(...foldWarnings(tables.labels));
  mergeCases(photos, warnings);
  const map = await folderMap(folder, photos, warnings);
  const named = source === 'folders' ? [] : tables.labels.map(({ file }) => file);
  const placed = bySplitColumn ? { photos, lists: [] } : withSplits(folder, photos, folders, warnings);
  return {
    format: folderFormat(folders, [...named, ...placed.lists]),
    photos: placed.photos,
    map,
    splitByColumn: bySplitColumn,
    groupName: source === 'folders' ? null : groupNameOf(tables.labels),
    warnings,
    choices: source === 'agreeing' && bySplitColumn ? [...choices, ...tableChoices(tables, settings)] : choices,
    refusal: null,
  };
}

const groupNameOf = ([first]: readonly TableReading[]): string | null =>
  first && first.group >= 0 ? first.names[first.group]! : null;

/** Names for folders that are numbers, where a file gives them. */
async function folderMap(
  { listing }: Folder,
  photos: readonly LabelledPhoto[],
  warnings: DatasetWarning[],
): Promise<LabelMap | undefined> {
  const labels = new Set(photos.map(({ label }) => label));
  if (photos.length === 0 || ![...labels].every((label) => /^\d+$/.test(label))) return undefined;
  const map = await readLabelMap(listing, photos[0]!.path, labels, warnings);
  const numbers = new Set([...labels].map(Number));
  return map?.filter(([number]) => numbers.has(number));
}

function byNames(folder: Folder): Understood {
  const { listing, folders, settings, tables } = folder;
  const named = labelsOfNames(listing.photos);
  const choices = [...classChoices(folder, 'names'), ...folderChoices(folders, settings)];
  if (!named) return { ...refused(folder, nothingTells(folder)), choices };
  const warnings: DatasetWarning[] = [...tables.leftOut];
  const photos: LabelledPhoto[] = [];
  for (const path of listing.photos) {
    const label = named.labels.get(path);
    if (label === undefined) warnings.push({ code: 'unlabelled', file: path });
    else
      photos.push({
        path,
        imageId: fileName(path),
        label,
        split: folders.places.get(path)?.split ?? null,
        group: null,
      });
  }
  return {
    format: `Classes by file names: ${someOf(named.classes)}.`,
    photos: withSplits(folder, photos, folders, warnings).photos,
    map: undefined,
    splitByColumn: false,
    groupName: null,
    warnings,
    choices,
    refusal: null,
  };
}

/** Class folders of which a table took no notice. */
function passedFolders({ folders, settings }: Folder, table: string): DatasetWarning[] {
  const passed = new Set([...folders.places.values()].flatMap(({ label }) => label ?? []));
  if (passed.size < 2 || settings.labelsFrom !== undefined) return [];
  return [{ code: 'folders-left-out', file: table, values: { names: someOf([...passed].sort()) } }];
}

function contradictionChoices(count: number, { contradictions = 'vote' }: DatasetSettings): Choice[] {
  if (count === 0) return [];
  const others = ['vote', 'first', 'leaveOut'].filter((option) => option !== contradictions);
  return [{ what: 'contradictions', chosen: contradictions, others }];
}

function refused(folder: Folder, refusal: Refusal): Understood {
  const { tables, listing } = folder;
  return {
    format: `${listing.photos.length} photos.`,
    photos: [],
    map: undefined,
    splitByColumn: false,
    groupName: null,
    warnings: tables.leftOut,
    choices: classChoices(folder, null),
    refusal,
  };
}

function tableFormat(tables: readonly TableReading[], lists: readonly string[]): string {
  const [{ names, image, labels, split }] = tables as readonly [TableReading];
  const columns = [image, ...labels.columns, ...(split?.columns ?? [])].map((column) => names[column]!);
  const shown = columns.length > 8 ? [...columns.slice(0, 8), '…'] : columns;
  const files = tables.map(({ file }) => file);
  const lead = files.length === 1 ? 'A table of photos and labels' : 'Tables of photos and labels';
  const splits = lists.length > 0 ? `, with the splits of ${lists.join(', ')}` : '';
  return `${lead}: ${files.join(', ')} (${shown.join(', ')})${splits}.`;
}

function folderFormat({ splitFolders }: FolderReading, tables: readonly string[]): string {
  const splits = [...splitFolders.keys()].sort();
  const lead = splits.length > 0 ? `A folder for each class, with ${splits.join(', ')}` : 'A folder for each class';
  return tables.length > 0 ? `${lead}, and ${tables.join(', ')}.` : `${lead}.`;
}
