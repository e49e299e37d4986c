/** Words of experiments' rows, for their findings. */
import { formatAccuracy, formatPoints } from '../../base/accuracyText';
import type { ExperimentRow } from '../../base/records';

/** The most accurate, of equals the first; null of none. */
export const bestOf = (rows: readonly ExperimentRow[]): ExperimentRow | null =>
  rows.reduce<ExperimentRow | null>(
    (best, row) => (best && best.score.accuracy >= row.score.accuracy ? best : row),
    null,
  );

/** Told apart where so uneven a split of the photos that changed would be rarer than this by chance. */
const SIGNIFICANCE = 0.05;

export const beyondNoise = ({ changed }: ExperimentRow): boolean => changed !== null && changed.p < SIGNIFICANCE;
export const doubt = (row: ExperimentRow): string => (beyondNoise(row) ? '' : ', within the noise');

export const percent = ({ score: { accuracy, count } }: ExperimentRow): string => formatAccuracy(accuracy, count);
export const gain = ({ score }: ExperimentRow, other: ExperimentRow): string =>
  formatPoints(score.accuracy - other.score.accuracy, score.count);
