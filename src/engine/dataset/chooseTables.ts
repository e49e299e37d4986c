/** Which of a folder's tables tell the classes, which only the splits, and why the others are left out. */
import { foldersOf, fileName } from './listing';
import { isMapName } from './labels';
import type { PhotoIndex } from './photoIndex';
import { columnOf, plainName } from './columnNames';
import type { TableReading } from './columns';
import { listOf, NONE, type DatasetSettings } from './settings';
import { restOf, splitsAlike } from './splitWords';
import type { DatasetWarning, Refusal } from './types';

export interface ChosenTables {
  /** Read together: one, or one a split, or parts of one. */
  labels: readonly TableReading[];
  /** Whether their files' names say which split their rows are of. */
  byWord: boolean;
  /** Without classes: which photos are of which split. */
  lists: readonly TableReading[];
  leftOut: readonly DatasetWarning[];
  /** Others that tell classes, too. */
  others: readonly TableReading[];
  refusal: Refusal | null;
}

type Reason =
  | 'predictions'
  | 'submission'
  | 'broken'
  | 'no-rows'
  | 'unrelated'
  | 'foreign'
  | 'no-label'
  | 'same-photos'
  | 'asked-for-another';

const PREDICTED = new Set(['predicted', 'prediction', 'predictions', 'pred', 'predictedlabel', 'predictedclass']);

/** `hasFolders`: there are class folders, beside which a table of one label says nothing. */
export function chooseTables(
  given: readonly TableReading[],
  index: PhotoIndex,
  settings: DatasetSettings,
  hasFolders: boolean,
): ChosenTables {
  const readings = withFamilyWords(given);
  const wanted = settings.tableFile === NONE ? [] : listOf(settings.tableFile);
  // The table of training photos brings its fellows along.
  const families = new Set(
    wanted.length === 1 ? readings.filter(({ file }) => wanted.includes(file)).map(familyOf) : [],
  );
  const isWanted = (reading: TableReading) =>
    wanted.includes(reading.file) || (reading.word !== undefined && families.has(familyOf(reading)));
  const leftOut: DatasetWarning[] = [];
  const leave = ({ file }: TableReading, reason: Reason, values = {}) =>
    leftOut.push({ code: 'table-left-out', file, values: { reason, ...values } });

  const labelled: TableReading[] = [];
  const lists: TableReading[] = [];
  for (const reading of readings) {
    const { file, matches, image, labels } = reading;
    if (settings.tableFile !== undefined && !isWanted(reading)) leave(reading, 'asked-for-another');
    else if (!isWanted(reading) && isPrediction(reading)) leave(reading, 'predictions');
    else if (!isWanted(reading) && /submission|submit/i.test(fileName(file))) leave(reading, 'submission');
    else if (matches === 0 && !/\.(csv|tsv|jsonl|ndjson)$/i.test(file)) continue;
    else if (matches === 0 && isMapName(file)) continue;
    else if (matches === 0) {
      const broken = reading.warnings.filter(({ code }) => code === 'table-text');
      const why = reading.rows.length === 0 ? 'no-rows' : image >= 0 && labels.named ? 'foreign' : 'unrelated';
      leave(reading, broken.length > 0 ? 'broken' : why);
      leftOut.push(...broken.slice(0, 1));
    } else if (labels.columns.length > 0 || labels.asked.length > 0) labelled.push(reading);
    else if (reading.split !== null || reading.word !== undefined) lists.push(reading);
    else if (!isMapName(file) || matches * 2 > index.size)
      leave(reading, 'no-label', { columns: reading.names.join(', ') });
  }
  // A constant label beside another table's is an example of how to hand in.
  const isLone = labelled.length === 1 && !hasFolders;
  const told = labelled.filter((reading) => isWanted(reading) || isLone || !isConstant(reading));
  for (const reading of labelled) if (!told.includes(reading)) leave(reading, 'submission');

  const listed = listsOf(lists, index);
  for (const reading of lists)
    if (!listed.includes(reading)) leave(reading, 'same-photos', { taken: listed.map(({ file }) => file).join(', ') });
  const groups = wanted.length > 0 ? [told] : groupsOf(told, index);
  const ranked = groups.map((group) => ({
    group,
    covers: groups.length > 1 ? coverOf(group, index) : new Set<string>(),
  }));
  ranked.sort(
    (a, b) =>
      namedColumns(b.group, settings) - namedColumns(a.group, settings) ||
      b.covers.size - a.covers.size ||
      rank(b.group) - rank(a.group) ||
      depthOf(a.group) - depthOf(b.group),
  );
  const [best, ...others] = ranked;
  if (!best) return { labels: [], byWord: false, lists: listed, leftOut, others: [], refusal: null };
  const rival = others.find(
    ({ group, covers }) =>
      isEqual(best.group, group) && covers.size * 2 > best.covers.size && disagree(best.group, group, index),
  );
  for (const { group } of rival ? [] : others)
    for (const reading of group) leave(reading, 'same-photos', { taken: best.group[0]!.file });
  const words = new Set(best.group.map(({ word }) => word));
  return {
    labels: best.group,
    byWord: best.group.length > 1 && words.size > 1 && !words.has(undefined),
    lists: listed,
    leftOut,
    others: others.flatMap(({ group }) => group),
    refusal: rival
      ? { code: 'which-table', values: { tables: [best, ...others].map(({ group }) => group[0]!.file).join(', ') } }
      : null,
  };
}

function isPrediction({ file, names }: TableReading): boolean {
  return (
    names.some((name) => PREDICTED.has(plainName(name))) || /^(.*[_\-. ])?predict(ion|ed)?s?\b/i.test(fileName(file))
  );
}

function isConstant({ labels, rows }: TableReading): boolean {
  return rows.length > 1 && labels.asked.length === 0 && new Set(rows.map(({ cells }) => labels.of(cells))).size < 2;
}

/** train.csv with val.csv and test.csv; parts that name other photos under the same columns; each other table alone. */
function groupsOf(tables: readonly TableReading[], index: PhotoIndex): TableReading[][] {
  const trains = tables.filter(({ word }) => word === 'train').sort((a, b) => b.matches - a.matches);
  const groups: TableReading[][] = [];
  const rest = new Set(tables);
  for (const train of trains) {
    const family = familyOf(train);
    const partners = (['validation', 'test'] as const).flatMap((word) => {
      const [partner] = tables
        .filter((table) => rest.has(table) && table.word === word && isAlike(train, table))
        .sort((a, b) => Number(familyOf(b) === family) - Number(familyOf(a) === family) || b.matches - a.matches);
      // A stranger's table is the partner of the first alone.
      return partner && (groups.length === 0 || familyOf(partner) === family) ? [partner] : [];
    });
    if (partners.length === 0) continue;
    groups.push([train, ...partners]);
    for (const table of [train, ...partners]) rest.delete(table);
  }
  for (const table of rest) {
    const seen = groups.length > 0 ? coverOf([table], index) : new Set<string>();
    const group = groups.find(
      (each) =>
        each.every(({ word }) => word === table.word) &&
        isAlike(each[0]!, table) &&
        isDisjoint(coverOf(each, index), seen),
    );
    if (group) group.push(table);
    else groups.push([table]);
  }
  return groups;
}

/** Of families of lists, as for several draws of one split, those that speak of photos that none before spoke of. */
function listsOf(lists: readonly TableReading[], index: PhotoIndex): TableReading[] {
  const families = new Map<string, TableReading[]>();
  for (const list of lists) families.set(familyOf(list), [...(families.get(familyOf(list)) ?? []), list]);
  const seen = new Set<string>();
  return [...families.values()].flatMap((family) => {
    const covers = families.size > 1 ? coverOf(family, index) : new Set<string>();
    if (!isDisjoint(seen, covers)) return [];
    for (const path of covers) seen.add(path);
    return family;
  });
}

/** With the split that a file's name says beside others like it: "images_variant_train.txt". */
function withFamilyWords(readings: readonly TableReading[]): TableReading[] {
  const stem = ({ file }: TableReading) => file.replace(/\.\w+$/, '');
  const words = splitsAlike(readings.map(stem));
  return readings.map((reading) => ({ ...reading, word: reading.word ?? words.get(stem(reading)) }));
}

/** Tables that differ in the split's word alone are of one family. */
const familyOf = ({ file }: TableReading): string => restOf(file.replace(/\.\w+$/, ''));

/** Labels under the same names, or without any. */
function isAlike(a: TableReading, b: TableReading): boolean {
  const labelOf = ({ labels, names }: TableReading) => labels.columns.map((column) => plainName(names[column]!)).join();
  return labelOf(a) === labelOf(b) || (!a.hasHeader && !b.hasHeader);
}

const isDisjoint = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => ![...b].some((path) => a.has(path));

function coverOf(group: readonly TableReading[], index: PhotoIndex): Set<string> {
  const paths = new Set<string>();
  for (const { rows, image, file } of group) {
    const folder = foldersOf(file).join('/');
    for (const { cells } of rows) {
      const match = index.findSimilar(cells[image] ?? '');
      const path = match?.paths.find((each) => folder !== '' && each.startsWith(`${folder}/`)) ?? match?.paths[0];
      if (path !== undefined) paths.add(path);
    }
  }
  return paths;
}

/** How many of the columns that a person has named it has: its table is the one that is meant. */
const namedColumns = ([first]: readonly TableReading[], settings: DatasetSettings): number =>
  (['imageColumn', 'labelColumn', 'splitColumn', 'groupColumn'] as const).filter(
    (key) => columnOf(settings[key], first!.names) !== undefined,
  ).length;

/** With a split rather than without. */
const rank = (group: readonly TableReading[]): number =>
  (group.length > 1 || group[0]!.split !== null ? 2 : 0) + (group[0]!.labels.named ? 1 : 0);

const depthOf = (group: readonly TableReading[]): number =>
  Math.min(...group.map(({ file }) => file.split('/').length));

/** Both known by their columns' names, or neither. */
const isEqual = (a: readonly TableReading[], b: readonly TableReading[]): boolean =>
  a[0]!.labels.named === b[0]!.labels.named || a[0]!.labels.asked.length > 0;

/** Whether photos that are of one class in one table are of several in the other. */
function disagree(a: readonly TableReading[], b: readonly TableReading[], index: PhotoIndex): boolean {
  const labelOf = (group: readonly TableReading[]) => {
    const labels = new Map<string, string>();
    for (const { rows, image, labels: reading } of group)
      for (const { cells } of rows) {
        const path = index.findSimilar(cells[image] ?? '')?.paths[0];
        const label = reading.of(cells);
        if (path !== undefined && label !== '' && !labels.has(path)) labels.set(path, label);
      }
    return labels;
  };
  const [first, second] = [labelOf(a), labelOf(b)];
  const pairs = new Map<string, string>();
  let [seen, odd] = [0, 0];
  for (const [path, label] of first) {
    const other = second.get(path);
    if (other === undefined) continue;
    seen++;
    if (!pairs.has(label)) pairs.set(label, other);
    if (pairs.get(label) !== other) odd++;
  }
  return odd * 10 > seen;
}
