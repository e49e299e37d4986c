/** Accuracies with their intervals, a line each: an experiment's table as a picture. */
import { CartesianGrid, ErrorBar, ResponsiveContainer, Scatter, ScatterChart, Tooltip, XAxis, YAxis } from 'recharts';
import { accuracyDomain, type DotRow, percentTicks } from '../../client/chartRows';
import type { ChartTable } from '../../client/chartTable';
import { formatAccuracy } from '../../words/format';
import { ChartFrame } from './ChartFrame';
import { type ChartColors, useChartColors } from './colors';
import { axisProps, tooltipOf, xLabel } from './parts';

interface Props {
  title: string;
  sentence: string;
  fileName: string;
  rows: readonly DotRow[];
  table: ChartTable;
}

const ROW_HEIGHT = 28;
const AXIS_HEIGHT = 56;
const LABEL_WIDTH = 310;

export function DotChart({ title, sentence, fileName, rows, table }: Props) {
  const colors = useChartColors();
  const Readout = tooltipOf<DotRow>(
    (_, row) => row?.label ?? '',
    (y) => formatAccuracy(y / 100, rows[0]?.photos ?? 0),
  );
  const axis = axisProps(colors);
  const domain = accuracyDomain(rows.flatMap(({ accuracy, reach: [down, up] }) => [accuracy - down, accuracy + up]));
  const height = rows.length * ROW_HEIGHT + AXIS_HEIGHT;
  return (
    <ChartFrame guide="experiment" title={title} sentence={sentence} fileName={fileName} height={height} table={table}>
      <ResponsiveContainer width="100%" height={height}>
        <ScatterChart margin={{ top: 8, right: 24, bottom: 18, left: 8 }} title={title}>
          <CartesianGrid stroke={colors.grid} horizontal={false} />
          <XAxis
            {...axis}
            dataKey="accuracy"
            name="accuracy"
            type="number"
            domain={domain}
            ticks={percentTicks(domain)}
            label={xLabel('accuracy, %', colors)}
          />
          <YAxis
            {...axis}
            dataKey="label"
            type="category"
            width={LABEL_WIDTH}
            interval={0}
            reversed
            allowDuplicatedCategory={false}
            tickLine={false}
          />
          <Tooltip content={Readout} isAnimationActive={false} />
          {(['none', 'train', 'test'] as const).map((kind) => (
            <Scatter
              key={kind}
              name={KIND_NAMES[kind]}
              data={rows.filter((row) => row.kind === kind)}
              fill={colorOf(kind, colors)}
              shape={kind === 'test' ? 'diamond' : 'circle'}
              isAnimationActive={false}
            >
              <ErrorBar
                dataKey="reach"
                direction="x"
                width={5}
                stroke={colorOf(kind, colors)}
                isAnimationActive={false}
              />
            </Scatter>
          ))}
        </ScatterChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}

const KIND_NAMES: Record<DotRow['kind'], string> = { none: 'not tuned', train: 'training views', test: 'test views' };

function colorOf(kind: DotRow['kind'], colors: ChartColors): string {
  return { none: colors.reference, train: colors.train, test: colors.validation }[kind];
}
