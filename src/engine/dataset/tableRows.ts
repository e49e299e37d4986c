/** Rows of the chosen tables → photos with their labels, what cannot be used warned of with its row. */
import type { Classes } from './labels';
import { canonicalLabel } from './labels';
import type { TableReading } from './columns';
import { foldersOf } from './listing';
import { findPhotos, type FoundPhotos, type WantedPhoto } from './photoChoice';
import type { PhotoIndex } from './photoIndex';
import type { DatasetSettings } from './settings';
import type { SplitWord } from './splitWords';
import type { DatasetWarning, Values, WarningCode } from './types';

export interface LabelledRow {
  path: string;
  imageId: string;
  label: string;
  split: SplitWord | null;
  group: string | null;
  fold: string | undefined;
  file: string;
  row: number;
}

export interface TableRow extends Omit<LabelledRow, 'path' | 'split'> {
  /** Null: there is no such photo; undefined: several fit. */
  path: string | null | undefined;
  similar: boolean;
  /** Undefined: the cell says nothing that is known. */
  split: SplitWord | null | undefined;
  splitText: string;
}

/** Every row with its photo. */
export function rowsOf(
  tables: readonly TableReading[],
  { byWord, index, settings }: { byWord: boolean; index: PhotoIndex; settings: DatasetSettings },
): { rows: TableRow[]; found: FoundPhotos } {
  const rows: TableRow[] = [];
  const wanted: WantedPhoto[] = [];
  for (const table of tables) {
    const { split, word, labels, image, group, file, hasBoxes } = table;
    const folder = foldersOf(file).join('/');
    const boxes = hasBoxes ? labelsOfBoxes(table) : undefined;
    for (const { line, cells } of table.rows) {
      const imageId = cells[image] ?? '';
      const ofBoxes = boxes?.get(imageId);
      // The first row speaks of all the photo's boxes.
      if (boxes && !boxes.delete(imageId)) continue;
      const said = split ? split.of(cells) : byWord ? word! : null;
      wanted.push({ cell: imageId, split: said ?? null, folder, word });
      rows.push({
        path: null,
        imageId,
        label: ofBoxes ?? labelOf(labels.of(cells)),
        split: said,
        splitText: split ? split.columns.map((column) => cells[column] ?? '').join(', ') : '',
        fold: split?.foldOf?.(cells),
        group: group >= 0 ? (cells[group] ?? '') : null,
        file,
        row: line,
        similar: false,
      });
    }
  }
  const found = findPhotos(wanted, index, settings);
  rows.forEach((row, i) => {
    row.path = found.paths[i];
    row.similar = found.similar[i]!;
  });
  return { rows, found };
}

/** By what the table calls a photo, the classes of its boxes. */
function labelsOfBoxes({ rows, image, labels }: TableReading): Map<string, string> {
  const all = new Map<string, Set<string>>();
  for (const { cells } of rows) {
    const photo = cells[image] ?? '';
    if (!all.has(photo)) all.set(photo, new Set());
    all.get(photo)!.add(labelOf(labels.of(cells)));
  }
  return new Map(
    [...all].map(([photo, kinds]) => [
      photo,
      [...kinds]
        .filter((kind) => kind !== '')
        .sort()
        .join('|'),
    ]),
  );
}

/** ImageNet's "n01440764 13 22 447 294 n01443537 1 2 3 4": classes with their boxes behind them. */
const BOXED = /^([^\d\s]\S*( -?[\d.]+){4}( |$))+$/;
const BOX = /(?: -?[\d.]+){4}(?: |$)/;
/** What programs write where there is nothing. */
const NOTHING = /^(nan|n\/a|na|null|<na>|#n\/a|#nv)$/i;

/** "1|3", and lists as Python writes them: "['scab', 'rust']". */
function labelOf(cell: string): string {
  const text = cell.trim();
  if (NOTHING.test(text)) return '';
  if (BOXED.test(text)) return [...new Set(text.split(BOX).filter((part) => part !== ''))].sort().join('|');
  const list = /^\[(.*)\]$/s.exec(text);
  const parts = list ? list[1]!.split(',').map((part) => part.trim().replaceAll(/^['"]|['"]$/g, '')) : text.split('|');
  return parts.length > 1 || list ? parts.map(canonicalLabel).join('|') : canonicalLabel(text);
}

export interface ReadRows {
  labelled: LabelledRow[];
  /** Photos that some row names. */
  named: ReadonlySet<string>;
  /** Photos whose rows contradict each other. */
  contradicted: number;
  /** Photos that rows put into different splits, where nobody said that the first counts. */
  inBothSplits: readonly string[];
}

/** One label a photo. `classes` knows the labels that are classes. */
export function readRows(
  rows: readonly TableRow[],
  classes: Classes,
  settings: DatasetSettings,
  warnings: DatasetWarning[],
): ReadRows {
  const kept = new Map<string, LabelledRow>();
  const votes = new Map<string, string[]>();
  const named = new Set<string>();
  const contradicted = new Set<string>();
  const inBoth = new Set<string>();
  const dropped = new Set<string>();
  const warn = ({ row, file }: TableRow, code: WarningCode, values: Values) =>
    warnings.push({ code, row, file, values });
  for (const each of rows) {
    const { path, split, label, imageId: image } = each;
    if (path === null || path === undefined) {
      warn(each, path === null ? 'missing-file' : 'photo-folder', { image });
      continue;
    }
    named.add(path);
    if (each.similar) warn(each, 'similar-name', { image, path });
    const index = label === '' ? undefined : classes.indexOf(label);
    if (index === undefined) {
      warn(each, 'bad-label', { image, label });
      continue;
    }
    if (split === undefined) {
      warn(each, 'bad-split', { image, split: each.splitText });
      continue;
    }
    const before = kept.get(path);
    if (!before) {
      const { group, fold, file, row } = each;
      kept.set(path, { path, imageId: image, label, split, group, fold, file, row });
      continue;
    }
    const same = classes.indexOf(before.label) === index;
    if (!votes.has(path)) votes.set(path, [before.label]);
    votes.get(path)!.push(label);
    if (!same) contradicted.add(path);
    if (before.split !== split && (settings.contradictions ?? 'vote') === 'vote') inBoth.add(path);
    if (before.split !== split && settings.contradictions === 'leaveOut') dropped.add(path);
    const values = { image, firstRow: before.row };
    if (!same) warn(each, 'conflicting-row', { ...values, rule: settings.contradictions ?? 'vote' });
    else if (before.split === split) warn(each, 'duplicate-row', values);
    else warn(each, 'conflicting-split', { ...values, image: path, rule: settings.contradictions ?? 'vote' });
  }
  for (const path of dropped) kept.delete(path);
  if (settings.contradictions !== 'first') {
    for (const path of contradicted) {
      const label = settings.contradictions === 'leaveOut' ? undefined : majorityOf(votes.get(path)!);
      if (label === undefined) kept.delete(path);
      else if (kept.has(path)) kept.get(path)!.label = label;
    }
  }
  return { labelled: [...kept.values()], named, contradicted: contradicted.size, inBothSplits: [...inBoth] };
}

/** The label of most rows; the first of equals. */
function majorityOf(labels: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best))[0];
}
