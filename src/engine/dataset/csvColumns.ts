/** Which columns of a CSV name the photo, its class and its split: by their contents and their usual names. */
import type { CsvRow } from './csv';
import type { PhotoIndex } from './photoIndex';
import { type SplitWord, splitWord } from './splits';

/** Usual names, most telling first; letters and digits only. */
const IMAGE_NAMES = words(
  'imageid image filename file filepath path imagepath imagename imagefile img imgid imgname imgpath',
  'images files filenames filepaths paths fname photo photoid picture name id',
);
const LABEL_NAMES = words(
  'label labels class target category classname classlabel labelname classes targets categories',
  'classid labelid categoryid disease diagnosis species breed variety y',
);
const VALIDATION_NAMES = words('isval isvalid isvalidation val valid validation istest');
const TRAIN_NAMES = words('istrain istraining train training');
const SET_NAMES = words('split set subset dataset datasplit splitname partition phase usage');

const TRUE = new Set(['true', 't', 'yes', 'y', '1', '1.0']);
const FALSE = new Set(['false', 'f', 'no', 'n', '0', '0.0']);

export interface SplitColumn {
  index: number;
  /** Whose truth "True" tells: "this row trains" or "this row validates". */
  truth: 'train' | 'validation';
}

export interface Columns {
  /** Names as in the file, or "column 2" where it has no header. */
  names: readonly string[];
  /** The rows below the header. */
  rows: readonly CsvRow[];
  /** -1: none. */
  image: number;
  label: number;
  split: SplitColumn | null;
  /** How many different photos of the folder the rows name. */
  matches: number;
}

export function understandColumns(table: readonly CsvRow[], photos: PhotoIndex): Columns {
  const [first] = table;
  if (!first) return { names: [], rows: [], image: -1, label: -1, split: null, matches: 0 };
  const hasHeader = !first.cells.some((cell) => cell !== '' && photos.find(cell) !== undefined);
  const rows = hasHeader ? table.slice(1) : table;
  const names = first.cells.map((name, i) => (hasHeader && name !== '' ? name : `column ${i + 1}`));
  const plain = names.map((name) => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, ''));

  const matches = names.map((_, column) => countMatches(rows, column, photos));
  const most = Math.max(...matches);
  const image =
    most > 0
      ? (byName(plain, IMAGE_NAMES, (column) => matches[column] === most) ?? matches.indexOf(most))
      : (byName(plain, IMAGE_NAMES, () => true) ?? -1);
  const split = splitColumn(plain, rows, image);
  const free = (column: number) => column !== image && column !== split?.index;
  const label = byName(plain, LABEL_NAMES, free) ?? labelByContent(rows, names.length, free);
  return { names, rows, image, label, split, matches: most };
}

/** A cell of the split column; undefined: neither training nor validation. */
export function splitOfCell(cell: string, truth: SplitColumn['truth']): SplitWord | undefined {
  const text = cell.trim().toLowerCase();
  if (TRUE.has(text)) return truth;
  if (FALSE.has(text)) return truth === 'train' ? 'validation' : 'train';
  return splitWord(text);
}

function byName(plain: readonly string[], wanted: readonly string[], may: (column: number) => boolean) {
  const ranks = plain.map((name, column) => (may(column) ? wanted.indexOf(name) : -1));
  const best = Math.min(...ranks.filter((rank) => rank >= 0));
  return Number.isFinite(best) ? ranks.indexOf(best) : undefined;
}

function countMatches(rows: readonly CsvRow[], column: number, photos: PhotoIndex): number {
  const found = new Set<string>();
  for (const row of rows) {
    const photo = photos.find(row.cells[column] ?? '');
    if (photo) found.add(photo.path);
  }
  return found.size;
}

/** A column of a usual name in which most cells tell a split. */
function splitColumn(plain: readonly string[], rows: readonly CsvRow[], image: number): SplitColumn | null {
  const wanted = [...VALIDATION_NAMES, ...SET_NAMES, ...TRAIN_NAMES];
  const told = (index: number, truth: SplitColumn['truth']) =>
    rows.filter((row) => splitOfCell(row.cells[index] ?? '', truth) !== undefined).length * 2 > rows.length;
  const index = byName(plain, wanted, (column) => column !== image && told(column, 'validation'));
  if (index === undefined) return null;
  return { index, truth: TRAIN_NAMES.includes(plain[index]!) ? 'train' : 'validation' };
}

/** Without a usual name: the column with the fewest different texts, at least two, each on two rows on average. */
function labelByContent(rows: readonly CsvRow[], columns: number, free: (column: number) => boolean): number {
  let best = -1;
  let fewest = Infinity;
  for (let column = 0; column < columns; column++) {
    const kinds = new Set(rows.map((row) => row.cells[column] ?? '')).size;
    if (free(column) && kinds >= 2 && kinds * 2 <= rows.length && kinds < fewest) [best, fewest] = [column, kinds];
  }
  return best;
}

function words(...lines: string[]): string[] {
  return lines.flatMap((line) => line.split(' '));
}
