import { intervalOf } from '../../client/findings';
import { formatDuration, formatInterval, formatLoss, formatPercent } from '../../client/format';
import type { SweepResult } from '../../client/state';
import type { SweepPoint } from '../../engine/train/records';
import type { ChartTable } from '../charts/exportChart';

const row = (p: SweepPoint, name: string) => [
  name,
  p.resize === 0 ? 'none' : `${p.resize} px`,
  formatPercent(p.accuracy),
  formatInterval(intervalOf(p)),
  formatLoss(p.loss),
  formatPercent(p.activations.zeroFraction),
  formatDuration(p.seconds),
];

/** Every measured view, the baseline's own last. */
export function sweepTable({ points, reference }: SweepResult): ChartTable {
  return {
    columns: ['Test resolution', 'Resized to', 'Accuracy', '95 % interval', 'Loss', 'Exact zeros', 'Time'],
    rows: [
      ...points.map((p) => row(p, `${p.size} px`)),
      ...(reference ? [row(reference, `${reference.size} px, baseline's view`)] : []),
    ],
  };
}
