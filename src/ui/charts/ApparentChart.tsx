/** How large things look in testing beside training, drawn as often as training draws: a curve a test view. */
import { CartesianGrid, Line, LineChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
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
import { type ChartLabel, Labels } from './labels/Labels';
import { axisProps, CHART_PROPS, MARGIN, tooltipOf, xLabel, yLabel } from './parts';

const Readout = tooltipOf(
  (ratio) => `${ratio.toFixed(2)} times as large as in training`,
  (share) => `${share.toFixed(0)} % a doubling`,
);

export function ApparentChart({ sizes }: { sizes: ApparentSizes }) {
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
      table={apparentTable(sizes)}
    >
      <ResponsiveContainer width="100%" height="100%">
        <LineChart data={rows} margin={MARGIN} {...CHART_PROPS}>
          <CartesianGrid stroke={colors.grid} />
          <XAxis
            {...axis}
            dataKey="ratio"
            type="number"
            scale="log"
            domain={domain}
            ticks={apparentTicks(domain)}
            height={36}
            label={xLabel('times as large as in training', colors)}
          />
          <YAxis {...axis} width={52} label={yLabel('training views, % a doubling', colors)} />
          <ReferenceLine x={1} stroke={colors.train} strokeDasharray="5 4" />
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
          <Labels
            labels={[
              ...peakLabels(sizes, rows, colors),
              { kind: 'upright', text: 'as in training', x: 1, color: colors.train },
            ]}
            curves={sizes.views.map((_, i) => rows.map((row) => ({ x: row.ratio, y: row[String(i)] })))}
            colors={colors}
          />
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
function peakLabels(sizes: ApparentSizes, rows: readonly ApparentRow[], colors: ChartColors): ChartLabel[] {
  const peaks = sizes.views.map(({ crop }, i) => {
    const key = String(i);
    const top = rows.reduce((best, row) => ((row[key] ?? 0) > (best[key] ?? 0) ? row : best));
    const text = i === 0 ? `validation ${crop} px` : `${crop} px`;
    return { kind: 'point' as const, x: top.ratio, y: top[key] ?? 0, text, color: colorOf(i, sizes)(colors) };
  });
  return peaks.filter(({ x }, i) => !peaks.slice(0, i).some((one) => Math.abs(Math.log(one.x / x)) < 0.1));
}
