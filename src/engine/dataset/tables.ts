/** A folder's tables, whatever they are written as: CSV, text lists, JSON Lines, and the JSON of a few labelling programs. */
import { type CsvRow, parseCsv } from './csv';
import { KIND_BYTES, kindOf } from '../photo/photoKinds';
import { rowsOfJson, rowsOfJsonLines, withObjectCells } from './jsonTables';
import { isMapName } from './labels';
import { fileName, foldersOf, isPhoto, type Listing, stripExtension } from './listing';
import type { PhotoIndex } from './photoIndex';
import { splitWord } from './splitWords';
import { decodeText } from '../base/text';
import type { DatasetWarning } from './types';

export interface Table {
  file: string;
  rows: readonly CsvRow[];
  /** Broken quotes, a strange encoding. */
  warnings: readonly DatasetWarning[];
}

const CSV = /\.(csv|tsv)$/i;
const TEXT = /\.(txt|lst|list)$/i;
const JSON_LINES = /\.(jsonl|ndjson)$/i;
const JSON_FILE = /\.json$|(^|\/)info\.labels$/i;
/** JSON that is known to be a table, by its name. */
const JSON_TABLE =
  /(^|[_.-])(labels?|metadata|annotations?|info|train|val|valid|test|data|export|result|project.*|samples|createml|coco)\.json$|^info\.labels$/i;
/** Other JSON is looked into up to so much of it. */
const MOST_UNKNOWN_BYTES = 64 * 2 ** 20;
/** What a download that went wrong leaves under a table's name. */
const NO_TABLES = /^(Git LFS|web page|zip|gzip|empty)/;
/** A folder of more is of one text a photo, as detectors have them. */
const MOST_TABLES = 300;
/** Of one table: what a page's memory holds beside the photos. A million rows of ImageNet have 40 MB. */
const MOST_BYTES = 128 * 2 ** 20;
const MOST_ROWS = 2_000_000;
const NEWLINE = 0x0a;
/** webdataset's class of the photo beside it, a number or a name. */
const CLASS_FILE = /\.cls$/i;
const CLASS_FILES = 'ID.cls';
/** Small files that are opened at a time. */
const OPEN_AT_A_TIME = 64;

/** Every table, in the order of their names; `strangers`: what is called one and is none. */
export async function readTables(
  listing: Listing,
  photos: PhotoIndex,
): Promise<{ tables: Table[]; strangers: DatasetWarning[] }> {
  const tables: Table[] = [];
  const strangers: DatasetWarning[] = [];
  const joined = await readCub(listing);
  if (joined) tables.push(joined);
  const ofFiles = await readClassFiles(listing);
  if (ofFiles) tables.push(ofFiles);
  let unknown = 0;
  for (const file of tableFiles(listing.others, photos)) {
    if (joined && foldersOf(file).join('/') === foldersOf(joined.file).join('/') && CUB_FILES.has(fileName(file)))
      continue;
    const blob = await listing.source.read(file);
    if (JSON_FILE.test(file) && !JSON_TABLE.test(fileName(file))) {
      if (unknown + blob.size > MOST_UNKNOWN_BYTES) continue;
      unknown += blob.size;
    }
    const bytes = blob.size > MOST_BYTES ? null : new Uint8Array(await blob.arrayBuffer());
    const rows = bytes && !JSON_FILE.test(file) ? linesIn(bytes) : 0;
    if (!bytes || rows > MOST_ROWS) {
      const values = {
        reason: 'too-long',
        kind: 'long',
        rows,
        bytes: blob.size,
        mostRows: MOST_ROWS,
        mostBytes: MOST_BYTES,
      };
      strangers.push({ code: 'table-left-out', file, values });
      continue;
    }
    const kind = kindOf(bytes.subarray(0, KIND_BYTES));
    const table = NO_TABLES.test(kind) ? undefined : tableOf(file, bytes, photos);
    if (table && TEXT.test(file) && table.rows.length > 0 && table.rows.every(isBox))
      strangers.push({ code: 'table-left-out', file, values: { reason: 'boxes' } });
    else if (table && table.rows.length > 0) tables.push(table);
    else if (CSV.test(file)) strangers.push({ code: 'table-left-out', file, values: { reason: 'no-table', kind } });
  }
  return { tables, strangers };
}

/** Counted in its bytes: before anything is made of them. */
function linesIn(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}

/** A class, and where in the photo it is: at least four numbers more, as YOLO has them. */
const isBox = ({ cells }: CsvRow): boolean => cells.length >= 5 && cells.every(isNumber);

function tableFiles(others: readonly string[], photos: PhotoIndex): string[] {
  const texts = others.filter((path) => TEXT.test(path));
  const few = texts.length <= MOST_TABLES;
  const lists = texts.filter(
    (path) =>
      few || splitWord(fileName(path).replace(TEXT, '')) !== undefined || /annotations|labels/i.test(fileName(path)),
  );
  const tables = others.filter((path) => CSV.test(path) || JSON_LINES.test(path) || JSON_TABLE.test(fileName(path)));
  const json = others.filter(
    (path) =>
      JSON_FILE.test(path) && !JSON_TABLE.test(fileName(path)) && !isMapName(path) && !isOfOnePhoto(path, photos),
  );
  const all = [tables, lists, json.length <= MOST_TABLES ? json : []];
  return all.flatMap((paths) => paths.slice(0, MOST_TABLES)).sort();
}

/** "1.json" and "1.jpg.metadata.json" beside "1.jpg": what a program notes of each photo. */
const isOfOnePhoto = (path: string, photos: PhotoIndex): boolean => {
  const stem = stripExtension(path);
  return (
    photos.find(stem) !== undefined || stem.split('.').some((_, at, parts) => isPhoto(parts.slice(0, at + 1).join('.')))
  );
};

function tableOf(file: string, bytes: Uint8Array, photos: PhotoIndex): Table | undefined {
  const named = (text: string) => matchesIn(text, photos);
  const { text, encoding } = decodeText(bytes, named);
  const warnings: DatasetWarning[] = encoding === 'utf-8' ? [] : [{ code: 'encoding', file, values: { encoding } }];
  if (CSV.test(file)) {
    const { rows, problems } = parseCsv(text);
    const told = problems.map(({ line, message }): DatasetWarning => ({
      code: 'table-text',
      file,
      row: line,
      values: { message },
    }));
    return { file, rows: withObjectCells(rows), warnings: [...warnings, ...told] };
  }
  try {
    if (JSON_LINES.test(file)) return { file, rows: rowsOfJsonLines(text), warnings };
    if (!TEXT.test(file)) return { file, rows: rowsOfJson(JSON.parse(text), photos), warnings };
  } catch {
    return undefined;
  }
  return { file, rows: linesToRows(text, photos), warnings };
}

/** How many of the first cells name photos. */
function matchesIn(text: string, photos: PhotoIndex): number {
  let matches = 0;
  for (const { cells } of parseCsv(text.slice(0, 100_000)).rows)
    if (cells.some((cell) => cell !== '' && photos.find(cell))) matches++;
  return matches;
}

/** Columns by tabs, commas or semicolons; else by spaces, except where the line, or all but its last word, is a photo's name. */
function linesToRows(text: string, photos: PhotoIndex): CsvRow[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  return lines.flatMap((line, i): CsvRow[] => {
    const plain = line.trim();
    if (plain === '' || plain.startsWith('#')) return [];
    return [{ line: i + 1, cells: cellsOf(plain, photos) }];
  });
}

function cellsOf(line: string, photos: PhotoIndex): string[] {
  for (const separator of ['\t', ',', ';']) {
    // No path has a tab in it.
    if (line.includes(separator) && (separator === '\t' || !photos.find(line)))
      return line.split(separator).map((cell) => cell.trim());
  }
  const words = line.split(/\s+/);
  if (words.length === 1 || (photos.find(line) && !isClassFirst(words, line, photos))) return [line];
  const [first, ...more] = words as [string, ...string[]];
  // Numbers are columns; other words are one name: "1234 Boeing 707".
  if (photos.find(first)) return more.every(isNumber) ? words : [first, more.join(' ')];
  const last = line.lastIndexOf(' ');
  const name = line.slice(0, last).trim();
  if (photos.find(name)) return [name, line.slice(last + 1)];
  return isClassFirst(words, line, photos) ? [words.slice(0, -1).join(' '), words.at(-1)!] : words;
}

/** The class before the photo, rather than a path with spaces. */
function isClassFirst(words: readonly string[], line: string, photos: PhotoIndex): boolean {
  const isPath = words.slice(0, -1).some((word) => /[/\\]/.test(word));
  return !isPath && photos.find(words.at(-1)!)?.paths.every((path) => !path.endsWith(line)) === true;
}

const isNumber = (text: string): boolean => /^[+-]?\d+(\.\d+)?$/.test(text);

/** "000012.cls" beside "000012.jpg" as one table. */
async function readClassFiles(listing: Listing): Promise<Table | undefined> {
  const photos = new Map(listing.photos.map((path) => [stripExtension(path), path]));
  const files = listing.others.filter((path) => CLASS_FILE.test(path) && photos.has(stripExtension(path)));
  if (files.length === 0) return undefined;
  const rows: CsvRow[] = [{ line: 0, cells: ['image', 'label'] }];
  for (let from = 0; from < files.length; from += OPEN_AT_A_TIME) {
    const portion = files.slice(from, from + OPEN_AT_A_TIME);
    const texts = await Promise.all(portion.map(async (file) => (await listing.source.read(file)).text()));
    portion.forEach((file, i) =>
      rows.push({ line: from + i + 1, cells: [photos.get(stripExtension(file))!, texts[i]!.trim()] }),
    );
  }
  return { file: CLASS_FILES, rows, warnings: [] };
}

const CUB_FILES = new Set(['images.txt', 'image_class_labels.txt', 'train_test_split.txt', 'classes.txt']);

/** CUB-200's tables, which share an id: photos, their classes, and which of them train. */
async function readCub(listing: Listing): Promise<Table | undefined> {
  const file = listing.others.find((path) => fileName(path) === 'image_class_labels.txt');
  if (file === undefined) return undefined;
  const folder = file.slice(0, -'image_class_labels.txt'.length);
  const read = async (name: string) => {
    if (!listing.others.includes(folder + name)) return new Map<string, string>();
    const text = await (await listing.source.read(folder + name)).text();
    const pairs = text.split(/\r?\n/).map((line) => /^(\S+)\s+(.+?)\s*$/.exec(line));
    return new Map(pairs.flatMap((pair) => (pair ? [[pair[1]!, pair[2]!] as const] : [])));
  };
  const [images, labels, trains, names] = await Promise.all(
    ['images.txt', 'image_class_labels.txt', 'train_test_split.txt', 'classes.txt'].map(read),
  );
  if (!images || images.size === 0 || !labels || !trains || !names) return undefined;
  const rows = [...images].map(([id, image], i) => {
    const label = labels.get(id) ?? '';
    const split = trains.get(id);
    return { line: i + 1, cells: [image, names.get(label) ?? label, ...(split === undefined ? [] : [split])] };
  });
  const header = { line: 0, cells: ['image', 'label', ...(trains.size > 0 ? ['is_training'] : [])] };
  return { file, rows: [header, ...rows], warnings: [] };
}
