/** Accuracy of each class by test resolution: who gains from a larger size, and who loses. */
import { CartesianGrid, Line, LineChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { classRows, shownClasses, spreadTicks } from '../../client/chartRows';
import { classTable } from '../../client/chartTables';
import { shortened, withoutPrefix } from '../../client/classNames';
import type { SweepResult } from '../../client/state';
import { formatAccuracy } from '../../words/format';
import { ChartFrame } from './ChartFrame';
import { useChartColors } from './colors';
import { Labels } from './labels/Labels';
import { widest } from './labels/measureText';
import { axisProps, CHART_PROPS, MARGIN, PERCENT_AXIS, tooltipOf, xLabel, yLabel } from './parts';

interface Props {
  sweep: SweepResult;
  /** The data set's, in its order. */
  classes: readonly string[];
  sentence: string;
}

const LABEL_LENGTH = 22;
/** Dashes tell neighbours in the colours' order apart, too. */
const DASHES = [undefined, '7 3', '2 3'];

export function ClassChart({ sweep, classes, sentence }: Props) {
  const colors = useChartColors();
  const { points, config } = sweep;
  const Readout = tooltipOf(
    (size) => `${size} px`,
    (y) => formatAccuracy(y / 100, points[0]?.count ?? 0),
  );
  const rows = classRows(points);
  const shown = shownClasses(points, colors.classes.length);
  const last = points.at(-1);
  const sizes = points.map(({ size }) => size);
  const axis = axisProps(colors);
  const short = withoutPrefix(classes);
  const labels = shown.flatMap((index, i) => {
    const share = last?.classes[index];
    if (typeof share !== 'number' || !last) return [];
    const text = shortened(short[index] ?? '', LABEL_LENGTH);
    return [{ kind: 'end', text, x: last.size, y: share * 100, color: colors.classes[i]! } as const];
  });
  const right =
    Math.ceil(
      widest(
        labels.map(({ text }) => text),
        12,
        600,
      ),
    ) + 16;
  const few =
    shown.length < classes.length
      ? ` Drawn are the ${shown.length} that differ most; the table has all ${classes.length}.`
      : '';
  return (
    <ChartFrame
      guide="classes"
      title="Accuracy by class"
      sentence={sentence + few}
      fileName="classes"
      table={classTable(points, classes)}
    >
      <ResponsiveContainer width="100%" height="100%">
        <LineChart data={rows} margin={{ ...MARGIN, right }} {...CHART_PROPS}>
          <CartesianGrid stroke={colors.grid} vertical={false} />
          <XAxis
            {...axis}
            dataKey="size"
            type="number"
            domain={[sizes[0] ?? 0, sizes.at(-1) ?? 1]}
            ticks={sizes.length > 7 ? spreadTicks(sizes) : sizes}
            label={xLabel('test resolution, px', colors)}
            height={36}
          />
          <YAxis {...axis} {...PERCENT_AXIS} width={52} label={yLabel('accuracy, %', colors)} />
          <ReferenceLine x={config.trainSize} stroke={colors.train} strokeDasharray="5 4" />
          {shown.map((index, i) => (
            <Line
              key={index}
              name={classes[index] ?? String(index)}
              dataKey={String(index)}
              stroke={colors.classes[i]}
              strokeWidth={2}
              strokeDasharray={DASHES[i % DASHES.length]}
              dot={{ r: 3, fill: colors.surface, strokeDasharray: '0' }}
              isAnimationActive={false}
            />
          ))}
          <Tooltip content={Readout} isAnimationActive={false} />
          <Labels labels={labels} curves={[]} colors={colors} right={right - 4} />
        </LineChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}
