/** Which columns of a table name the photo, its class, its split and its group: by their contents and their usual names. */
import { byName, columnOf, plainName, words } from './columnNames';
import type { CsvRow } from './csv';
import { fileName, foldersOf, isPhoto } from './listing';
import { type LabelReading, readLabelColumns } from './labelColumns';
import type { PhotoIndex } from './photoIndex';
import { listOf, NONE, type ChoiceKey, type DatasetSettings } from './settings';
import { readSplitColumn, type SplitReading, strangeSplit } from './splitColumn';
import { type SplitWord, splitWord } from './splitWords';
import type { Table } from './tables';
import type { DatasetWarning } from './types';

/** Usual names, most telling first; letters and digits only. */
const IMAGE_NAMES = words(
  'imageid image filename file filepath path imagepath imagename imagefile img imgid imgname imgpath',
  'images files filenames filepaths paths fname photo photoid picture',
  'bild bilddatei datei dateiname dateipfad foto fichier nomfichier nomdefichier imagen archivo fichero nombrearchivo imagem',
  'arquivo immagine nomefile plik 画像 ファイル ファイル名 图片 图像 文件 文件名 图片名 이미지 파일 파일명 файл изображение name id uri url',
);
const GROUP_NAMES =
  /^(patient|subject|lesion|individual|specimen|person|animal|plant|tree|case|study|session|group|participant|eye|video|clip|slide|scene|donor|visit|series)(id|no|number|name|code|num)?$/;

/** Of which all say where a box is, as detectors' tables have them. */
const BOX_NAMES = [['xmin', 'ymin'], ['x1', 'y1', 'x2', 'y2'], ['bbox'], ['boundingbox']];

/** Lines above a header. */
const MOST_TITLES = 8;
/** So many rows, spread over the table, tell which column names the photos. */
const ROWS_LOOKED_AT = 3000;

export interface TableReading extends Omit<Table, 'rows'> {
  /** Names as in the file, or "column 2" where it has no header. */
  names: readonly string[];
  /** The rows below the header. */
  rows: readonly CsvRow[];
  hasHeader: boolean;
  /** -1: none. */
  image: number;
  /** Whether photos' names are only like the cells. */
  similar: boolean;
  /** How many different photos of the folder the rows name. */
  matches: number;
  /** Other columns that name as many photos. */
  imageColumns: readonly number[];
  labels: LabelReading;
  split: SplitReading | null;
  splitColumns: readonly number[];
  /** Whether rows are of boxes in the photo, so that one may have several. */
  hasBoxes: boolean;
  /** -1: none. */
  group: number;
  groupColumns: readonly number[];
  /** What the file's name, or else its folder's, says of its rows. */
  word: SplitWord | undefined;
}

export function readColumns(table: Table, photos: PhotoIndex, settings: DatasetSettings): TableReading {
  const strict = (cell: string) => photos.find(cell);
  const loose = (cell: string) => photos.findSimilar(cell);
  const looked = spread(table.rows, ROWS_LOOKED_AT);
  const isNamed = (find: typeof strict) => looked.some(({ cells }) => cells.some((cell) => cell !== '' && find(cell)));
  const similar = !isNamed(strict) && isNamed(loose);
  const find = similar ? loose : strict;

  const at = headerRow(table.rows, strict);
  const hasHeader = at !== undefined;
  const first = table.rows[at ?? 0];
  const rows = hasHeader ? table.rows.slice(at + 1) : table.rows;
  const columns = Math.max(0, ...looked.map(({ cells }) => cells.length));
  const names = Array.from({ length: columns }, (_, i) => {
    const name = hasHeader ? (first?.cells[i] ?? '') : '';
    if (name === '') return `column ${i + 1}`;
    return first!.cells.indexOf(name) === i ? name : `${name} (column ${i + 1})`;
  });
  const plain = names.map(plainName);

  const below = hasHeader ? looked.filter((row) => row !== first) : looked;
  const matches = names.map((_, column) => countMatches(below, column, find));
  const isPath = (column: number) => below.some(({ cells }) => isPhoto((cells[column] ?? '').trim()));
  const image = columnOf(settings.imageColumn, names) ?? imageColumn(plain, matches, isPath);
  const most = image >= 0 ? matches[image]! : 0;
  const counted = image >= 0 && looked.length < table.rows.length ? countMatches(rows, image, find) : most;
  // A lone number that happens to be a photo's name says nothing.
  const isSure = settings.imageColumn !== undefined || IMAGE_NAMES.includes(plain[image] ?? '') || rows.length < 2;
  const exact = counted > 1 || isSure ? counted : 0;

  const { chosen: split, candidates: splitColumns } = readSplitColumn({ names, plain, rows, image, settings });
  const grouping = groupColumns(plain, rows, image);
  const taken = new Set([image, ...(split?.columns ?? []), ...splitColumns]);
  const labels = readLabelColumns({ names, plain, rows, taken, groups: grouping, settings });
  const strange = strangeSplit({ names, plain, rows, image, settings }, new Set([...taken, ...labels.columns]));
  const warnings: DatasetWarning[] =
    strange === null ? [] : [{ code: 'split-column', file: table.file, values: { column: strange } }];
  const group = settings.groupColumn === NONE ? -1 : (columnOf(settings.groupColumn, names) ?? grouping[0] ?? -1);
  return {
    ...table,
    warnings: [...table.warnings, ...(settings.splitColumn === undefined && split === null ? warnings : [])],
    names,
    rows,
    hasHeader,
    image,
    similar,
    matches: exact,
    imageColumns: matches.flatMap((count, column) => (count > 0 && column !== image ? [column] : [])),
    labels,
    split,
    splitColumns,
    hasBoxes: BOX_NAMES.some((box) => box.every((name) => plain.includes(name))),
    group: labels.columns.includes(group) ? -1 : group,
    groupColumns: grouping,
    word: wordOf(table.file),
  };
}

/** The first row, unless it names a photo; below titles and remarks the one that has the usual names. */
function headerRow(rows: readonly CsvRow[], find: (cell: string) => unknown): number | undefined {
  const first = rows.findIndex(({ cells }) => cells.some((cell) => cell !== '' && find(cell) !== undefined));
  if (first === 0 || rows.length === 0) return undefined;
  const isUsual = ({ cells }: CsvRow) =>
    cells.length > 1 && cells.some((cell) => IMAGE_NAMES.includes(plainName(cell)));
  const above = rows.slice(0, Math.max(1, Math.min(first, MOST_TITLES)));
  return Math.max(0, isUsual(above[0]!) ? 0 : above.findIndex(isUsual));
}

/** A setting's columns that no table has; every column is one of the first table's or of none. */
export function unknownColumns(settings: DatasetSettings, names: readonly string[]): [ChoiceKey, string] | undefined {
  for (const key of ['imageColumn', 'labelColumn', 'splitColumn', 'groupColumn'] as const) {
    const wanted = key === 'labelColumn' ? listOf(settings[key]) : settings[key] === undefined ? [] : [settings[key]];
    if (key === 'labelColumn' && columnOf(settings.labelColumn, names) !== undefined) continue;
    const missing = wanted.find((name) => name !== NONE && columnOf(name, names) === undefined);
    if (missing !== undefined) return [key, missing];
  }
  return undefined;
}

/** The one that names most photos; of equals the one of the most usual name, or else one of names with endings. */
function imageColumn(
  plain: readonly string[],
  matches: readonly number[],
  isPath: (column: number) => boolean,
): number {
  const most = Math.max(0, ...matches);
  const usual = byName(plain, IMAGE_NAMES, (column) => most === 0 || matches[column] === most);
  if (usual !== undefined || most === 0) return usual ?? -1;
  const equals = matches.flatMap((count, column) => (count === most ? [column] : []));
  return equals.find(isPath) ?? equals[0]!;
}

function countMatches(rows: readonly CsvRow[], column: number, find: PhotoIndex['find']): number {
  const found = new Set<string>();
  for (const row of rows) {
    const match = find(row.cells[column] ?? '');
    if (match) found.add(match.paths[0]!);
  }
  return found.size;
}

/** Columns of a usual name whose values repeat. */
function groupColumns(plain: readonly string[], rows: readonly CsvRow[], image: number): number[] {
  return plain.flatMap((name, column) => {
    if (column === image || !GROUP_NAMES.test(name)) return [];
    const kinds = new Set(rows.map((row) => row.cells[column] ?? '')).size;
    return kinds > 1 && kinds < rows.length ? [column] : [];
  });
}

function wordOf(file: string): SplitWord | undefined {
  const stem = fileName(file).replace(/\.\w+$/, '');
  // A table of the whole split speaks of each row by itself.
  if (/split/i.test(stem) && /val|test/i.test(stem) && /train/i.test(stem)) return undefined;
  return (
    splitWord(stem) ??
    foldersOf(file)
      .toReversed()
      .map(splitWord)
      .find((word) => word !== undefined)
  );
}

function spread<T>(items: readonly T[], most: number): readonly T[] {
  const step = Math.ceil(items.length / most);
  return step <= 1 ? items : items.filter((_, i) => i % step === 0);
}
