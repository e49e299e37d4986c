/** Which column of a table is its label: by its name, else by its contents, else it has to be asked. */
import { byName, columnOf, words } from './columnNames';
import type { CsvRow } from './csv';
import { isWhole } from './labels';
import { listOf, type DatasetSettings } from './settings';

/** Usual names, most telling first; letters and digits only. */
const LABEL_NAMES = words(
  'label labels class target category classname classlabel labelname classes targets categories',
  'classid labelid categoryid klasse klassen kategorie etikett classe étiquette catégorie clase etiqueta categoría',
  'categoria rótulo etichetta klasa etykieta sınıf etiket класс метка ラベル クラス カテゴリ 标签 標籤 类别 類別 라벨 레이블 클래스',
  'dx diagnosis disease species breed variety choice tag tags findinglabels',
  'level grade emotion character sentiment style cultivar predictionstring',
  'krankheit diagnose sorte maladie espèce enfermedad especie doença espécie malattia 病名 病害 品種 品种 種類 种类 分類 分类 y',
);
/** Names that need no more convincing where less usual ones stand beside them. */
const PLAINLY_LABELS = new Set(words('label labels labelname classlabel labelid target targets'));
/** From here on the usual names are of a subject: a leaf has a variety besides its label. */
const FIRST_SUBJECT = LABEL_NAMES.indexOf('dx');
/** Part of a name that says it is a label: "noisy_labels_0", "plant_species". */
const LABEL_PART = /(label|class|categor|species|diagnos|disease|breed|target)/;
/** What is no class, however few values it has. */
const NEVER =
  /^(width|height|w|h|x\d?|y\d?|[xy]?(min|max)|[xy](min|max|center|centre)?|roi.*|bbox.*|box.*|left|top|right|bottom|size|bytes|filesize|md5|sha\d*|hash|phash|url|uri|link|date|time|timestamp|datetime|year|month|day|age|lat|lon|latitude|longitude|rater|raterid|annotator|annotatorid|reader|user|userid|worker|index|idx|unnamed\d*|row|rowid|confidence|score|prob.*|license|licence|leadtime|createdat|updatedat|channels?|mode|format|extension|ext|depth|id|count|n)$/;

export interface LabelReading {
  /** Several: one-hot columns. None: there is no label, or it has to be asked. */
  columns: readonly number[];
  /** By its name, or by a person; a label known by its contents alone gives way to class folders. */
  named: boolean;
  /** Columns among which has to be asked. */
  asked: readonly number[];
  /** Those are ones and zeros of which rows have several, or none. */
  several: boolean;
  /** All that could be it. */
  candidates: readonly number[];
  /** The label's text; '' where there is none; several labels joined by bars. */
  of: (cells: readonly string[]) => string;
}

export interface LabelColumnsOf {
  names: readonly string[];
  plain: readonly string[];
  rows: readonly CsvRow[];
  /** Columns that are something else. */
  taken: ReadonlySet<number>;
  groups: readonly number[];
  settings: DatasetSettings;
}

export function readLabelColumns(of: LabelColumnsOf): LabelReading {
  const { names, plain, rows, taken, groups, settings } = of;
  const whole = columnOf(settings.labelColumn, names);
  const wanted =
    whole !== undefined
      ? [whole]
      : listOf(settings.labelColumn).flatMap((name) => {
          const column = columnOf(name, names);
          return column === undefined ? [] : [column];
        });
  const free = names.map((_, i) => i).filter((i) => !taken.has(i) && !groups.includes(i));
  const kinds = new Map(free.map((column) => [column, kindsOf(rows, column)]));
  const categorical = free.filter((column) => isCategorical(plain[column]!, kinds.get(column)!, rows.length));
  const usual = free
    .filter((column) => isUsual(plain, column) && kinds.get(column)!.size > 0)
    .sort((a, b) => LABEL_NAMES.indexOf(plain[a]!) - LABEL_NAMES.indexOf(plain[b]!));
  // Beside a name that is one, a letter may be anything.
  const worded = usual.filter((column) => plain[column]!.length > 1);
  const exact = worded.length > 0 ? worded : usual;
  const candidates = [...new Set([...usual, ...categorical])];
  const column = (at: number, named: boolean): LabelReading =>
    reading([namedTwin(at, categorical, plain, rows)], named, candidates, names);
  if (wanted.length === 1) return reading(wanted, true, candidates, names);
  if (wanted.length > 1) return reading(wanted, true, candidates, names);
  if (exact.length > 0) {
    const plainly = exact.filter((at) => PLAINLY_LABELS.has(plain[at]!));
    const subjects = exact.filter((at) => LABEL_NAMES.indexOf(plain[at]!) >= FIRST_SUBJECT);
    const among = plainly.length > 0 ? exact.filter((at) => !subjects.includes(at)) : exact;
    const one = settled(among, rows);
    return one === undefined ? ask(among, candidates) : column(one, true);
  }
  const flags = flagsAmong(free, plain, kinds);
  const hot = oneHot(rows, flags);
  if (hot) return reading(hot, true, candidates, names);
  const partly = categorical.filter((at) => LABEL_PART.test(plain[at]!));
  if (partly.length === 0 && flags.length > 2 && flags.length > categorical.filter((at) => !flags.includes(at)).length)
    return { ...ask(flags, candidates), several: true };
  const guesses = partly.length > 0 ? partly : categorical;
  if (guesses.length === 0) return reading([], false, candidates, names);
  const one = settled(guesses, rows);
  return one === undefined ? ask(guesses, candidates) : column(one, false);
}

/** "y" beside "x" is a place in the photo. */
const isUsual = (plain: readonly string[], column: number): boolean =>
  byName([plain[column]!], LABEL_NAMES, () => true) !== undefined && !(plain[column] === 'y' && plain.includes('x'));

const ask = (asked: readonly number[], candidates: readonly number[]): LabelReading => ({
  columns: [],
  named: false,
  asked,
  several: false,
  candidates,
  of: () => '',
});

function reading(
  columns: readonly number[],
  named: boolean,
  candidates: readonly number[],
  names: readonly string[],
): LabelReading {
  const of = (cells: readonly string[]): string => {
    if (columns.length === 1) return cells[columns[0]!] ?? '';
    return columns.flatMap((column) => (isOne(cells[column] ?? '') ? [names[column]!] : [])).join('|');
  };
  return { columns, named, asked: [], several: false, candidates, of };
}

/** The one column that all others only say again in other words; of numbers and names the names. Undefined: they differ. */
function settled(columns: readonly number[], rows: readonly CsvRow[]): number | undefined {
  const [first] = columns;
  if (first === undefined || columns.some((column) => !sameParts(rows, first, column))) return undefined;
  const isText = (column: number) => rows.some(({ cells }) => !/^[\d.]*$/.test(cells[column] ?? ''));
  return columns.find(isText) ?? first;
}

/** So many rows that agree in two columns do not do so by chance. */
const LEAST_ALIKE = 30;

/** "setosa" for 0: a column that says the same as one of numbers, in words. */
function namedTwin(
  column: number,
  categorical: readonly number[],
  plain: readonly string[],
  rows: readonly CsvRow[],
): number {
  const isText = (at: number) => rows.some(({ cells }) => /\p{L}{2}/u.test(cells[at] ?? ''));
  if (isText(column)) return column;
  const isRelated = (name: string) => LABEL_PART.test(name) || name.includes(plain[column]!) || name === 'name';
  const twins = categorical.filter(
    (at) => (rows.length >= LEAST_ALIKE || isRelated(plain[at]!)) && isText(at) && sameParts(rows, column, at),
  );
  return twins.find((at) => isRelated(plain[at]!)) ?? twins[0] ?? column;
}

/** Whether equal cells in one column are equal in the other. */
function sameParts(rows: readonly CsvRow[], a: number, b: number): boolean {
  if (a === b) return true;
  const [ahead, back] = [new Map<string, string>(), new Map<string, string>()];
  return rows.every(({ cells }) => {
    const [x, y] = [cells[a] ?? '', cells[b] ?? ''];
    if (!ahead.has(x)) ahead.set(x, y);
    if (!back.has(y)) back.set(y, x);
    return ahead.get(x) === y && back.get(y) === x;
  });
}

function kindsOf(rows: readonly CsvRow[], column: number): Set<string> {
  const kinds = new Set(rows.map((row) => row.cells[column] ?? ''));
  kinds.delete('');
  return kinds;
}

/** At least two values, each on two rows on average, and no measurements. */
function isCategorical(name: string, kinds: ReadonlySet<string>, rows: number): boolean {
  // What a photo shows may be somebody's or something's id, but hardly a number.
  const isName = name === 'id' && [...kinds].some((kind) => /\p{L}/u.test(kind));
  if ((NEVER.test(name) && !isName) || kinds.size < 2 || kinds.size * 2 > rows) return false;
  const measured =
    [...kinds].every((kind) => /^-?\d*\.?\d+(e-?\d+)?$/i.test(kind)) && [...kinds].some((kind) => !isWholeNumber(kind));
  return !measured;
}

const isWholeNumber = (text: string): boolean => isWhole(text) || /^-?\d+(\.0+)?$/.test(text);
const ONE = new Set(['1', '1.0', 'true', 'yes']);
const ZERO = new Set(['0', '0.0', 'false', 'no', '-1', '-1.0']);
const isOne = (text: string): boolean => ONE.has(text.toLowerCase());
const isFlag = (text: string): boolean => isOne(text) || ZERO.has(text.toLowerCase());

/** Columns of ones and zeros, or of ones alone. */
function flagsAmong(
  free: readonly number[],
  plain: readonly string[],
  kinds: ReadonlyMap<number, ReadonlySet<string>>,
): readonly number[] {
  return free.filter((column) => {
    const values = [...kinds.get(column)!];
    return !NEVER.test(plain[column]!) && values.length > 0 && values.every(isFlag);
  });
}

/** Three or more columns of ones and zeros, or two of which each row has one; undefined if there are none. */
function oneHot(rows: readonly CsvRow[], flags: readonly number[]): readonly number[] | undefined {
  if (flags.length < 2) return undefined;
  const sums = rows.map(({ cells }) => flags.filter((column) => isOne(cells[column] ?? '')).length);
  const ones = sums.filter((sum) => sum === 1).length;
  const isExclusive = ones * 10 >= rows.length * 9;
  return isExclusive || (flags.length > 2 && ones * 2 >= rows.length) ? flags : undefined;
}
