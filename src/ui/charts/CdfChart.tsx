/** Cumulative distributions of pooled activations, with the share of exact zeros of each. */
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconMathFunction } from '@tabler/icons-react';
import { useState } from 'react';
import { CartesianGrid, Tooltip as ChartTooltip, Line, LineChart, ResponsiveContainer, XAxis, YAxis } from 'recharts';
import { type CdfScale, cdfRows, logTicks, niceTicks } from '../../client/chartRows';
import { activationsTable } from '../../client/chartTables';
import { formatPercent } from '../../words/format';
import type { ActivationStats, Distance } from '../../engine/base/records';
import { ChartFrame } from './ChartFrame';
import { type ChartColors, useChartColors } from './colors';
import { axisProps, tooltipOf, xLabel, yLabel } from './parts';

export interface ActivationCurve {
  key: string;
  name: string;
  activations: ActivationStats;
  distance: Distance | null;
  color: string;
  dash?: string;
}

interface Props {
  curves: readonly ActivationCurve[];
  /** What sets the curves apart. */
  by: string;
  guide: 'activations' | 'pooledBoth' | 'shift';
  /** Averages of the last map, and under fastai's head its maxima, too. */
  pooled: 'averages' | 'averages and maxima';
  sentence: string;
  fileName: string;
  height: number;
}

const Readout = tooltipOf(
  (x) => `Activations up to ${x.toFixed(2)}`,
  (share) => `${share.toFixed(1)} %`,
);

export function CdfChart({ curves, by, guide, pooled, sentence, fileName, height }: Props) {
  const colors = useChartColors();
  const [scale, setScale] = useState<CdfScale>('linear');
  const rows = cdfRows(
    curves.map(({ key, activations }) => ({ key, cdf: activations.cdf })),
    scale,
  );
  const [from, end] = [rows[0]?.x ?? 0, rows.at(-1)?.x ?? 1];
  const axis = axisProps(colors);
  const log = scale === 'log';
  return (
    <ChartFrame
      guide={guide}
      title={pooled === 'averages' ? `Pooled activations ${by}` : `Pooled activations, ${pooled}, ${by}`}
      sentence={sentence}
      fileName={fileName}
      height={height}
      tools={
        <Tooltip label="Logarithmic axis">
          <ActionIcon
            variant={log ? 'light' : 'subtle'}
            color="gray"
            size="sm"
            onClick={() => setScale(log ? 'linear' : 'log')}
            aria-label="Logarithmic axis"
            aria-pressed={log}
          >
            <IconMathFunction size={16} />
          </ActionIcon>
        </Tooltip>
      }
      table={activationsTable(curves)}
    >
      <ResponsiveContainer width="100%" height={height}>
        <LineChart
          data={rows}
          margin={{ top: 10, right: 16, bottom: 18, left: 8 }}
          title="Cumulative distribution of the pooled activations"
        >
          <CartesianGrid stroke={colors.grid} />
          <XAxis
            {...axis}
            dataKey="x"
            type="number"
            scale={scale}
            domain={[from, end]}
            ticks={log ? logTicks(from, end) : niceTicks(end).filter((tick) => tick <= end)}
            label={xLabel(log ? 'activation, logarithmic' : 'activation', colors)}
          />
          <YAxis {...axis} width={46} domain={[0, 100]} tickCount={5} label={yLabel('share up to it, %', colors)} />
          <ChartTooltip content={Readout} isAnimationActive={false} />
          {curves.map(({ key, name, color, dash }) => (
            <Line
              key={key}
              name={name}
              dataKey={key}
              stroke={color}
              strokeWidth={2}
              strokeDasharray={dash}
              dot={false}
              isAnimationActive={false}
            />
          ))}
          {legend(curves, colors)}
        </LineChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}

const LEGEND_LINE = 16;
const LEGEND_WIDTH = 172;

/** In the plot's empty corner (a distribution is high on the right), with the share of exact zeros. */
function legend(curves: readonly ActivationCurve[], colors: ChartColors) {
  if (curves.length === 0) return null;
  return (
    <g transform="translate(0 0)" aria-hidden>
      <svg x="100%" y="100%" overflow="visible">
        <g
          transform={`translate(${-LEGEND_WIDTH - 22} ${-62 - curves.length * LEGEND_LINE})`}
          fontSize={11.5}
          fill={colors.ink}
        >
          <rect
            x={-6}
            y={-13}
            width={LEGEND_WIDTH + 10}
            height={(curves.length + 1) * LEGEND_LINE + 2}
            fill={colors.surface}
            opacity={0.85}
          />
          <text x={LEGEND_WIDTH} textAnchor="end">
            exactly zero
          </text>
          {curves.map(({ key, name, activations, color, dash }, i) => (
            <g key={key} transform={`translate(0 ${(i + 1) * LEGEND_LINE})`}>
              <line x2={22} y1={-4} y2={-4} stroke={color} strokeWidth={2.5} strokeDasharray={dash} />
              <text x={28}>{name}</text>
              <text x={LEGEND_WIDTH} textAnchor="end">
                {formatPercent(activations.zeroFraction)}
              </text>
            </g>
          ))}
        </g>
      </svg>
    </g>
  );
}
