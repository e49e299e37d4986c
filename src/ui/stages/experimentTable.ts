import { intervalOf } from '../../client/findings';
import { formatInterval, formatLoss, formatPercent, formatPoints } from '../../client/format';
import type { ExperimentRow } from '../../engine/train/records';
import type { ChartTable } from '../charts/exportChart';

/** Differences are against the first row at the same test size, or the first of all. */
export function experimentTable(rows: readonly ExperimentRow[]): ChartTable {
  return {
    columns: ['What', 'Tuned on', 'Trained at', 'Tested at', 'Accuracy', '95 % interval', 'Difference', 'Loss', 'Fit'],
    rows: rows.map((row) => {
      const { name, views, trainSize, testSize, score, note } = row;
      const first = rows.find((one) => one.testSize === testSize) ?? row;
      return [
        name,
        views ? `${views} views` : '–',
        `${trainSize} px`,
        `${testSize} px`,
        formatPercent(score.accuracy),
        formatInterval(intervalOf(score)),
        first === row ? '–' : formatPoints(score.accuracy - first.score.accuracy),
        formatLoss(score.loss),
        note ?? '–',
      ];
    }),
  };
}
