/** Curves of several runs over one another; published ones are dashed. */
import { CartesianGrid, Legend, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { type Curve, overlayRows } from '../../client/comparison';
import { digitisedSentence } from '../../client/published';
import { overlayTable } from '../../client/chartTables';
import { ChartFrame } from './ChartFrame';
import { useChartColors } from './colors';
import { axisProps, tooltipOf, xLabel, yLabel } from './parts';

interface Props {
  title: string;
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
  height: number;
}

/** A name's line in the legend, and how much of a name it holds. */
const LEGEND_LINE_PX = 20;
const LEGEND_LETTERS = 38;

/** The legend stands above the plot and takes nothing of its height, however many curves there are. */
const legendHeight = (curves: readonly Curve[]) =>
  curves.reduce((sum, { name }) => sum + LEGEND_LINE_PX * Math.ceil(name.length / LEGEND_LETTERS), 0);

export function OverlayChart({
  title,
  sentence,
  fileName,
  curves,
  xName,
  yName,
  format,
  yTicks,
  readX,
  ticksOf,
  height,
}: Props) {
  const colors = useChartColors();
  const axis = axisProps(colors);
  const rows = overlayRows(curves);
  const whole = height + legendHeight(curves);
  const Readout = tooltipOf(readX, format);
  return (
    <ChartFrame
      guide="runs"
      title={title}
      sentence={[sentence, digitisedSentence(curves)].filter(Boolean).join(' ')}
      fileName={fileName}
      height={whole}
      table={overlayTable(curves, { xName, yName, format })}
    >
      <ResponsiveContainer width="100%" height={whole}>
        <LineChart data={rows} margin={{ top: 10, right: 20, bottom: 18, left: 8 }} title={title}>
          <CartesianGrid stroke={colors.grid} />
          <XAxis
            {...axis}
            dataKey="x"
            type="number"
            domain={['dataMin', 'dataMax']}
            ticks={ticksOf(rows.map((row) => row['x']!))}
            label={xLabel(xName, colors)}
          />
          <YAxis
            {...axis}
            width={46}
            domain={[yTicks[0]!, yTicks.at(-1)!]}
            ticks={[...yTicks]}
            label={yLabel(yName, colors)}
          />
          <Tooltip content={Readout} isAnimationActive={false} />
          <Legend
            verticalAlign="top"
            align="left"
            wrapperStyle={{ fontSize: 12, paddingLeft: 46 }}
            iconType="plainline"
          />
          {curves.map(({ name, published }, i) => (
            <Line
              key={name}
              name={name}
              dataKey={String(i)}
              stroke={colors.classes[i % colors.classes.length]}
              strokeWidth={2}
              strokeDasharray={published ? '3 4' : undefined}
              dot={rows.length <= 40 ? { r: 2.5, fill: colors.surface, strokeDasharray: '0' } : false}
              connectNulls
              isAnimationActive={false}
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}
