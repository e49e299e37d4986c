/** Cumulative distributions of pooled activations, with the share of exact zeros of each. */
import { IconMathFunction } from '@tabler/icons-react';
import { useState } from 'react';
import { CartesianGrid, Tooltip as ChartTooltip, Line, LineChart, ResponsiveContainer, XAxis, YAxis } from 'recharts';
import { type CdfScale, cdfRows, logTicks, niceTicks } from '../../client/chartRows';
import { activationsTable } from '../../client/chartTables';
import { formatPercent } from '../../words/format';
import type { ActivationStats, Distance } from '../../engine/base/records';
import { ChartFrame, Tool } from './ChartFrame';
import { useChartColors } from './colors';
import { SideLegend, useLegendRoom } from './labels/SideLegend';
import { axisProps, CHART_PROPS, tooltipOf, xLabel, yLabel } from './parts';

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
}

const ZEROS = 'exactly zero';

const Readout = tooltipOf(
  (x) => `Activations up to ${x.toFixed(2)}`,
  (share) => `${share.toFixed(1)} %`,
);

export function CdfChart({ curves, by, guide, pooled, sentence, fileName }: Props) {
  const colors = useChartColors();
  const [scale, setScale] = useState<CdfScale>('linear');
  const rows = cdfRows(
    curves.map(({ key, activations }) => ({ key, cdf: activations.cdf })),
    scale,
  );
  const [from, end] = [rows[0]?.x ?? 0, rows.at(-1)?.x ?? 1];
  const axis = axisProps(colors);
  const log = scale === 'log';
  const title = pooled === 'averages' ? `Pooled activations ${by}` : `Pooled activations, ${pooled}, ${by}`;
  const entries = curves.map(({ name, color, dash, activations }) => ({
    name,
    color,
    dash,
    figure: formatPercent(activations.zeroFraction),
  }));
  const legend = useLegendRoom(entries, ZEROS);
  return (
    <ChartFrame
      guide={guide}
      title={title}
      sentence={sentence}
      fileName={fileName}
      roomBelow={legend.below}
      tools={
        <Tool label="Logarithmic axis" of={title} pressed={log} onClick={() => setScale(log ? 'linear' : 'log')}>
          <IconMathFunction size={17} />
        </Tool>
      }
      table={activationsTable(curves)}
    >
      <ResponsiveContainer width="100%" height="100%">
        <LineChart data={rows} margin={legend.margin} {...CHART_PROPS}>
          <CartesianGrid stroke={colors.grid} />
          <XAxis
            {...axis}
            dataKey="x"
            type="number"
            scale={scale}
            domain={[from, end]}
            ticks={log ? logTicks(from, end) : niceTicks(end).filter((tick) => tick <= end)}
            height={36}
            label={xLabel(log ? 'activation, logarithmic' : 'activation', colors)}
          />
          <YAxis {...axis} width={52} domain={[0, 100]} tickCount={5} label={yLabel('share up to it, %', colors)} />
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
          <SideLegend entries={entries} colors={colors} heading={ZEROS} />
        </LineChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}
