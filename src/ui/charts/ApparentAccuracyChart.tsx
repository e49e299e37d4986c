/** Accuracy by how large things look beside training: a curve a test size, dots where it has one ratio alone. */
import {
  CartesianGrid,
  ErrorBar,
  ReferenceLine,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { apparentAccuracyTable, type ApparentPoint, apparentPoints, ratioTicks } from '../../client/apparentAccuracy';
import { accuracyDomain, percentTicks } from '../../client/chartRows';
import type { ApparentAccuracy } from '../../protocol/messages';
import { apparentAccuracySentence } from '../../words/apparentAccuracy';
import { formatAccuracy } from '../../words/format';
import { ChartFrame } from './ChartFrame';
import { sizeColor, useChartColors } from './colors';
import { SideLegend, useLegendRoom } from './labels/SideLegend';
import { axisProps, CHART_PROPS, tooltipOf, xLabel, yLabel } from './parts';

const Readout = tooltipOf<ApparentPoint>(
  (_, row) => (row ? `${row.text} times as large as in training, ${row.photos} photos` : ''),
  (y) => formatAccuracy(y / 100, 0),
);

export function ApparentAccuracyChart({ apparent }: { apparent: ApparentAccuracy }) {
  const colors = useChartColors();
  const axis = axisProps(colors);
  const { views } = apparent;
  const curves = views.map(({ size, bins }, i) => ({
    name: `${size} px`,
    color: sizeColor(colors, i, views.length),
    points: apparentPoints(bins),
  }));
  const legend = useLegendRoom(curves);
  const ticks = ratioTicks(apparent);
  const domain = accuracyDomain(
    curves.flatMap(({ points }) =>
      points.flatMap(({ accuracy, reach: [down, up] }) => [Math.max(0, accuracy - down), Math.min(100, accuracy + up)]),
    ),
  );
  return (
    <ChartFrame
      guide="apparentAccuracy"
      title="Accuracy by apparent size"
      sentence={apparentAccuracySentence(apparent)}
      fileName="apparent-size-accuracy"
      roomBelow={legend.below}
      table={apparentAccuracyTable(apparent)}
    >
      <ResponsiveContainer width="100%" height="100%">
        <ScatterChart margin={legend.margin} {...CHART_PROPS}>
          <CartesianGrid stroke={colors.grid} />
          <XAxis
            {...axis}
            dataKey="ratio"
            name="ratio"
            type="number"
            scale="log"
            domain={[ticks[0]!, ticks.at(-1)!]}
            ticks={ticks}
            label={xLabel('times as large as in training', colors)}
            height={36}
          />
          <YAxis
            {...axis}
            dataKey="accuracy"
            name="accuracy"
            width={52}
            domain={domain}
            ticks={percentTicks(domain)}
            label={yLabel('accuracy, %', colors)}
          />
          <ReferenceLine x={1} stroke={colors.train} strokeDasharray="5 4" />
          <Tooltip content={Readout} isAnimationActive={false} />
          {curves.map(({ name, color, points }) => (
            <Scatter
              key={name}
              name={name}
              data={points}
              fill={color}
              line={{ stroke: color, strokeWidth: 2 }}
              isAnimationActive={false}
            >
              <ErrorBar
                dataKey="reach"
                direction="y"
                width={5}
                strokeWidth={1.5}
                stroke={color}
                isAnimationActive={false}
              />
            </Scatter>
          ))}
          <SideLegend entries={curves} colors={colors} />
        </ScatterChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}
