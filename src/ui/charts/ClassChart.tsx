/** Accuracy of each class by test resolution: who gains from a larger size, and who loses. */
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
import { classRows, percentTicks, shownClasses } from '../../client/chartRows';
import { classTable } from '../../client/chartTables';
import { formatAccuracy } from '../../words/format';
import type { SweepResult } from '../../client/state';
import { ChartFrame } from './ChartFrame';
import { useChartColors } from './colors';
import { axisProps, endLabel, labelShifts, MARGIN, tooltipOf, xLabel, yLabel } from './parts';

interface Props {
  sweep: SweepResult;
  /** The data set's, in its order. */
  classes: readonly string[];
  sentence: string;
  height: number;
}

const LABEL_LENGTH = 16;
const DOMAIN = [0, 100] as const;
/** Dashes tell neighbours in the colours' order apart, too. */
const DASHES = [undefined, '7 3', '2 3'];

export function ClassChart({ sweep, classes, sentence, height }: Props) {
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
  const labels = shown.flatMap((index, i) => {
    const share = last?.classes[index];
    const name = classes[index] ?? '';
    const text = name.length > LABEL_LENGTH ? `${name.slice(0, LABEL_LENGTH - 1)}…` : name;
    return share === null || share === undefined ? [] : [{ text, y: share * 100, color: colors.classes[i]! }];
  });
  const shifts = labelShifts(labels, (height - MARGIN.top - MARGIN.bottom - 30) / 100, 0);
  return (
    <ChartFrame
      guide="classes"
      title="Accuracy by class"
      sentence={sentence}
      fileName="classes"
      height={height}
      table={classTable(points, classes)}
    >
      <ResponsiveContainer width="100%" height={height}>
        <LineChart data={rows} margin={{ ...MARGIN, right: 118 }} title="Accuracy of each class by test resolution">
          <CartesianGrid stroke={colors.grid} />
          <XAxis
            {...axis}
            dataKey="size"
            type="number"
            domain={[sizes[0] ?? 0, sizes.at(-1) ?? 1]}
            ticks={sizes}
            label={xLabel('test resolution, px', colors)}
          />
          <YAxis
            {...axis}
            width={46}
            domain={[...DOMAIN]}
            ticks={percentTicks(DOMAIN)}
            label={yLabel('accuracy, %', colors)}
          />
          <ReferenceLine x={config.trainSize} stroke={colors.train} strokeDasharray="5 4" />
          <Tooltip content={Readout} isAnimationActive={false} />
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
          {last &&
            labels.map((label) => (
              <ReferenceDot
                key={label.text}
                x={last.size}
                y={label.y}
                r={0}
                label={endLabel(label, shifts.get(label.text) ?? 0, colors)}
              />
            ))}
        </LineChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}
