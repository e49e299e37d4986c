import { useId } from 'react';
import { CartesianGrid, Line, LineChart, ReferenceDot, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { lossRows, niceTicks } from '../../client/curves';
import { formatCount, formatLoss } from '../../client/format';
import { lossSentence } from '../../client/sentences';
import type { TrainingResult } from '../../client/state';
import { ChartFrame } from './ChartFrame';
import { useChartColors } from './colors';
import { axisProps, endLabel, labelShifts, MARGIN, tooltipOf, xLabel, yLabel } from './parts';

interface Props {
  result: TrainingResult;
  /** Steps of the whole run: the axis is drawn where it will stay. */
  steps: number;
  height: number;
}

const Readout = tooltipOf((step) => `Step ${formatCount(step)}`, formatLoss);

export function LossChart({ result, steps, height }: Props) {
  const colors = useChartColors();
  const id = useId();
  const rows = lossRows(result);
  const stepTicks = niceTicks(steps, 4).filter((tick) => tick <= steps);
  const last = rows.findLastIndex((row) => row.validation !== undefined);
  const top = Math.max(1, ...rows.map((row) => Math.max(row.batch ?? 0, row.train ?? 0, row.validation ?? 0)));
  const ticks = niceTicks(top);
  const labels = {
    train: { text: 'training', y: rows[last]?.train ?? 0, color: colors.train },
    validation: { text: 'validation', y: rows[last]?.validation ?? 0, color: colors.validation },
  };
  const shifts = labelShifts(Object.values(labels), (height - 60) / ticks.at(-1)!);
  const axis = axisProps(colors);
  return (
    <ChartFrame
      title="Loss by step"
      sentence={lossSentence(result)}
      fileName="loss"
      height={height}
      table={{
        columns: ['Step', 'Training, batches', 'Training, epoch', 'Validation, epoch'],
        rows: rows.map(({ step, batch, train, validation }) => [step, ...[batch, train, validation].map(cell)]),
      }}
    >
      <ResponsiveContainer width="100%" height={height}>
        <LineChart data={rows} margin={MARGIN} title="Loss by step">
          <defs>
            <EpochMarker id={`${id}-train`} stroke={colors.train} fill={colors.train} />
            <EpochMarker id={`${id}-validation`} stroke={colors.validation} fill={colors.surface} />
          </defs>
          <CartesianGrid stroke={colors.grid} />
          <XAxis
            {...axis}
            dataKey="step"
            type="number"
            domain={[0, Math.max(steps, 1)]}
            ticks={stepTicks}
            tickFormatter={formatCount}
            label={xLabel('optimiser step', colors)}
          />
          <YAxis
            {...axis}
            width={46}
            domain={[0, ticks.at(-1)!]}
            ticks={ticks}
            label={yLabel('cross entropy, nats', colors)}
          />
          <Tooltip content={Readout} isAnimationActive={false} />
          <Line
            name="training, batches"
            dataKey="batch"
            stroke={colors.train}
            strokeOpacity={0.4}
            strokeWidth={1.2}
            dot={false}
            connectNulls
            isAnimationActive={false}
          />
          <Line
            name="training, epoch"
            dataKey="train"
            stroke={colors.train}
            strokeWidth={2}
            dot={false}
            {...marked(`${id}-train`)}
            connectNulls
            isAnimationActive={false}
          />
          <Line
            name="validation, epoch"
            dataKey="validation"
            stroke={colors.validation}
            strokeWidth={2}
            strokeDasharray="6 3"
            dot={false}
            {...marked(`${id}-validation`)}
            connectNulls
            isAnimationActive={false}
          />
          {rows[last] &&
            Object.values(labels).map((label) => (
              <ReferenceDot
                key={label.text}
                x={rows[last]!.step}
                y={label.y}
                r={0}
                label={endLabel(label, shifts.get(label.text) ?? 0, colors)}
              />
            ))}
        </LineChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}

const cell = (loss: number | undefined): string => (loss === undefined ? '' : formatLoss(loss));

/**
 * Epochs are marked by SVG markers on the path: a Recharts dot is made for every row, and most rows are batches,
 * which cost half of the chart's time.
 */
function EpochMarker({ id, stroke, fill }: { id: string; stroke: string; fill: string }) {
  return (
    <marker id={id} viewBox="-5 -5 10 10" markerWidth={10} markerHeight={10} markerUnits="userSpaceOnUse">
      <circle r={3.3} stroke={stroke} strokeWidth={2} fill={fill} />
    </marker>
  );
}

const marked = (id: string) =>
  ({ markerStart: `url(#${id})`, markerMid: `url(#${id})`, markerEnd: `url(#${id})` }) as const;
