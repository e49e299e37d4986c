/**
 * Lists whose names say the class: "cat_train.txt" beside "cat_val.txt" and "dog_train.txt", as PASCAL VOC (with 1, 0 and -1
 * behind each photo) and Stanford's 40 actions have them. Together they are one table.
 */
import type { CsvRow } from './csv';
import { fileName, foldersOf } from './listing';
import type { PhotoIndex } from './photoIndex';
import { type SplitWord, splitsAlike, restOf } from './splitWords';
import type { Table } from './tables';

interface ClassList {
  table: Table;
  label: string;
  word: SplitWord;
  /** Of train and validation together. */
  isBoth: boolean;
}

/** The same tables, lists of classes joined into one a folder. */
export function joinClassLists(tables: readonly Table[], photos: PhotoIndex): Table[] {
  const folders = new Map<string, Table[]>();
  for (const table of tables) {
    const folder = foldersOf(table.file).join('/');
    if (/\.txt$/i.test(table.file)) folders.set(folder, [...(folders.get(folder) ?? []), table]);
  }
  let left = [...tables];
  for (const [folder, inside] of folders) {
    const lists = classListsOf(inside, photos);
    if (new Set(lists.map(({ label }) => label)).size < 2) continue;
    const used = new Set(lists.map(({ table }) => table));
    left = left.filter((table) => !used.has(table));
    left.push({ file: `${folder}${folder === '' ? '' : '/'}CLASS_SPLIT.txt`, rows: joinedRows(lists), warnings: [] });
  }
  return left;
}

function classListsOf(tables: readonly Table[], photos: PhotoIndex): ClassList[] {
  const stems = tables.map(({ file }) => fileName(file).replace(/\.\w+$/, ''));
  const words = splitsAlike(stems);
  return tables.flatMap((table, i): ClassList[] => {
    const stem = stems[i]!;
    const word = words.get(stem);
    const label = restOf(stem).replaceAll(' ', '_');
    const isList = table.rows.every(({ cells }) => cells.length < 3 && isFlag(cells[1]));
    // "train1", "train2" are draws of one split.
    if (!word || /^\d*$/.test(label) || !isList || !photos.find(table.rows[0]?.cells[0] ?? '')) return [];
    return [{ table, label, word, isBoth: /train_?val/i.test(stem) }];
  });
}

const isFlag = (text: string | undefined): boolean => text === undefined || /^(-1|0|1)$/.test(text);

/** A row a photo with all its classes. */
function joinedRows(lists: readonly ClassList[]): CsvRow[] {
  const single = lists.filter(({ isBoth }) => !isBoth);
  const rows = new Map<string, { labels: Set<string>; word: SplitWord }>();
  for (const { table, label, word } of single.length > 0 ? single : lists)
    for (const { cells } of table.rows) {
      const [photo = '', flag = '1'] = cells;
      if (!rows.has(photo)) rows.set(photo, { labels: new Set(), word });
      if (flag === '1') rows.get(photo)!.labels.add(label);
    }
  const header = { line: 0, cells: ['image', 'label', 'split'] };
  const body = [...rows].map(([photo, { labels, word }], i) => {
    return { line: i + 1, cells: [photo, [...labels].sort().join('|'), word] };
  });
  return [header, ...body];
}
