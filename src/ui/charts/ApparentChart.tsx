/** How large things look in testing beside training, drawn as often as training draws: a curve a test view. */
import { CartesianGrid, Line, LineChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import {
  apparentDomain,
  apparentName,
  apparentRows,
  apparentSentence,
  apparentTable,
  apparentTicks,
} from '../../client/apparent';
import type { ApparentSizes } from '../../protocol/messages';
import { ChartFrame } from './ChartFrame';
import { sizeColor, useChartColors } from './colors';
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
              stroke={i === 0 ? colors.reference : sizeColor(colors, i - 1, sizes.views.length - 1)}
              strokeWidth={2}
              strokeDasharray={i === 0 ? '2 3' : undefined}
              dot={false}
              isAnimationActive={false}
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}
