/** The mean over seeds with its interval, and each seed faint behind it. */
import { Area, CartesianGrid, ComposedChart, Line, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { accuracyDomain, epochTicks, percentTicks, spreadTicks } from '../../client/chartRows';
import type { SeedChartData, SeedRow } from '../../client/seedRows';
import { formatNoun } from '../../words/format';
import { INTERVAL_NOTE } from '../../words/seeds';
import { ChartFrame } from './ChartFrame';
import { useChartColors } from './colors';
import { axisProps, CHART_PROPS, MARGIN, tooltipOf, xLabel, yLabel } from './parts';

interface Props extends SeedChartData {
  by: 'epoch' | 'size';
  /** What was measured: "Validation accuracy". */
  title: string;
  fileName: string;
}

const FAINT = 0.35;

export function SeedsChart({ rows, seeds, table, by, title, fileName }: Props) {
  const colors = useChartColors();
  const axis = axisProps(colors);
  const xs = rows.map(({ x }) => x);
  const shown = rows.flatMap((row) => [row.mean, ...(row.band ?? []), ...valuesOf(row, seeds.length)]);
  const domain = accuracyDomain(shown);
  const Readout = tooltipOf<SeedRow>(
    (x, row) =>
      `${by === 'epoch' ? `Epoch ${x}` : `${x} px`}${row?.band ? `, 95 % interval ${bandText(row.band)}` : ''}`,
    (y) => `${y.toFixed(1)} %`,
  );
  return (
    <ChartFrame
      guide="seeds"
      title={title}
      sentence={`${formatNoun(seeds.length, 'seed')}. ${INTERVAL_NOTE}`}
      fileName={fileName}
      table={table}
    >
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart data={[...rows]} margin={MARGIN} {...CHART_PROPS}>
          <CartesianGrid stroke={colors.grid} vertical={false} />
          <XAxis
            {...axis}
            dataKey="x"
            type="number"
            domain={['dataMin', 'dataMax']}
            padding={{ left: 16, right: 16 }}
            ticks={by === 'epoch' ? epochTicks(Math.max(...xs)).filter((x) => x >= Math.min(...xs)) : spreadTicks(xs)}
            label={xLabel(by === 'epoch' ? 'epoch' : 'test resolution, px', colors)}
            height={36}
          />
          <YAxis
            {...axis}
            width={52}
            domain={domain}
            ticks={percentTicks(domain)}
            label={yLabel('accuracy, %', colors)}
          />
          <Tooltip content={Readout} isAnimationActive={false} />
          <Area
            dataKey="band"
            stroke="none"
            fill={colors.validation}
            fillOpacity={0.16}
            isAnimationActive={false}
            activeDot={false}
          />
          {seeds.map((seed, i) => (
            <Line
              key={seed}
              name={`seed ${seed}`}
              dataKey={`s${i}`}
              stroke={colors.ink}
              strokeOpacity={FAINT}
              strokeWidth={1.25}
              dot={rows.length === 1 ? { r: 3, fill: colors.ink, fillOpacity: FAINT } : false}
              connectNulls
              isAnimationActive={false}
            />
          ))}
          <Line
            name="mean"
            dataKey="mean"
            stroke={colors.validation}
            strokeWidth={2.25}
            dot={{ r: 3.5, fill: colors.surface }}
            isAnimationActive={false}
          />
        </ComposedChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}

const valuesOf = (row: SeedRow, seeds: number): number[] =>
  Array.from({ length: seeds }, (_, i) => row[`s${i}`]).filter((value) => value !== undefined);

const bandText = ([low, high]: readonly [number, number]): string => `${low.toFixed(1)} to ${high.toFixed(1)} %`;
