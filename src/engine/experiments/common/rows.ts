/** Words of experiments' rows, for their findings: by what the run chooses by, which the rows that were compared say. */
import { SELECTION_NAMES, selectedValue } from '../../analysis/score';
import { beyondChance, testName } from '../../analysis/sizeChoice';
import { formatAccuracy, formatPoints } from '../../base/accuracyText';
import type { ExperimentRow, Selection } from '../../base/records';

/** What the rows of a table are compared by. */
export const selectionOf = (rows: readonly ExperimentRow[]): Selection =>
  rows.flatMap(({ changed }) => changed?.metric?.by ?? [])[0] ?? 'accuracy';

/** The best by it, of equals the first; null of none. */
export const bestOf = (rows: readonly ExperimentRow[], by: Selection): ExperimentRow | null =>
  rows.reduce<ExperimentRow | null>(
    (best, row) => (best && selectedValue(best.score, by) >= selectedValue(row.score, by) ? best : row),
    null,
  );

/** "most accurate crop", "best crop by macro F1"; `what` may be empty. */
export const best = (by: Selection, what = ''): string =>
  (by === 'accuracy' ? ['most accurate', what] : ['best', what, `by ${SELECTION_NAMES[by]}`]).filter(Boolean).join(' ');

/** "more accurate", "better by macro F1" */
export const better = (by: Selection): string =>
  by === 'accuracy' ? 'more accurate' : `better by ${SELECTION_NAMES[by]}`;

const isEqual = (by: Selection, row: ExperimentRow) => (other: ExperimentRow) =>
  selectedValue(other.score, by) === selectedValue(row.score, by);

/** Null if they are not several, or one is better than another: "equally accurate", "equally good by macro F1". */
export function equally(rows: readonly ExperimentRow[], by: Selection): string | null {
  if (rows.length < 2 || !rows.every(isEqual(by, rows[0]!))) return null;
  return by === 'accuracy' ? 'equally accurate' : `equally good by ${SELECTION_NAMES[by]}`;
}

/** What reaches the same as `first`, a sentence to append: " 2 other crops are as accurate."; nothing where none does. */
export function tie(rows: readonly ExperimentRow[], first: ExperimentRow, by: Selection, what: string): string {
  const others = rows.filter(isEqual(by, first)).length - 1;
  if (others === 0) return '';
  return ` ${others} other ${others === 1 ? `${what} is` : `${what}s are`} as ${by === 'accuracy' ? 'accurate' : 'good'}.`;
}

export const beyondNoise = ({ changed }: ExperimentRow): boolean => beyondChance(changed) === true;

/** Nothing where it is told apart; the test by which it is not is named where that is not the usual one. */
export function doubt(row: ExperimentRow): string {
  if (beyondNoise(row)) return '';
  const by = row.changed?.metric?.by;
  return `, within the noise${by ? ` (${testName(by)})` : ''}`;
}

/** "80.0 %", "80.0 % macro F1" */
export const percent = ({ score }: ExperimentRow, by: Selection): string =>
  `${formatAccuracy(selectedValue(score, by), score.count)}${by === 'accuracy' ? '' : ` ${SELECTION_NAMES[by]}`}`;

/** ", unless the opened weights had": what networks in folds were not trained on, the weights they started from may have been. */
export const unlessOpened = ({ fromOpened }: ExperimentRow): string =>
  fromOpened ? ', unless the opened weights had' : '';

/** Of the same value. */
export const gain = ({ score }: ExperimentRow, other: ExperimentRow, by: Selection): string =>
  formatPoints(selectedValue(score, by) - selectedValue(other.score, by), score.count);
