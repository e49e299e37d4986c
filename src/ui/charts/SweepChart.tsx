/** Accuracy over test sizes with its interval, what it was trained at and what guessing gives. */
import { IconArrowsMinimize } from '@tabler/icons-react';
import { useState } from 'react';
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceDot,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { accuracyDomain, percentTicks, spreadTicks, sweepRows } from '../../client/chartRows';
import { sizeTable } from '../../client/chartTables';
import { intervalOf, leaderOf, sizesOf } from '../../client/selectors';
import type { SweepResult } from '../../client/state';
import { evalCropOf } from '../../engine/experiments/baseline/meta';
import { formatAccuracy, formatInterval } from '../../words/format';
import { SELECTION_NAMES } from '../../engine/analysis/score';
import { type LeaderName, leadingSizes } from '../../words/sizeVerdict';
import { ChartFrame, Tool } from './ChartFrame';
import { type ChartColors, useChartColors } from './colors';
import { type ChartLabel, Labels } from './labels/Labels';
import { axisProps, CHART_PROPS, MARGIN, PERCENT_AXIS, tooltipOf, xLabel, yLabel } from './parts';

interface Props {
  sweep: SweepResult;
  sentence: string;
  /** The share that guessing gets right. */
  guessing: number | null;
  /** What the most accurate size may be called; null while none may be called anything. */
  leader: LeaderName | null;
}

const TITLE = 'Accuracy by test resolution';

export function SweepChart({ sweep, sentence, guessing, leader }: Props) {
  const colors = useChartColors();
  const [zoomed, setZoomed] = useState(false);
  const { config, points, reference } = sweep;
  const rows = sweepRows(points);
  const all = reference ? [...points, reference] : points;
  const sizes = sizesOf(sweep);
  const planned = [...sizes, config.trainSize, evalCropOf(config)];
  const [from, to] = [Math.min(...planned), Math.max(...planned)];
  const room = Math.max(8, (to - from) * 0.04);
  const labels = labelsOf(sweep, guessing, leader, colors);
  const domain = accuracyDomain(all.map(intervalOf).flatMap(({ low, high }) => [low * 100, high * 100]));
  const yAxis = zoomed ? { domain, ticks: percentTicks(domain) } : PERCENT_AXIS;
  const readInterval = (size: number) => {
    const point = points.find((p) => p.size === size);
    return point ? `, 95 % interval ${formatInterval(intervalOf(point), point.count)}` : '';
  };
  const Readout = tooltipOf(
    (size) => `${size} px${readInterval(size)}`,
    (y) => formatAccuracy(y / 100, points[0]?.count ?? 0),
  );
  const axis = axisProps(colors);
  const best = leaderOf(sweep);
  return (
    <ChartFrame
      guide="sweep"
      title={TITLE}
      sentence={sentence}
      quiet
      fileName="test-resolution"
      tools={
        <Tool label="Zoom to the data" of={TITLE} pressed={zoomed} onClick={() => setZoomed(!zoomed)}>
          <IconArrowsMinimize size={17} />
        </Tool>
      }
      table={sizeTable(sweep)}
    >
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart data={rows} margin={MARGIN} {...CHART_PROPS}>
          <CartesianGrid stroke={colors.grid} vertical={false} />
          <XAxis
            {...axis}
            dataKey="size"
            type="number"
            domain={[Math.max(0, from - room), to + room]}
            ticks={sizes.length > 7 ? spreadTicks(sizes) : [...sizes]}
            label={xLabel('test resolution, px', colors)}
            height={36}
          />
          <YAxis {...axis} {...yAxis} width={52} label={yLabel('accuracy, %', colors)} />
          {guessing !== null && (
            <ReferenceLine y={100 * guessing} stroke={colors.ink} strokeDasharray="2 4" ifOverflow="hidden" />
          )}
          <ReferenceLine x={config.trainSize} stroke={colors.train} strokeDasharray="5 4" />
          <Area
            dataKey="band"
            stroke="none"
            fill={colors.validation}
            fillOpacity={0.16}
            isAnimationActive={false}
            activeDot={false}
          />
          <Line
            name="accuracy"
            dataKey="accuracy"
            stroke={colors.validation}
            strokeWidth={2.25}
            dot={{ r: 4, fill: colors.surface }}
            isAnimationActive={false}
          />
          {best && leader === 'best' && (
            <ReferenceDot
              x={best.size}
              y={best.accuracy * 100}
              r={6.5}
              fill={colors.validation}
              stroke={colors.surface}
            />
          )}
          {reference && (
            <ReferenceDot
              x={reference.size}
              y={reference.accuracy * 100}
              r={6}
              shape={Diamond}
              fill={colors.reference}
              stroke={colors.surface}
            />
          )}
          <Tooltip content={Readout} isAnimationActive={false} />
          <Labels
            labels={labels}
            curves={[
              rows.map(({ size, accuracy }) => ({ x: size, y: accuracy })),
              // A dot is no line: a short one through its middle keeps words off.
              ...all.map(({ size, accuracy }) => [
                { x: size - room / 4, y: 100 * accuracy },
                { x: size + room / 4, y: 100 * accuracy },
              ]),
            ]}
            colors={colors}
          />
        </ComposedChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}

function labelsOf(
  sweep: SweepResult,
  guessing: number | null,
  leader: Props['leader'],
  colors: ChartColors,
): ChartLabel[] {
  const best = leaderOf(sweep);
  const { reference, config } = sweep;
  const most = leader ?? (config.selectBy === 'accuracy' ? 'highest' : `highest ${SELECTION_NAMES[config.selectBy]}`);
  const right = best && formatAccuracy(best.accuracy, best.count);
  return [
    ...(best
      ? [
          {
            kind: 'point',
            text:
              config.selectBy === 'accuracy'
                ? `${most} ${leadingSizes(sweep, leader)}, ${right}`
                : `${most} at ${leadingSizes(sweep, leader)} (${right} right)`,
            x: best.size,
            y: best.accuracy * 100,
            color: colors.validation,
          } as const,
        ]
      : []),
    ...(reference
      ? [
          {
            kind: 'point',
            text: `baseline’s own view, ${formatAccuracy(reference.accuracy, reference.count)}`,
            x: reference.size,
            y: reference.accuracy * 100,
            color: colors.reference,
          } as const,
        ]
      : []),
    { kind: 'upright', text: `trained at ${config.trainSize} px`, x: config.trainSize, color: colors.train },
    ...(guessing === null
      ? []
      : [
          {
            kind: 'across',
            text: `guessing ${(100 * guessing).toFixed(0)} %`,
            y: 100 * guessing,
            color: colors.ink,
          } as const,
        ]),
  ];
}

function Diamond({ cx = 0, cy = 0, fill, stroke }: { cx?: number; cy?: number; fill?: string; stroke?: string }) {
  return <path d={`M${cx} ${cy - 7}l7 7-7 7-7-7z`} fill={fill} stroke={stroke} />;
}
