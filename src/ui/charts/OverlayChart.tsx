/** Curves of several runs over one another: a run has a colour, from the ninth on hollow; its parts and published ones dashes of their own. */
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { overlayTable } from '../../client/chartTables';
import { type Curve, type CurvePart, overlayRows } from '../../client/comparison';
import { digitisedSentence } from '../../client/published';
import type { GuideTopic } from '../../words/guide';
import { ChartFrame } from './ChartFrame';
import { HOLLOW, runMark, useChartColors } from './colors';
import { SideLegend, useLegendRoom } from './labels/SideLegend';
import { axisProps, CHART_PROPS, tooltipOf, xLabel, yLabel } from './parts';

const PUBLISHED = '3 4';
const DASHES: Record<CurvePart, string> = { training: '1.5 4', tuned: '9 4', 'tuned training': '9 4 1.5 4' };

const dashOf = ({ published, part }: Curve): string | undefined => (published ? PUBLISHED : part && DASHES[part]);

interface Props {
  title: string;
  guide?: GuideTopic;
  sentence: string;
  fileName: string;
  curves: readonly Curve[];
  /** With its unit. */
  xName: string;
  yName: string;
  /** A value as it is read. */
  format: (y: number) => string;
  /** Values that the y axis names, from its beginning to its end. */
  yTicks: readonly number[];
  readX: (x: number) => string;
  /** Values that the x axis names, of all that have points, in order. */
  ticksOf: (xs: readonly number[]) => number[];
}

export function OverlayChart({
  title,
  guide = 'runs',
  sentence,
  fileName,
  curves,
  xName,
  yName,
  format,
  yTicks,
  readX,
  ticksOf,
}: Props) {
  const colors = useChartColors();
  const axis = axisProps(colors);
  const rows = overlayRows(curves);
  const entries = curves.map((curve) => ({
    name: curve.name,
    ending: curve.ending,
    dash: dashOf(curve),
    ...runMark(colors, curve.color),
  }));
  const legend = useLegendRoom(entries);
  const Readout = tooltipOf(readX, format);
  return (
    <ChartFrame
      guide={guide}
      title={title}
      sentence={[sentence, digitisedSentence(curves)].filter(Boolean).join(' ')}
      fileName={fileName}
      roomBelow={legend.below}
      table={overlayTable(curves, { xName, yName, format })}
    >
      <ResponsiveContainer width="100%" height="100%">
        <LineChart data={rows} margin={legend.margin} {...CHART_PROPS}>
          <CartesianGrid stroke={colors.grid} />
          <XAxis
            {...axis}
            dataKey="x"
            type="number"
            domain={['dataMin', 'dataMax']}
            ticks={ticksOf(rows.map((row) => row['x']!))}
            height={36}
            label={xLabel(xName, colors)}
          />
          <YAxis
            {...axis}
            width={52}
            domain={[yTicks[0]!, yTicks.at(-1)!]}
            ticks={[...yTicks]}
            label={yLabel(yName, colors)}
          />
          <Tooltip content={Readout} isAnimationActive={false} />
          {entries.flatMap(({ name, color, dash, hollow }, i) => {
            const line = {
              dataKey: String(i),
              strokeDasharray: dash,
              connectNulls: true,
              isAnimationActive: false,
            };
            const dot = rows.length <= 40 && {
              r: 2.5,
              fill: colors.surface,
              stroke: color,
              strokeWidth: 2,
              strokeDasharray: '0',
            };
            return [
              <Line
                key={name}
                {...line}
                name={name}
                stroke={color}
                strokeWidth={hollow ? HOLLOW.line : 2}
                dot={!hollow && dot}
              />,
              hollow && (
                <Line
                  key={`${name}, core`}
                  {...line}
                  stroke={colors.surface}
                  strokeWidth={HOLLOW.core}
                  dot={dot}
                  activeDot={false}
                  tooltipType="none"
                />
              ),
            ];
          })}
          <SideLegend entries={entries} colors={colors} />
        </LineChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}
