/** The column that says which rows train, validate or are held out: words, truth values, numbers or folds. */
import { columnOf } from './columnNames';
import type { CsvRow } from './csv';
import { listOf, NONE, type DatasetSettings } from './settings';
import { type SplitWord, splitWord, splitWordsOf } from './splitWords';

const SET_NAMES =
  /^(data)?(split|set|subset|dataset|datasplit|splitname|partition|phase|usage|mluse|category|fold|kfold|splits|traintest|trainval|trainvaltest|traintestsplit|trainvalsplit)$/;
const FOLD_NAME = /fold|^cv$/;
const FOLD = /^((k[_-]?)?folds?[_\- ]*|cv[_\- ]*|split[_\- ]*)?(-?\d+)(\.0+)?$/i;
const TRUE = new Set(['true', 't', 'yes', 'y', '1', '1.0', 'x']);
const FALSE = new Set(['false', 'f', 'no', 'n', '0', '0.0']);
const MOST_FOLDS = 30;

export interface SplitReading {
  columns: readonly number[];
  /** Undefined: neither training, validation nor test. */
  of: (cells: readonly string[]) => SplitWord | undefined;
  /** The fold that validates, where the column counts folds. */
  fold?: string;
  /** The fold that a row is in; undefined: in none. */
  foldOf?: (cells: readonly string[]) => string | undefined;
  /** Different values, for a person to choose from. */
  values: readonly string[];
}

export interface SplitColumnOf {
  names: readonly string[];
  plain: readonly string[];
  rows: readonly CsvRow[];
  image: number;
  settings: DatasetSettings;
}

/** A column called a split whose values say nothing, which has to be told. */
export function strangeSplit({ names, plain, rows, image }: SplitColumnOf, taken: ReadonlySet<number>): string | null {
  const column = plain.findIndex(
    (name, at) => at !== image && !taken.has(at) && SET_NAMES.test(name) && !['category', 'usage'].includes(name),
  );
  if (column < 0 || rows.every(({ cells }) => (cells[column] ?? '') === '')) return null;
  return names[column]!;
}

/** `candidates`: every column that could be one. */
export function readSplitColumn(of: SplitColumnOf): { chosen: SplitReading | null; candidates: readonly number[] } {
  const { names, rows, image, settings } = of;
  const readings = names.map((_, column) => (column === image ? null : readingOf(of, column)));
  const candidates = readings.flatMap((reading, column) => (reading ? [column] : []));
  if (settings.splitColumn === NONE) return { chosen: null, candidates };
  const wanted = columnOf(settings.splitColumn, names);
  if (wanted !== undefined) return { chosen: readings[wanted] ?? forcedReading(rows, wanted, settings), candidates };
  const whole = candidates.map((column) => readings[column]!).filter(({ fold }) => fold === undefined);
  return { chosen: oneOfEach(of, candidates) ?? whole[0] ?? readings[candidates[0] ?? -1] ?? null, candidates };
}

function readingOf({ plain, rows, settings }: SplitColumnOf, column: number): SplitReading | null {
  const values = valuesOf(rows, column);
  if (values === null) return null;
  const filled = values.filter((value) => value !== '');
  if (filled.length === 0) return null;
  const name = plain[column]!;
  const say = (wordOf: (text: string) => SplitWord | undefined): SplitReading => ({
    columns: [column],
    of: (cells) => wordOf(cells[column] ?? ''),
    values: filled,
  });

  const words = filled.map(splitWord);
  const roles = new Set(words.filter((word) => word !== undefined));
  const isWords = SET_NAMES.test(name) ? roles.size > 0 && told(rows, column, splitWord) : !words.includes(undefined);
  // A label column may have a class "train", but no other such word.
  if (isWords && (SET_NAMES.test(name) || roles.size > 1)) {
    const [only] = roles.size === 1 && values.includes('') ? roles : [];
    const rest = only && (only === 'train' ? 'validation' : 'train');
    const wordOf = splitWordsOf(settings);
    return say((text) => (text === '' ? rest : wordOf(text)));
  }

  const truth = splitWord(name.replace(/^(is|in|for)/, ''));
  if (truth !== undefined && toldTruth(rows, column, filled)) return say(truthOf(truth, filled));
  if (FOLD_NAME.test(name) && filled.length <= MOST_FOLDS && filled.every((text) => FOLD.test(text)))
    return foldReading(column, filled, settings);
  if (SET_NAMES.test(name) && filled.every((text) => /^[012](\.0+)?$/.test(text)))
    return say((text) => (['train', 'validation', 'test'] as const)[Number.parseInt(text, 10)]);
  return null;
}

/** Where a truth value stands for nothing else, an empty cell is its opposite. */
function truthOf(truth: SplitWord, values: readonly string[]): (text: string) => SplitWord | undefined {
  const opposite: SplitWord = truth === 'train' ? 'validation' : 'train';
  const onlyTrue = values.every((value) => TRUE.has(value.toLowerCase()));
  return (cell) => {
    const text = cell.trim().toLowerCase();
    if (TRUE.has(text)) return truth;
    if (FALSE.has(text) || (text === '' && onlyTrue)) return opposite;
    return splitWord(text);
  };
}

/** The lowest fold validates, unless a person has chosen another; a negative one is in none. */
function foldReading(column: number, values: readonly string[], settings: DatasetSettings): SplitReading {
  const chosen = listOf(settings.splitValidation);
  const held = new Set(listOf(settings.splitTest));
  const numberOf = (fold: string) => Number(FOLD.exec(fold)![3]);
  const folds = [...values].sort((a, b) => numberOf(a) - numberOf(b));
  const validates = new Set(chosen.length > 0 ? chosen : folds.filter((fold) => numberOf(fold) >= 0).slice(0, 1));
  return {
    columns: [column],
    of: ({ [column]: cell = '' }) => {
      if (cell === '') return undefined;
      if (held.has(cell)) return 'test';
      return validates.has(cell) ? 'validation' : 'train';
    },
    fold: [...validates].join(', '),
    foldOf: ({ [column]: cell = '' }) => (cell !== '' && !held.has(cell) && numberOf(cell) >= 0 ? cell : undefined),
    values: folds,
  };
}

/** A column that a person has named: its own words, or what the person says of them. */
function forcedReading(rows: readonly CsvRow[], column: number, settings: DatasetSettings): SplitReading {
  const wordOf = splitWordsOf(settings);
  return { columns: [column], of: ({ [column]: cell = '' }) => wordOf(cell), values: valuesOf(rows, column) ?? [] };
}

/** is_train, is_valid and is_test side by side: a row is of the one that is true. */
function oneOfEach({ plain, rows }: SplitColumnOf, candidates: readonly number[]): SplitReading | undefined {
  const flags = candidates.flatMap((column) => {
    const truth = splitWord(plain[column]!.replace(/^(is|in|for)/, ''));
    return truth ? [{ column, truth }] : [];
  });
  if (new Set(flags.map(({ truth }) => truth)).size < 2) return undefined;
  const columns = flags.map(({ column }) => column);
  const isTrue = (text: string | undefined) => TRUE.has((text ?? '').toLowerCase());
  if (rows.some(({ cells }) => columns.filter((column) => isTrue(cells[column])).length > 1)) return undefined;
  const without: SplitWord = flags.some(({ truth }) => truth === 'train') ? 'validation' : 'train';
  return { columns, of: (cells) => flags.find(({ column }) => isTrue(cells[column]))?.truth ?? without, values: [] };
}

/** Whether most cells say something. */
function told(rows: readonly CsvRow[], column: number, wordOf: (text: string) => unknown): boolean {
  const cells = rows.map((row) => row.cells[column] ?? '').filter((cell) => cell !== '');
  return cells.filter((cell) => wordOf(cell) !== undefined).length * 2 > cells.length;
}

function toldTruth(rows: readonly CsvRow[], column: number, values: readonly string[]): boolean {
  const isTruth = (text: string) => TRUE.has(text.toLowerCase()) || FALSE.has(text.toLowerCase());
  if (values.every((value) => TRUE.has(value.toLowerCase()))) return true;
  return told(rows, column, (text) => isTruth(text) || splitWord(text) !== undefined || undefined);
}

/** Different cells, "" among them; null where they are too many to be splits. */
function valuesOf(rows: readonly CsvRow[], column: number): string[] | null {
  const values = new Set<string>();
  for (const { cells } of rows) {
    values.add(cells[column] ?? '');
    if (values.size > 100) return null;
  }
  return [...values].sort();
}
