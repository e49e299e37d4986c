/** A folder's tables, whatever they are written as: CSV, text lists, JSON Lines, and the JSON of a few labelling programs. */
import { type CsvRow, parseCsv } from './csv';
import { KIND_BYTES, kindOf } from '../photo/photoKinds';
import { fileName, foldersOf, type Listing } from './listing';
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
/** JSON that is known to be a table, by its name. */
const JSON_TABLE =
  /(^|[_.-])(labels?|metadata|annotations?|info|train|val|valid|test|data|export|result|project.*|samples|createml)(\.labels)?\.json$|^info\.labels$/i;
/** What a download that went wrong leaves under a table's name. */
const NO_TABLES = /^(Git LFS|web page|zip|gzip|empty)/;
/** A folder of more is of one text a photo, as detectors have them. */
const MOST_TABLES = 300;
const MOST_BYTES = 400 * 2 ** 20;

/** Every table, in the order of their names; `strangers`: what is called one and is none. */
export async function readTables(
  listing: Listing,
  photos: PhotoIndex,
): Promise<{ tables: Table[]; strangers: DatasetWarning[] }> {
  const tables: Table[] = [];
  const strangers: DatasetWarning[] = [];
  const joined = await readCub(listing);
  if (joined) tables.push(joined);
  for (const file of tableFiles(listing.others)) {
    if (joined && foldersOf(file).join('/') === foldersOf(joined.file).join('/') && CUB_FILES.has(fileName(file)))
      continue;
    const blob = await listing.source.read(file);
    if (blob.size > MOST_BYTES) continue;
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const kind = kindOf(bytes.subarray(0, KIND_BYTES));
    const table = NO_TABLES.test(kind) ? undefined : tableOf(file, bytes, photos);
    if (table && TEXT.test(file) && table.rows.length > 0 && table.rows.every(isBox))
      strangers.push({ code: 'table-left-out', file, values: { reason: 'boxes' } });
    else if (table && table.rows.length > 0) tables.push(table);
    else if (CSV.test(file)) strangers.push({ code: 'table-left-out', file, values: { reason: 'no-table', kind } });
  }
  return { tables, strangers };
}

/** A class, and where in the photo it is: at least four numbers more, as YOLO has them. */
const isBox = ({ cells }: CsvRow): boolean => cells.length >= 5 && cells.every(isNumber);

function tableFiles(others: readonly string[]): string[] {
  const texts = others.filter((path) => TEXT.test(path));
  const few = texts.length <= MOST_TABLES;
  const lists = texts.filter(
    (path) =>
      few || splitWord(fileName(path).replace(TEXT, '')) !== undefined || /annotations|labels/i.test(fileName(path)),
  );
  const tables = others.filter((path) => CSV.test(path) || JSON_LINES.test(path) || JSON_TABLE.test(fileName(path)));
  return [...tables.slice(0, MOST_TABLES), ...lists.slice(0, MOST_TABLES)].sort();
}

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
    return { file, rows, warnings: [...warnings, ...told] };
  }
  try {
    if (JSON_LINES.test(file)) return { file, rows: rowsOfObjects(jsonLines(text)), warnings };
    if (!TEXT.test(file)) return { file, rows: rowsOfJson(JSON.parse(text)), warnings };
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
    if (line.includes(separator) && !photos.find(line)) return line.split(separator).map((cell) => cell.trim());
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

function jsonLines(text: string): unknown[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as unknown);
}

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Objects as rows below a header of all their keys. */
function rowsOfObjects(objects: readonly unknown[]): CsvRow[] {
  const flat = objects.filter(isObject).map(flattened);
  const names = [...new Set(flat.flatMap((object) => Object.keys(object)))];
  if (names.length === 0) return [];
  return [
    { line: 1, cells: names },
    ...flat.map((object, i) => ({ line: i + 2, cells: names.map((name) => object[name] ?? '') })),
  ];
}

/** {"label": {"label": "cat"}} → label.label; lists of texts joined by bars. */
function flattened(object: JsonObject): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [key, value] of Object.entries(object)) {
    if (isObject(value)) for (const [inner, text] of Object.entries(flattened(value))) flat[inner] ??= text;
    else if (Array.isArray(value)) {
      if (value.every((one) => typeof one === 'string' || typeof one === 'number')) flat[key] = value.join('|');
      else for (const [inner, text] of Object.entries(joined(value))) flat[inner] ??= text;
    } else if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      flat[key] = String(value);
  }
  return flat;
}

/** Objects in a list, as Label Studio and CreateML have a photo's annotations: their labels joined by bars. */
function joined(objects: readonly unknown[]): Record<string, string> {
  const texts: Record<string, Set<string>> = {};
  for (const object of objects.filter(isObject))
    for (const [key, text] of Object.entries(flattened(object)))
      if (LABEL_KEY.test(key)) (texts[key] ??= new Set()).add(text);
  return Object.fromEntries(Object.entries(texts).map(([key, set]) => [key, [...set].sort().join('|')]));
}

/** What annotations call a label. */
const LABEL_KEY = /^(choices?|labels?|class|category|tags?)$/i;

/** A list of objects; COCO; FiftyOne's {classes, labels}; Edge Impulse's {files}; or an object of names and labels. */
function rowsOfJson(json: unknown): CsvRow[] {
  if (Array.isArray(json)) return rowsOfObjects(json);
  if (!isObject(json)) return [];
  const { images, annotations, categories, classes, labels, files } = json;
  if (Array.isArray(images) && Array.isArray(annotations) && Array.isArray(categories))
    return rowsOfCoco(images, annotations, categories);
  if (Array.isArray(files)) return rowsOfObjects(files);
  if (isObject(labels)) {
    const names = Array.isArray(classes) ? classes : [];
    const named = (label: unknown) => (typeof label === 'number' ? (names[label] ?? label) : label);
    return rowsOfObjects(Object.entries(labels).map(([image, label]) => ({ image, label: named(label) })));
  }
  const entries = Object.entries(json);
  return entries.every(([, label]) => typeof label === 'string' || typeof label === 'number')
    ? rowsOfObjects(entries.map(([image, label]) => ({ image, label })))
    : [];
}

/** Each image with the classes of its boxes. */
function rowsOfCoco(images: unknown[], annotations: unknown[], categories: unknown[]): CsvRow[] {
  const nameOf = new Map(categories.filter(isObject).map(({ id, name }) => [id, String(name)]));
  const labelsOf = new Map<unknown, Set<string>>();
  for (const { image_id: image, category_id: category } of annotations.filter(isObject)) {
    const name = nameOf.get(category);
    if (name === undefined) continue;
    if (!labelsOf.has(image)) labelsOf.set(image, new Set());
    labelsOf.get(image)!.add(name);
  }
  return rowsOfObjects(
    images
      .filter(isObject)
      .map(({ id, file_name: image }) => ({ image, label: [...(labelsOf.get(id) ?? [])].sort().join('|') })),
  );
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
