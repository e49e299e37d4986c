/** One metric of a training over its epochs: batches faint, their moving average strong, validation with its interval. */
import { IconArrowsMinimize, IconMathFunction } from '@tabler/icons-react';
import { memo, useId, useState } from 'react';
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import type { TooltipContentProps } from 'recharts';
import {
  accuracyDomain,
  epochTicks,
  logTicks,
  type Metric,
  niceTicks,
  percentTicks,
  type TrainingRow,
  trainingRows,
} from '../../client/chartRows';
import { trainingTable } from '../../client/chartTables';
import { bestEpoch, majorityAccuracy } from '../../client/selectors';
import { accuracySentence, lossSentence } from '../../client/sentences';
import type { TrainingResult } from '../../client/state';
import type { DatasetSummary } from '../../engine/dataset/types';
import { formatAccuracy, formatCount, formatLoss } from '../../words/format';
import { useNarrow } from '../useNarrow';
import { ChartFrame, Tool } from './ChartFrame';
import { type ChartColors, useChartColors } from './colors';
import { besidePlot, type ChartLabel, Labels } from './labels/Labels';
import { axisProps, CHART_PROPS, MARGIN, PERCENT_AXIS, ReadoutBox, xLabel, yLabel } from './parts';

const TITLES: Record<Metric, string> = { loss: 'Loss', accuracy: 'Accuracy' };

interface Props {
  metric: Metric;
  result: TrainingResult;
  /** Of the whole run: the axes are drawn where they will stay. */
  steps: number;
  epochs: number;
  dataset: DatasetSummary | null;
  quiet?: boolean;
}

export const TrainingChart = memo(function TrainingChart({ metric, result, steps, epochs, dataset, quiet }: Props) {
  const colors = useChartColors();
  const narrow = useNarrow();
  const id = useId();
  const [zoomed, setZoomed] = useState(false);
  const { rows, batchesAPoint } = trainingRows(result, metric);
  const stepsAnEpoch = Math.max(1, steps / epochs);
  const photos = dataset?.validationCount ?? 0;
  const format = (value: number) => (metric === 'loss' ? formatLoss(value) : formatAccuracy(value / 100, photos));
  const title = TITLES[metric];
  const sentence = metric === 'loss' ? lossSentence(result) : accuracySentence(result, dataset);
  const batches = batchesAPoint > 1 ? `batches (means of ${formatCount(batchesAPoint)})` : 'batches';
  const axis = axisProps(colors);
  const line = { dot: false, connectNulls: true, isAnimationActive: false, activeDot: false } as const;
  const yAxis = metric === 'loss' ? lossAxis(rows, dataset, zoomed) : accuracyAxis(rows, zoomed);
  const labels = labelsOf({ metric, rows, result, dataset, stepsAnEpoch, colors });
  // On a phone what guessing gives stands in the plot.
  const beside = labels.filter(({ kind }) => kind === 'across' && !narrow).map(({ text }) => text);
  const right = Math.max(...['validation', 'training', ...beside].map(besidePlot)) + 4;
  return (
    <ChartFrame
      guide={metric}
      title={title}
      sentence={sentence}
      fileName={metric}
      quiet={quiet ?? false}
      tools={
        <Tool
          label={metric === 'loss' ? 'Logarithmic axis' : 'Zoom to the data'}
          of={title}
          pressed={zoomed}
          onClick={() => setZoomed(!zoomed)}
        >
          {metric === 'loss' ? <IconMathFunction size={17} /> : <IconArrowsMinimize size={17} />}
        </Tool>
      }
      table={trainingTable(result, metric, `Training, ${batches}`)}
    >
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart data={rows} margin={{ ...MARGIN, right }} {...CHART_PROPS}>
          <defs>
            <marker id={id} viewBox="-5 -5 10 10" markerWidth={10} markerHeight={10} markerUnits="userSpaceOnUse">
              <circle r={3.5} stroke={colors.validation} strokeWidth={2} fill={colors.surface} />
            </marker>
          </defs>
          <CartesianGrid stroke={colors.grid} vertical={false} />
          <XAxis
            {...axis}
            dataKey="step"
            type="number"
            domain={[0, Math.max(steps, 1)]}
            ticks={[0, ...epochTicks(epochs).map((epoch) => epoch * stepsAnEpoch)]}
            tickFormatter={(step: number) => String(Math.round(step / stepsAnEpoch))}
            label={xLabel('epoch', colors)}
            height={36}
          />
          <YAxis
            {...axis}
            {...yAxis}
            width={52}
            allowDataOverflow
            label={yLabel(metric === 'loss' ? 'cross entropy, nats' : 'accuracy, %', colors)}
          />
          {metric === 'accuracy' && (
            <Area
              dataKey="band"
              stroke="none"
              fill={colors.validation}
              fillOpacity={0.16}
              connectNulls
              isAnimationActive={false}
              activeDot={false}
            />
          )}
          {labels.map(
            ({ kind, y, x, color, text }) =>
              (kind === 'across' || kind === 'upright') && (
                <ReferenceLine
                  key={text}
                  {...(kind === 'across' ? { y: y! } : { x: x! })}
                  stroke={color}
                  strokeDasharray={kind === 'across' ? '2 4' : '1 4'}
                />
              ),
          )}
          <Line {...line} dataKey="batch" stroke={colors.train} strokeOpacity={0.28} strokeWidth={1} />
          <Line {...line} dataKey="smoothed" stroke={colors.train} strokeWidth={2.25} />
          <Line
            {...line}
            dataKey="validation"
            stroke={colors.validation}
            strokeWidth={2.25}
            strokeDasharray="7 4"
            markerStart={`url(#${id})`}
            markerMid={`url(#${id})`}
            markerEnd={`url(#${id})`}
          />
          <Tooltip
            content={<Readout {...{ rows, format, batches, colors, stepsAnEpoch }} />}
            isAnimationActive={false}
          />
          <Labels
            labels={labels}
            curves={[
              rows.map(({ step, smoothed }) => ({ x: step, y: smoothed })),
              rows.filter((row) => row.validation !== undefined).map((row) => ({ x: row.step, y: row.validation })),
            ]}
            colors={colors}
            right={right - 4}
          />
        </ComposedChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
});

interface Labelled {
  metric: Metric;
  rows: readonly TrainingRow[];
  result: TrainingResult;
  dataset: DatasetSummary | null;
  stepsAnEpoch: number;
  colors: ChartColors;
}

function labelsOf({ metric, rows, result, dataset, stepsAnEpoch, colors }: Labelled): ChartLabel[] {
  const validation = rows.findLast((row) => row.validation !== undefined);
  const training = rows.findLast((row) => row.smoothed !== undefined);
  const major = metric === 'accuracy' ? majorityAccuracy(dataset) : null;
  const best = bestEpoch(result);
  return [
    ...(validation
      ? [
          {
            kind: 'end',
            text: 'validation',
            x: validation.step,
            y: validation.validation!,
            color: colors.validation,
          } as const,
        ]
      : []),
    ...(training
      ? [{ kind: 'end', text: 'training', x: training.step, y: training.smoothed!, color: colors.train } as const]
      : []),
    ...(major === null
      ? []
      : [
          {
            kind: 'across',
            text: `guessing ${(100 * major).toFixed(0)} %`,
            y: 100 * major,
            color: colors.ink,
          } as const,
        ]),
    ...(best && result.epochs.length > 1
      ? [{ kind: 'upright', text: 'best, kept', x: best.epoch * stepsAnEpoch, color: colors.validation } as const]
      : []),
  ];
}

function accuracyAxis(rows: readonly TrainingRow[], zoomed: boolean) {
  if (!zoomed) return PERCENT_AXIS;
  const values = rows.flatMap(({ smoothed, validation, band }) =>
    [smoothed, validation, ...(band ?? [])].filter(isNumber),
  );
  const domain = accuracyDomain(values);
  return { domain, ticks: percentTicks(domain) };
}

/** From 0 to above what guessing costs; single batches may leave the plot, what is judged by never does. */
function lossAxis(rows: readonly TrainingRow[], dataset: DatasetSummary | null, logarithmic: boolean) {
  const values = rows.flatMap(({ smoothed, validation }) => [smoothed, validation].filter(isNumber));
  const guessing = Math.log(Math.max(2, dataset?.classes.length ?? 2));
  const top = Math.max(1.2 * guessing, ...values);
  if (!logarithmic) {
    const ticks = niceTicks(top);
    return { domain: [0, ticks.at(-1)!], ticks };
  }
  const low = Math.max(1e-6, Math.min(guessing / 4, ...values)) * 0.8;
  return { domain: [low, top * 1.05], ticks: logTicks(low, top * 1.05), scale: 'log' as const };
}

interface ReadoutProps extends Partial<TooltipContentProps> {
  rows: readonly TrainingRow[];
  format: (value: number) => string;
  batches: string;
  colors: ChartColors;
  stepsAnEpoch: number;
}

/** All series at the pointer's step; of those that have no point there, the last before it. */
function Readout({ active, label, rows, format, batches, colors, stepsAnEpoch }: ReadoutProps) {
  const step = Number(label);
  if (!active || Number.isNaN(step)) return null;
  const before = rows.filter((row) => row.step <= step);
  const batch = before.findLast((row) => row.batch !== undefined);
  const epoch = before.findLast((row) => row.validation !== undefined);
  const read = [
    ...(batch ? [{ name: `training, ${batches}`, color: colors.train, value: format(batch.batch!) }] : []),
    ...(batch ? [{ name: 'training, smoothed', color: colors.train, value: format(batch.smoothed!) }] : []),
    ...(epoch
      ? [{ name: `validation, epoch ${epoch.epoch}`, color: colors.validation, value: format(epoch.validation!) }]
      : []),
  ];
  return <ReadoutBox title={`Step ${formatCount(step)}, epoch ${(step / stepsAnEpoch).toFixed(1)}`} read={read} />;
}

const isNumber = (value: number | undefined): value is number => value !== undefined;
