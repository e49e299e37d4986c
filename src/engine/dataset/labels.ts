/** From label texts to classes: numbers or names, with `label_num_to_disease_map.json` or the like if there is one. */
import { type CsvRow, parseCsv } from './csv';
import { decodeText } from '../base/text';
import { fileName, foldersOf, type Listing } from './listing';
import type { DatasetWarning } from './types';

/** Files that name numbered classes: an object of numbers and names, or a list of names. */
const MAP_FILE =
  /^(label_num_to_disease_map|label_?(map|list)|labels?_?names?|class_?(names?|map|mapping|indices|index|labels?|dict|list|id)|classes|id2label|idx_?to_?(class|label)|cat_to_name|labels?|synsets?|categories|category_?names|sign_?names|names|map|mapping|obj)\.(json|txt|names|csv)$/i;
/** Whether a file of that name may give numbered classes their names. */
export const isMapName = (path: string): boolean => MAP_FILE.test(fileName(path));

/** Kaggle's, whose labels may have slips that the map knows nothing of; the others know all or are about something else. */
const KAGGLES = /^label_num/i;
/** Where so many labels are whole numbers, a text that stands in one row alone is a slip and not a class. */
const NUMERIC_SHARE = 0.9;
const LEAST_LABELS = 20;

export interface Classes {
  names: readonly string[];
  /** Index of a label text's class; undefined: it is no class. */
  indexOf: (label: string) => number | undefined;
}

/** Names of numbered classes: [number, name]. */
export type LabelMap = readonly (readonly [number, string])[];

/**
 * With a map, the classes are the map's, by number; labels may be the numbers or the names.
 * Without, they are the labels found: sorted as numbers if they are whole numbers, else as text.
 */
export function classesOf(labels: Iterable<string>, map: LabelMap | undefined): Classes {
  const index = new Map<string, number>();
  if (map) {
    const sorted = [...map].sort((a, b) => a[0] - b[0]);
    for (const [i, [, name]] of sorted.entries()) index.set(name, i);
    for (const [i, [number]] of sorted.entries()) index.set(String(number), i);
    const plain = (label: string) => (/^\d+$/.test(label) ? String(Number(label)) : label);
    return { names: sorted.map(([, name]) => name), indexOf: (label) => index.get(label) ?? index.get(plain(label)) };
  }
  const counts = new Map<string, number>();
  let [total, numeric] = [0, 0];
  for (const label of labels) {
    if (label === '') continue;
    counts.set(label, (counts.get(label) ?? 0) + 1);
    total++;
    if (isWhole(label)) numeric++;
  }
  const isSlip = (label: string) =>
    total >= LEAST_LABELS && numeric >= NUMERIC_SHARE * total && !isWhole(label) && counts.get(label) === 1;
  const names = sortedLabels([...counts.keys()].filter((label) => !isSlip(label)));
  for (const [i, name] of names.entries()) index.set(name, i);
  return { names, indexOf: (label) => index.get(label) };
}

/** As numbers if all are, "00" before "0" before "01"; else as text. */
function sortedLabels(labels: readonly string[]): string[] {
  const byText = [...labels].sort();
  return labels.every(isWhole) ? byText.sort((a, b) => Number(a) - Number(b)) : byText;
}

/** Reads the map nearest to `near` (a path) that knows all `labels`. Undefined if there is none; a broken one is a warning. */
export async function readLabelMap(
  listing: Listing,
  near: string,
  labels: ReadonlySet<string>,
  warnings: DatasetWarning[],
): Promise<LabelMap | undefined> {
  const beside = foldersOf(near).join('/');
  const found = listing.others
    .filter((path) => MAP_FILE.test(fileName(path)) && path !== near)
    .sort((a, b) => Number(foldersOf(b).join('/') === beside) - Number(foldersOf(a).join('/') === beside));
  for (const file of found) {
    try {
      const map = await readMap(listing, file, labels);
      const known = new Set(map.flatMap(([number, name]) => [String(number), name]));
      const isKnown = (label: string) => known.has(label) || known.has(String(Number(label)));
      const own = KAGGLES.test(fileName(file));
      if (own ? [...labels].some(isKnown) : [...labels].every(isKnown)) return map;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // Others than Kaggle's own may be anything.
      if (KAGGLES.test(fileName(file))) warnings.push({ code: 'bad-map', file, values: { reason } });
    }
  }
  return undefined;
}

async function readMap(listing: Listing, file: string, labels: ReadonlySet<string>): Promise<LabelMap> {
  const { text } = decodeText(new Uint8Array(await (await listing.source.read(file)).arrayBuffer()));
  const map = /\.json$/i.test(file)
    ? ofJson(JSON.parse(text))
    : /\.csv$/i.test(file)
      ? ofPairs(parseCsv(text).rows)
      : ofLines(text, labels);
  if (map.length === 0 || map.some(([number]) => !Number.isInteger(number)))
    throw new Error('its keys are not the numbers of classes');
  if (new Set(map.map(([, name]) => name)).size < map.length) throw new Error('it names two classes alike');
  if (new Set(map.map(([number]) => number)).size < map.length) throw new Error('it gives a class two names');
  return map;
}

/** {"0": "name"}, {"name": 0}, {"0": ["n01440764", "tench"]} or ["name"]. */
function ofJson(json: unknown): [number, string][] {
  if (typeof json !== 'object' || json === null) return [];
  const entries = Object.entries(json).map(([key, value]): [string, unknown] => [
    key,
    Array.isArray(value) ? value.at(-1) : value,
  ]);
  const inverted = entries.every(([, value]) => Number.isInteger(value)) && entries.some(([key]) => !isWhole(key));
  return entries.map(([key, value]) => (inverted ? [Number(value), key] : [Number(key), String(value)]));
}

/** A column of numbers and one of names, whichever comes first, below a header or not. */
function ofPairs(rows: readonly CsvRow[]): [number, string][] {
  const body = rows.filter(({ cells }, i) => i > 0 || cells.some(isWhole));
  const at = body[0]?.cells.findIndex(isWhole) ?? -1;
  const name = body[0]?.cells.findIndex((cell) => cell !== '' && !isWhole(cell)) ?? -1;
  if (at < 0 || name < 0 || body.some(({ cells }) => !isWhole(cells[at] ?? '') || (cells[name] ?? '') === ''))
    return [];
  return body.map(({ cells }) => [Number(cells[at]), cells[name]!]);
}

/** A name a line, from 0 or, where that is how the labels count, from 1; or "3 name", "name 3". */
function ofLines(text: string, labels: ReadonlySet<string>): [number, string][] {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const before = lines.map((line) => /^(\d+)[\s,:]+(\S.*)$/.exec(line));
  if (before.every((match) => match !== null)) return before.map(([, number, name]) => [Number(number), name!]);
  const behind = lines.map((line) => /^(\S.*?)[\s,:]+(\d+)$/.exec(line));
  if (behind.every((match) => match !== null)) return behind.map(([, name, number]) => [Number(number), name!]);
  const numbers = new Set([...labels].filter(isWhole).map(Number));
  const fromOne = !numbers.has(0) && numbers.has(lines.length);
  // Without a first or last label nobody can say whether they count from 0 or 1.
  if (!fromOne && !numbers.has(0) && numbers.size > 0) return [];
  return lines.map((line, i) => [fromOne ? i + 1 : i, line]);
}

/** "3.0", as pandas writes numbers beside gaps, is "3". */
export function canonicalLabel(label: string): string {
  const text = label.normalize('NFC');
  return /^\d+\.0+$/.test(text) ? text.slice(0, text.indexOf('.')) : text;
}

export function isWhole(label: string): boolean {
  return /^\d+$/.test(label);
}
