/** JSON of labelling programs and people as rows of a table: lists of objects, COCO, VIA, FiftyOne, Edge Impulse, and plain maps. */
import type { CsvRow } from './csv';
import type { PhotoIndex } from './photoIndex';
import { splitWord } from './splitWords';

type JsonObject = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string | number => typeof value === 'string' || typeof value === 'number';
const isTexts = (value: unknown): value is (string | number)[] => Array.isArray(value) && value.every(isText);

/** No rows where it is something else. @throws SyntaxError */
export function rowsOfJsonLines(text: string): CsvRow[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return rowsOfList(lines.map((line) => JSON.parse(line) as unknown));
}

/** No rows where it is something else. */
export function rowsOfJson(json: unknown, photos: PhotoIndex): CsvRow[] {
  if (Array.isArray(json)) return rowsOfList(json);
  if (!isObject(json)) return [];
  const { images, annotations, categories, classes, labels, files, _via_img_metadata: via } = json;
  if (Array.isArray(images) && Array.isArray(annotations) && Array.isArray(categories))
    return rowsOfCoco(images, annotations, categories);
  if (Array.isArray(files)) return rowsOfList(files);
  if (isObject(via)) return rowsOfList(Object.values(via));
  if (isObject(labels)) {
    const names = Array.isArray(classes) ? classes : [];
    const named = (label: unknown) => (typeof label === 'number' ? (names[label] ?? label) : label);
    return rowsOfList(Object.entries(labels).map(([image, label]) => ({ image, label: named(label) })));
  }
  const lists = Object.values(json).filter((value): value is unknown[] => Array.isArray(value) && value.length > 0);
  const [list] = lists;
  if (list && lists.length === 1 && !isTexts(list)) return rowsOfList(list);
  return rowsOfEntries(Object.entries(json), photos);
}

/** {photo: class}, {photo: {label: class, …}}, {photo: [classes]}, {class: [photos]}, {split: [photos]} or {split: [rows]}. */
function rowsOfEntries(entries: readonly (readonly [string, unknown])[], photos: PhotoIndex): CsvRow[] {
  if (entries.length === 0) return [];
  const values = entries.map(([, value]) => value);
  const areSplits = entries.every(([key]) => splitWord(key) !== undefined);
  if (values.every(isText)) return rowsOfList(entries.map(([image, label]) => ({ image, label })));
  if (values.every(isObject)) return rowsOfList(entries.map(([image, value]) => ({ image, ...(value as JsonObject) })));
  if (values.every(isTexts)) {
    const lists = entries as readonly (readonly [string, (string | number)[]])[];
    if (!areSplits && lists.some(([key]) => photos.find(key)))
      return rowsOfList(lists.map(([image, label]) => ({ image, label })));
    const key = areSplits ? 'split' : 'label';
    return rowsOfList(lists.flatMap(([name, list]) => list.map((image) => ({ image, [key]: name }))));
  }
  if (!areSplits || !values.every(Array.isArray)) return [];
  return rowsOfList(entries.flatMap(([split, list]) => (list as object[]).map((row) => ({ ...row, split }))));
}

/** Objects as rows below a header of all their keys; lists as rows without one. */
function rowsOfList(list: readonly unknown[]): CsvRow[] {
  if (list.length > 0 && list.every(isTexts))
    return list.map((cells, i) => ({ line: i + 1, cells: cells.map(String) }));
  const flat = list.filter(isObject).map(flattened);
  const names = [...new Set(flat.flatMap((object) => Object.keys(object)))];
  if (names.length === 0) return [];
  return [
    { line: 1, cells: names },
    ...flat.map((object, i) => ({ line: i + 2, cells: names.map((name) => object[name] ?? '') })),
  ];
}

/** {"label": {"label": "cat"}} → label, {"choice": {"choices": ["a", "b"]}} → choice: a|b; lists of texts joined by bars. */
function flattened(object: JsonObject): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [key, value] of Object.entries(object)) {
    if (isObject(value)) {
      const inside = flattened(value);
      const [only] = Object.values(inside);
      if (only !== undefined && Object.keys(inside).length === 1 && LABEL_KEY.test(key)) flat[key] = only;
      for (const [inner, text] of Object.entries(inside)) flat[inner] ??= text;
    } else if (isTexts(value)) flat[key] = value.join('|');
    else if (Array.isArray(value)) for (const [inner, text] of Object.entries(joined(value))) flat[inner] ??= text;
    else if (isText(value) || typeof value === 'boolean') flat[key] = String(value);
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

/** Each image with the classes of its boxes, and one of them. */
function rowsOfCoco(images: unknown[], annotations: unknown[], categories: unknown[]): CsvRow[] {
  const nameOf = new Map(categories.filter(isObject).map(({ id, name }) => [id, String(name)]));
  const labelsOf = new Map<unknown, Set<string>>();
  const boxes = new Map<unknown, unknown>();
  for (const { image_id: image, category_id: category, bbox } of annotations.filter(isObject)) {
    const name = nameOf.get(category);
    if (name === undefined) continue;
    if (!labelsOf.has(image)) labelsOf.set(image, new Set());
    labelsOf.get(image)!.add(name);
    if (bbox !== undefined) boxes.set(image, bbox);
  }
  return rowsOfList(
    images.filter(isObject).map(({ id, file_name: image }) => ({
      image,
      label: [...(labelsOf.get(id) ?? [])].sort().join('|'),
      ...(boxes.has(id) && { bbox: boxes.get(id) }),
    })),
  );
}

/**
 * Cells that are JSON objects, as VIA's and Label Studio's CSV has them: a column of nothing else becomes a column a key, a
 * single one its text.
 */
export function withObjectCells(rows: readonly CsvRow[]): readonly CsvRow[] {
  const [header, ...body] = rows;
  if (!header || !body.some(({ cells }) => cells.some(isObjectText))) return rows;
  const columns = header.cells.map((name, at): { names: string[]; of: (cell: string) => string[] } => {
    const filled = body.map(({ cells }) => cells[at] ?? '').filter((cell) => cell !== '');
    if (filled.length === 0 || !filled.every(isObjectText)) return { names: [name], of: (cell) => [textOf(cell)] };
    const objects = new Map(filled.map((cell) => [cell, fieldsOf(cell)]));
    const names = [...new Set([...objects.values()].flatMap((fields) => Object.keys(fields)))];
    return { names, of: (cell) => names.map((each) => objects.get(cell)?.[each] ?? '') };
  });
  return [
    { ...header, cells: columns.flatMap(({ names }) => names) },
    ...body.map(({ line, cells }) => ({ line, cells: columns.flatMap(({ of }, at) => of(cells[at] ?? '')) })),
  ];
}

const isObjectText = (cell: string): boolean => cell.startsWith('{') && cell.endsWith('}') && parsed(cell) !== null;

function parsed(cell: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(cell);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

/** Ticked boxes, {"rust": true, "scab": true}, are one label of all that are ticked. */
function fieldsOf(cell: string): Record<string, string> {
  const fields = Object.entries(parsed(cell) ?? {}).map(([key, value]): [string, unknown] => {
    const isTicks = isObject(value) && Object.values(value).every((each) => typeof each === 'boolean');
    return [key, isTicks ? Object.keys(value).filter((each) => value[each] === true) : value];
  });
  return flattened(Object.fromEntries(fields));
}

const textOf = (cell: string): string =>
  isObjectText(cell)
    ? Object.values(fieldsOf(cell))
        .filter((text) => text !== '')
        .join('|')
    : cell;
