/** What a person is told of a column that may be the label, or cannot be. */
import type { TableReading } from './columns';
import type { LabelledPhoto, Refusal } from './types';

/** Of fewer photos a class each is a try. */
const LEAST_UNSHARED = 6;
/** Grades may be "1.5", but not that many. */
const MOST_DECIMALS = 12;

/** A measure, a name or a remark of each photo rather than a class. */
export function unsharedLabels(
  { file, names, labels }: TableReading,
  photos: readonly LabelledPhoto[],
): Refusal | null {
  const counts = new Map<string, number>();
  for (const { label } of photos) counts.set(label, (counts.get(label) ?? 0) + 1);
  const kinds = [...counts.keys()];
  const alone = kinds.filter((label) => counts.get(label) === 1);
  const measures = kinds.filter((label) => /^-?\d*[.,]\d+$/.test(label));
  const areNumbers = kinds.every((label) => /^-?\d*[.,]?\d+$/.test(label));
  const isMeasured = areNumbers && kinds.length > MOST_DECIMALS && measures.length * 2 > kinds.length;
  if (photos.length < LEAST_UNSHARED || (alone.length * 2 <= photos.length && !isMeasured)) return null;
  const [example] = isMeasured ? measures : alone;
  const named = (columns: readonly number[]) => columns.map((at) => names[at]!).join(', ');
  const others = named(labels.candidates.filter((at) => !labels.columns.includes(at)));
  return {
    code: 'unshared-labels',
    values: {
      file,
      column: named(labels.columns),
      others,
      count: photos.length,
      classes: kinds.length,
      example: example!,
    },
  };
}

/** " (f, m)": some of a column's values, for whoever has to choose it. */
export function valuesOf({ rows }: TableReading, column: number): string {
  const values = new Set(rows.map(({ cells }) => cells[column] ?? '').filter((cell) => cell !== ''));
  const shown = [...values].sort().slice(0, 3);
  return ` (${shown.join(', ')}${values.size > shown.length ? ', …' : ''})`;
}
