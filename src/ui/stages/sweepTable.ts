import { intervalOf } from '../../client/selectors';
import { formatInterval, formatLoss, formatPercent, formatProbability } from '../../words/format';
import type { SweepResult } from '../../client/state';
import type { SweepPoint } from '../../engine/base/records';
import type { ChartTable } from '../charts/exportChart';

const row = (p: SweepPoint, name: string) => [
  name,
  p.resize === 0 ? 'none' : `${p.resize} px`,
  formatPercent(p.accuracy),
  formatInterval(intervalOf(p)),
  formatLoss(p.loss),
  p.changed ? `${p.changed.won}, ${p.changed.lost}` : '–',
  p.changed ? formatProbability(p.changed.p) : '–',
  formatPercent(p.activations.zeroFraction),
  p.distance ? p.distance.ks.toFixed(3) : '–',
];

/** Every measured view, the baseline's own last, which photos are won and lost against. */
export function sweepTable({ points, reference }: SweepResult): ChartTable {
  return {
    columns: ['Test size', 'Resized to', 'Accuracy', '95 % interval', 'Loss', 'Won, lost', 'p', 'Zeros', 'KS'],
    rows: [
      ...points.map((p) => row(p, `${p.size} px`)),
      ...(reference ? [row(reference, `${reference.size} px, baseline`)] : []),
    ],
  };
}
