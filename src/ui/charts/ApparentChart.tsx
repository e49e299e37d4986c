/** How large things look in testing beside training, drawn as often as training draws: a curve a test view. */
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
  apparentDomain,
  apparentName,
  type ApparentRow,
  apparentRows,
  apparentSentence,
  apparentTable,
  apparentTicks,
} from '../../client/apparent';
import type { ApparentSizes } from '../../protocol/messages';
import { ChartFrame } from './ChartFrame';
import { type ChartColors, sizeColor, useChartColors } from './colors';
import { axisProps, halo, tooltipOf, xLabel, yLabel } from './parts';

const Readout = tooltipOf(
  (ratio) => `${ratio.toFixed(2)} times as large as in training`,
  (share) => `${share.toFixed(0)} % a doubling`,
);

export function ApparentChart({ sizes, height }: { sizes: ApparentSizes; height: number }) {
  const colors = useChartColors();
  const rows = apparentRows(sizes);
  const domain = apparentDomain(sizes.views);
  const axis = axisProps(colors);
  return (
    <ChartFrame
      guide="apparent"
      title="How large things look in testing"
      sentence={apparentSentence(sizes)}
      fileName="apparent-size"
      height={height}
      table={apparentTable(sizes)}
    >
      <ResponsiveContainer width="100%" height={height}>
        <LineChart
          data={rows}
          margin={{ top: 16, right: 16, bottom: 18, left: 8 }}
          title="Distribution of apparent size in testing over apparent size in training"
        >
          <CartesianGrid stroke={colors.grid} />
          <XAxis
            {...axis}
            dataKey="ratio"
            type="number"
            scale="log"
            domain={domain}
            ticks={apparentTicks(domain)}
            label={xLabel('times as large as in training', colors)}
          />
          <YAxis {...axis} width={46} label={yLabel('training views, %', colors)} />
          <ReferenceLine
            x={1}
            stroke={colors.train}
            strokeDasharray="5 4"
            label={{ value: 'as in training', position: 'top', fill: colors.train, fontSize: 11, ...halo(colors) }}
          />
          <Tooltip content={Readout} isAnimationActive={false} />
          {sizes.views.map((view, i) => (
            <Line
              key={apparentName(view, i)}
              name={apparentName(view, i)}
              dataKey={String(i)}
              stroke={colorOf(i, sizes)(colors)}
              strokeWidth={2}
              strokeDasharray={i === 0 ? '2 3' : undefined}
              dot={false}
              isAnimationActive={false}
            />
          ))}
          {peakLabels(sizes, rows).map(({ ratio, peak, text, color }) => (
            <ReferenceDot
              key={text}
              x={ratio}
              y={peak}
              r={0}
              label={{
                value: text,
                position: 'top',
                fontSize: 11,
                fontWeight: 600,
                fill: color(colors),
                ...halo(colors),
              }}
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}

const colorOf =
  (index: number, { views }: ApparentSizes) =>
  (colors: ChartColors): string =>
    index === 0 ? colors.reference : sizeColor(colors, index - 1, views.length - 1);

/** A name at each curve's highest point; curves that peak together share the first one's. */
function peakLabels(sizes: ApparentSizes, rows: readonly ApparentRow[]) {
  const peaks = sizes.views.map(({ crop }, i) => {
    const key = String(i);
    const top = rows.reduce((best, row) => ((row[key] ?? 0) > (best[key] ?? 0) ? row : best));
    const text = i === 0 ? `validation ${crop} px` : `${crop} px`;
    return { ratio: top.ratio, peak: top[key] ?? 0, text, color: colorOf(i, sizes) };
  });
  return peaks.filter(({ ratio }, i) => !peaks.slice(0, i).some((one) => Math.abs(Math.log(one.ratio / ratio)) < 0.1));
}
