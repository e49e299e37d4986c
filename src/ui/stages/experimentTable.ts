import { intervalOf } from '../../client/selectors';
import { formatInterval, formatLoss, formatPercent, formatPoints } from '../../words/format';
import type { ExperimentRow } from '../../engine/base/records';
import type { ChartTable } from '../charts/exportChart';

/** Differences are against the first row at the same test size, or the first of all. */
export function experimentTable(rows: readonly ExperimentRow[]): ChartTable {
  return {
    columns: [
      'What',
      'Tuned on',
      'Trained at',
      'Tested at',
      'Accuracy',
      '95 % interval',
      'Difference',
      'Won, lost',
      'Loss',
      'Fit',
    ],
    rows: rows.map((row) => {
      const { name, views, trainSize, testSize, score, changed, note } = row;
      const first = rows.find((one) => one.testSize === testSize) ?? row;
      return [
        name,
        views ? `${views} views` : '–',
        `${trainSize} px`,
        `${testSize} px`,
        formatPercent(score.accuracy),
        formatInterval(intervalOf(score)),
        first === row ? '–' : formatPoints(score.accuracy - first.score.accuracy),
        changed ? `${changed.won}, ${changed.lost}` : '–',
        formatLoss(score.loss),
        note ?? '–',
      ];
    }),
  };
}
