/** Accuracy by apparent size as rows of a chart and a table. */
import type { ApparentBin } from '../engine/analysis/apparentAccuracy';
import { wilsonInterval } from '../engine/analysis/wilson';
import type { ApparentAccuracy } from '../protocol/messages';
import { ratioText } from '../words/apparentAccuracy';
import { formatAccuracy, formatInterval } from '../words/format';
import { type ChartTable, tableOf } from './chartTable';

/** Of the `i`th test size, accuracies in percent. */
export interface ApparentPoint {
  ratio: number;
  accuracy: number;
  /** Distances to the interval's ends. */
  reach: [number, number];
  photos: number;
  text: string;
}

export const apparentPoints = (bins: readonly ApparentBin[]): ApparentPoint[] =>
  bins.map((bin) => {
    const { ratio, count, correct } = bin;
    const { low, high } = wilsonInterval(correct, count);
    const accuracy = (100 * correct) / count;
    return {
      ratio,
      accuracy,
      reach: [accuracy - 100 * low, 100 * high - accuracy],
      photos: count,
      text: ratioText(bin),
    };
  });

/** Powers of two around all ratios, 1 among them, each of them a tick. */
export function ratioTicks({ views }: ApparentAccuracy): number[] {
  const all = views.flatMap(({ bins }) => bins.map(({ ratio }) => Math.log2(ratio)));
  const [low, high] = [Math.floor(Math.min(0, ...all)), Math.ceil(Math.max(0, ...all))];
  const last = Math.max(high, low + 1);
  return Array.from({ length: last - low + 1 }, (_, i) => 2 ** (low + i));
}

export function apparentAccuracyTable({ views }: ApparentAccuracy): ChartTable {
  const rows = views.flatMap(({ size, bins }) => bins.map((bin) => ({ ...bin, size, share: bin.correct / bin.count })));
  return tableOf(rows, [
    { head: 'Test resolution', show: ({ size }) => `${size} px`, data: { 'test resolution, px': ({ size }) => size } },
    {
      head: 'Times as large as in training',
      show: ratioText,
      data: { from: ({ from }) => from, to: ({ to }) => to, 'geometric mean': ({ ratio }) => ratio },
    },
    {
      head: 'Photos',
      show: ({ count }) => count,
      data: { photos: ({ count }) => count, right: ({ correct }) => correct },
    },
    {
      head: 'Accuracy',
      show: ({ share, count }) => formatAccuracy(share, count),
      data: { accuracy: ({ share }) => share },
    },
    {
      head: '95 % interval',
      show: ({ correct, count }) => formatInterval(wilsonInterval(correct, count), count),
      data: {
        'accuracy, 95 % interval from': ({ correct, count }) => wilsonInterval(correct, count).low,
        'accuracy, 95 % interval to': ({ correct, count }) => wilsonInterval(correct, count).high,
      },
    },
  ]);
}
