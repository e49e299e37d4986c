/** A folder with a CSV of photos and labels somewhere in it, as Kaggle gives them. */
import { StudioError } from '../base/errors';
import { parseCsv } from './csv';
import { type Columns, splitOfCell, understandColumns } from './csvColumns';
import type { Understood } from './format';
import { classesOf, readLabelMap } from './labels';
import { fileName, type Listing } from './listing';
import { PhotoIndex } from './photoIndex';
import type { Labelled } from './splits';
import type { DatasetWarning } from './types';

interface Candidate extends Columns {
  file: string;
  problems: readonly { line: number; message: string }[];
}

/**
 * Undefined if no CSV here is about photos.
 * @throws StudioError `bad-dataset` if one is, but has no labels, or names none of the folder's photos.
 */
export async function csvFolder(listing: Listing): Promise<Understood | undefined> {
  const files = listing.others.filter((path) => /\.(csv|tsv)$/i.test(path));
  const index = new PhotoIndex(listing.photos);
  const candidates: Candidate[] = [];
  for (const file of files) {
    const { rows, problems } = parseCsv(await (await listing.source.read(file)).text());
    candidates.push({ file, problems, ...understandColumns(rows, index) });
  }
  const chosen = choose(candidates);
  if (!chosen) return undefined;
  const warnings: DatasetWarning[] = chosen.problems.map(({ line, message }) => ({
    kind: 'csv',
    file: chosen.file,
    row: line,
    message: `${chosen.file}, line ${line}: ${message}.`,
  }));
  if (candidates.length > 1) warnings.push(whyChosen(chosen, candidates));

  const map = await readLabelMap(listing, chosen.file, warnings);
  const labels = chosen.rows.map((row) => row.cells[chosen.label] ?? '');
  const classes = classesOf(labels, map);
  const samples = readRows(chosen, index, classes.indexOf, warnings);
  const named = new Set(samples.named);
  for (const path of listing.photos) {
    if (named.has(path)) continue;
    warnings.push({ kind: 'file-in-no-row', file: path, message: `${path} is in no row of ${chosen.file}.` });
  }
  const columns = [chosen.image, chosen.label, ...(chosen.split ? [chosen.split.index] : [])];
  const format = `A CSV of photos and labels: ${chosen.file} (${columns.map((c) => chosen.names[c]).join(', ')}).`;
  return { format, classes: classes.names, samples: samples.kept, warnings };
}

/** The CSV that names the most photos; with a split rather than without, higher up rather than deeper. */
function choose(candidates: readonly Candidate[]): Candidate | undefined {
  const [best] = candidates
    .filter((c) => c.matches > 0 && c.label >= 0)
    .sort(
      (a, b) =>
        b.matches - a.matches ||
        Number(b.split !== null) - Number(a.split !== null) ||
        a.file.split('/').length - b.file.split('/').length,
    );
  if (best) return best;
  const unlabelled = candidates.find((c) => c.matches > 0);
  if (unlabelled) {
    throw new StudioError(
      'bad-dataset',
      `${unlabelled.file} names ${unlabelled.matches} of the photos, but none of its columns (${unlabelled.names.join(', ')}) gives their classes`,
      'Add a column named "label" with a number or a name for each photo.',
    );
  }
  const strangers = candidates.find((c) => c.image >= 0 && c.label >= 0 && c.rows.length > 0);
  if (strangers) {
    const example = strangers.rows[0]!.cells[strangers.image] ?? '';
    throw new StudioError(
      'bad-dataset',
      `${strangers.file} lists ${strangers.rows.length} photos in its column "${strangers.names[strangers.image]}", but none of them is in the folder, "${example}" for one`,
      'Choose the folder that holds both the CSV and the photos; without the CSV, folders are taken for classes.',
    );
  }
  return undefined;
}

function whyChosen(chosen: Candidate, candidates: readonly Candidate[]): DatasetWarning {
  const others = candidates.filter((c) => c !== chosen).map((c) => `${c.file}: ${c.matches}`);
  const message =
    `${candidates.length} CSV files were found; ${chosen.file} was taken, because its rows name the most photos, ` +
    `${chosen.matches} (${others.slice(0, 5).join(', ')}${others.length > 5 ? ', …' : ''}).`;
  return { kind: 'csv', file: chosen.file, message };
}

/** Rows to samples; what cannot be used is warned of, with its row, and left out. */
function readRows(
  { file, rows, image, label, split }: Candidate,
  photos: PhotoIndex,
  classOf: (label: string) => number | undefined,
  warnings: DatasetWarning[],
): { kept: Labelled[]; named: Set<string> } {
  const kept = new Map<string, Labelled & { row: number }>();
  const named = new Set<string>();
  for (const { line, cells } of rows) {
    const warn = (kind: DatasetWarning['kind'], what: string, path?: string) =>
      warnings.push({ kind, row: line, file: path ?? file, message: `${file}, line ${line}: ${what}.` });
    const imageId = cells[image] ?? '';
    const found = photos.find(imageId);
    if (!found) {
      warn('missing-file', imageId === '' ? 'the row names no photo' : `there is no photo "${imageId}"`);
      continue;
    }
    const { path } = found;
    named.add(path);
    if (found.ambiguous) warn('csv', `several photos are named "${fileName(imageId)}"; ${path} was taken`, path);
    const labelText = cells[label] ?? '';
    const index = classOf(labelText);
    if (index === undefined) {
      warn('bad-label', labelText === '' ? `${imageId} has no label` : `"${labelText}" is no class`, path);
      continue;
    }
    const splitText = split ? (cells[split.index] ?? '') : '';
    const part = split ? splitOfCell(splitText, split.truth) : null;
    if (part === undefined) {
      warn('bad-split', `"${splitText}" is neither training nor validation`, path);
      continue;
    }
    const before = kept.get(path);
    if (!before) {
      kept.set(path, { path, imageId, label: index, split: part, row: line });
    } else if (before.label === index && before.split === part) {
      warn('duplicate-row', `${imageId} was already in line ${before.row}`, path);
    } else {
      const what = before.label === index ? 'split' : 'label';
      warn('conflicting-row', `${imageId} has another ${what} in line ${before.row}, which was kept`, path);
    }
  }
  return { kept: [...kept.values()], named };
}
