/** One metric of a training, by step and by epoch: batches as a thin line, epochs as marked points. */
import { memo, useId, useMemo } from 'react';
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
import {
  accuracyDomain,
  epochTicks,
  type Metric,
  niceTicks,
  percentTicks,
  type TrainingRow,
  trainingRows,
} from '../../client/chartRows';
import { trainingTable } from '../../client/chartTables';
import { majorityAccuracy } from '../../client/selectors';
import { formatAccuracy, formatCount, formatLoss } from '../../words/format';
import { accuracySentence, lossSentence } from '../../client/sentences';
import type { TrainingResult } from '../../client/state';
import { isKept } from '../../engine/base/records';
import type { DatasetSummary } from '../../engine/dataset/types';
import { ChartFrame } from './ChartFrame';
import { useChartColors } from './colors';
import { axisProps, endLabel, halo, labelShifts, MARGIN, tooltipOf, topLabel, xLabel, yLabel } from './parts';

interface MetricView {
  title: string;
  /** Name of the y axis, with its unit. */
  axis: string;
  format: (value: number, photos: number) => string;
  /** The y axis' ticks; it reaches from the first to the last. */
  ticks: (values: readonly number[]) => readonly number[];
  sentence: (result: TrainingResult, dataset: DatasetSummary | null) => string;
  /** A value to beat, drawn across. */
  level: (dataset: DatasetSummary | null) => { value: number; name: string } | null;
}

const VIEWS: Record<Metric, MetricView> = {
  loss: {
    title: 'Loss by step and epoch',
    axis: 'cross entropy, nats',
    format: formatLoss,
    ticks: (values) => niceTicks(Math.max(1, ...values)),
    sentence: lossSentence,
    level: () => null,
  },
  accuracy: {
    title: 'Accuracy by step and epoch',
    axis: 'accuracy, %',
    format: (percent, photos) => formatAccuracy(percent / 100, photos),
    ticks: (values) => percentTicks(accuracyDomain(values)),
    sentence: accuracySentence,
    level: (dataset) => {
      const major = majorityAccuracy(dataset);
      return major === null ? null : { value: major * 100, name: 'most frequent class' };
    },
  },
};

interface Props {
  metric: Metric;
  result: TrainingResult;
  /** Of the whole run: the axes are drawn where they will stay. */
  steps: number;
  epochs: number;
  dataset: DatasetSummary | null;
  height: number;
}

/** The plot's height is what axes and margins leave, in px. */
const AROUND_PLOT = 80;

export const TrainingChart = memo(function TrainingChart({ metric, result, steps, epochs, dataset, height }: Props) {
  const view = VIEWS[metric];
  const colors = useChartColors();
  const id = useId();
  const photos = dataset?.validationCount ?? 0;
  const Readout = useMemo(() => tooltipOf(titleOf, (y) => view.format(y, photos)), [view, photos]);
  const { rows, batchesAPoint } = trainingRows(result, metric);
  const level = view.level(dataset);
  const values = rows.flatMap(({ batch, train, validation }) => [batch, train, validation].filter(isNumber));
  const ticks = view.ticks(level && values.length > 0 ? [...values, level.value] : values);
  const [low, high] = [ticks[0]!, ticks.at(-1)!];
  const stepsAnEpoch = steps / epochs;
  const last = rows.findLast((row) => row.validation !== undefined);
  const kept = result.epochs.findLast(({ record }) => isKept(record));
  const labels = [
    { text: 'training', y: last?.train ?? 0, color: colors.train },
    { text: 'validation', y: last?.validation ?? 0, color: colors.validation },
  ];
  const shifts = labelShifts(labels, (height - AROUND_PLOT) / (high - low));
  const batches =
    batchesAPoint > 1 ? `training, batches (means of ${formatCount(batchesAPoint)})` : 'training, batches';
  const axis = axisProps(colors);
  const stepAxis = { ...axis, dataKey: 'step', type: 'number', domain: [0, Math.max(steps, 1)] } as const;
  const line = { dot: false, connectNulls: true, isAnimationActive: false } as const;
  return (
    <ChartFrame
      guide={metric}
      title={view.title}
      sentence={view.sentence(result, dataset)}
      fileName={metric}
      height={height}
      table={trainingTable(result, metric, capital(batches))}
    >
      <ResponsiveContainer width="100%" height={height}>
        <LineChart data={rows} margin={MARGIN} title={view.title}>
          <defs>
            <EpochMarker id={`${id}-train`} stroke={colors.train} fill={colors.train} />
            <EpochMarker id={`${id}-validation`} stroke={colors.validation} fill={colors.surface} />
          </defs>
          <CartesianGrid stroke={colors.grid} xAxisId="epochs" />
          <XAxis
            {...stepAxis}
            ticks={niceTicks(steps, 4).filter((tick) => tick <= steps)}
            tickFormatter={formatCount}
            label={xLabel('optimiser step', colors)}
          />
          <XAxis
            {...stepAxis}
            xAxisId="epochs"
            orientation="top"
            height={20}
            ticks={epochTicks(epochs).map((epoch) => epoch * stepsAnEpoch)}
            tickFormatter={(step: number) => String(Math.round(step / stepsAnEpoch))}
            label={topLabel('epoch', colors)}
          />
          <YAxis {...axis} width={46} domain={[low, high]} ticks={ticks} label={yLabel(view.axis, colors)} />
          {level && (
            <ReferenceLine
              y={level.value}
              stroke={colors.ink}
              strokeDasharray="2 4"
              label={{
                value: level.name,
                position: 'insideTopRight',
                fill: colors.ink,
                fontSize: 11,
                ...halo(colors),
              }}
            />
          )}
          {kept && <ReferenceLine x={kept.step} stroke={colors.validation} strokeOpacity={0.35} />}
          <Tooltip content={Readout} isAnimationActive={false} />
          <Line {...line} name={batches} dataKey="batch" stroke={colors.train} strokeOpacity={0.4} strokeWidth={1.2} />
          <Line
            {...line}
            name="training, epoch"
            dataKey="train"
            stroke={colors.train}
            strokeWidth={2}
            {...marked(`${id}-train`)}
          />
          <Line
            {...line}
            name="validation, epoch"
            dataKey="validation"
            stroke={colors.validation}
            strokeWidth={2}
            strokeDasharray="6 3"
            {...marked(`${id}-validation`)}
          />
          {last &&
            labels.map((label) => (
              <ReferenceDot
                key={label.text}
                x={last.step}
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

const titleOf = (step: number, row: TrainingRow | undefined): string =>
  row?.epoch === undefined ? `Step ${formatCount(step)}` : `Step ${formatCount(step)}, end of epoch ${row.epoch}`;

const isNumber = (value: number | undefined): value is number => value !== undefined;
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

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
