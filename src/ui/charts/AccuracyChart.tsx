import { memo } from 'react';
import {
  CartesianGrid,
  Line,
  LineChart,
  ReferenceDot,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { accuracyDomain, accuracyRows, niceTicks, percentTicks } from '../../client/curves';
import { bestEpoch, majorityAccuracy } from '../../client/findings';
import { accuracySentence } from '../../client/sentences';
import type { TrainingResult } from '../../client/state';
import type { DatasetSummary } from '../../engine/dataset/types';
import { ChartFrame } from './ChartFrame';
import { useChartColors } from './colors';
import { axisProps, endLabel, halo, labelShifts, MARGIN, tooltipOf, xLabel, yLabel } from './parts';

interface Props {
  epochs: TrainingResult['epochs'];
  /** Of the whole run: the axis is drawn where it will stay. */
  planned: number;
  dataset: DatasetSummary | null;
  height: number;
}

const percent = (value: number) => `${value.toFixed(1)} %`;
const Readout = tooltipOf((epoch) => `Epoch ${epoch}`, percent);

/** Drawn again once an epoch, not with every step. */
export const AccuracyChart = memo(function AccuracyChart({ epochs, planned, dataset, height }: Props) {
  const colors = useChartColors();
  const rows = accuracyRows({ epochs });
  const best = bestEpoch({ epochs });
  const major = majorityAccuracy(dataset);
  const values = rows.flatMap((row) => [row.train, row.validation]);
  const domain = accuracyDomain(major === null || values.length === 0 ? values : [...values, major * 100]);
  const last = rows.length - 1;
  const labels = {
    train: { text: 'training', y: rows[last]?.train ?? 0, color: colors.train },
    validation: { text: 'validation', y: rows[last]?.validation ?? 0, color: colors.validation },
  };
  const shifts = labelShifts(Object.values(labels), (height - 60) / (domain[1] - domain[0]));
  const axis = axisProps(colors);
  return (
    <ChartFrame
      title="Accuracy by epoch"
      sentence={accuracySentence({ epochs }, dataset)}
      fileName="accuracy"
      height={height}
      table={{
        columns: ['Epoch', 'Training', 'Validation'],
        rows: rows.map(({ epoch, train, validation }) => [epoch, percent(train), percent(validation)]),
      }}
    >
      <ResponsiveContainer width="100%" height={height}>
        <LineChart data={rows} margin={MARGIN} title="Accuracy by epoch">
          <CartesianGrid stroke={colors.grid} />
          <XAxis
            {...axis}
            dataKey="epoch"
            type="number"
            domain={planned > 1 ? [1, planned] : [0, 2]}
            ticks={epochTicks(planned)}
            label={xLabel('epoch', colors)}
          />
          <YAxis
            {...axis}
            width={46}
            domain={domain}
            ticks={percentTicks(domain)}
            label={yLabel('accuracy, %', colors)}
          />
          {major !== null && (
            <ReferenceLine
              y={major * 100}
              stroke={colors.ink}
              strokeDasharray="2 4"
              label={{
                value: 'most frequent class',
                position: 'insideTopRight',
                fill: colors.ink,
                fontSize: 11,
                ...halo(colors),
              }}
            />
          )}
          {best && <ReferenceLine x={best.epoch} stroke={colors.validation} strokeOpacity={0.35} />}
          <Tooltip content={Readout} isAnimationActive={false} />
          <Line
            name="training"
            dataKey="train"
            stroke={colors.train}
            strokeWidth={2}
            dot={{ r: 3, fill: colors.train }}
            isAnimationActive={false}
          />
          <Line
            name="validation"
            dataKey="validation"
            stroke={colors.validation}
            strokeWidth={2}
            strokeDasharray="6 3"
            dot={{ r: 3.5, fill: colors.surface, strokeDasharray: '0' }}
            isAnimationActive={false}
          />
          {rows[last] &&
            Object.values(labels).map((label) => (
              <ReferenceDot
                key={label.text}
                x={rows[last]!.epoch}
                y={label.y}
                r={0}
                label={endLabel(label, shifts.get(label.text) ?? 0, colors)}
              />
            ))}
        </LineChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
});

const epochTicks = (epochs: number): number[] =>
  epochs <= 10 ? Array.from({ length: epochs }, (_, i) => i + 1) : niceTicks(epochs).map((tick) => Math.max(1, tick));
