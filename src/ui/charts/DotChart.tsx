/** Accuracies with their intervals, a line each, and what guessing gives. */
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
import { accuracyDomain, type DotRow, percentTicks } from '../../client/chartRows';
import type { ChartTable } from '../../client/chartTable';
import { formatAccuracy, keepUnits } from '../../words/format';
import type { GuideTopic } from '../../words/guide';
import { useNarrow } from '../useNarrow';
import { ChartFrame, LEAST_HEIGHT } from './ChartFrame';
import { type ChartColors, useChartColors } from './colors';
import { Labels } from './labels/Labels';
import { linesOf, widest } from './labels/measureText';
import { axisProps, CHART_PROPS, MARGIN, tooltipOf, xLabel } from './parts';

interface Props {
  title: string;
  sentence: string;
  fileName: string;
  guide: GuideTopic;
  rows: readonly DotRow[];
  table: ChartTable;
  /** The share that guessing gets right. */
  guessing: number | null;
  quiet?: boolean;
}

/** Of a label's words, px. */
const FONT_SIZE = 12;
const LINE_HEIGHT = 14;
const BETWEEN_LABELS = 6;
const AXIS_HEIGHT = 36;

export function DotChart({ title, sentence, fileName, guide, rows, table, guessing, quiet }: Props) {
  const colors = useChartColors();
  const narrow = useNarrow();
  const Readout = tooltipOf<DotRow>(
    (_, row) => row?.label ?? '',
    (y) => formatAccuracy(y / 100, rows[0]?.photos ?? 0),
  );
  const axis = axisProps(colors);
  const domain = accuracyDomain([
    ...rows.flatMap(({ accuracy, reach: [down, up], seeds = [] }) => [accuracy - down, accuracy + up, ...seeds]),
    ...(guessing === null ? [] : [100 * guessing]),
  ]);
  const labelWidth = Math.min(
    narrow ? 120 : 320,
    Math.ceil(
      widest(
        rows.map(({ label }) => label),
        FONT_SIZE,
      ),
    ) + 14,
  );
  const lines = Math.max(1, ...rows.map(({ label }) => linesOf(keepUnits(label), FONT_SIZE, labelWidth)));
  const needed = rows.length * (lines * LINE_HEIGHT + BETWEEN_LABELS) + AXIS_HEIGHT + MARGIN.top + MARGIN.bottom;
  return (
    <ChartFrame
      guide={guide}
      title={title}
      sentence={sentence}
      fileName={fileName}
      quiet={quiet ?? false}
      table={table}
      roomBelow={Math.max(0, needed - LEAST_HEIGHT)}
    >
      <ResponsiveContainer width="100%" height="100%">
        <ScatterChart margin={{ ...MARGIN, right: 32 }} {...CHART_PROPS}>
          <CartesianGrid stroke={colors.grid} horizontal={false} />
          <XAxis
            {...axis}
            dataKey="accuracy"
            name="accuracy"
            type="number"
            domain={domain}
            ticks={percentTicks(domain)}
            label={xLabel('accuracy, %', colors)}
            height={AXIS_HEIGHT}
          />
          <YAxis
            {...axis}
            // Measured for wrapping by its style alone.
            tick={{ ...axis.tick, style: { fontSize: `${FONT_SIZE}px` } }}
            tickFormatter={keepUnits}
            dataKey="label"
            type="category"
            width={labelWidth}
            interval={0}
            reversed
            allowDuplicatedCategory={false}
            tickLine={false}
          />
          {guessing !== null && <ReferenceLine x={100 * guessing} stroke={colors.ink} strokeDasharray="2 4" />}
          <Tooltip content={Readout} isAnimationActive={false} />
          <Scatter
            name="single seeds"
            data={rows.flatMap(({ label, seeds = [] }) => seeds.map((accuracy) => ({ label, accuracy })))}
            fill={colors.ink}
            fillOpacity={0.35}
            isAnimationActive={false}
          />
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
                width={6}
                strokeWidth={2}
                stroke={colorOf(kind, colors)}
                isAnimationActive={false}
              />
            </Scatter>
          ))}
          <DotLabels rows={rows} guessing={guessing} colors={colors} />
        </ScatterChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}

const KIND_NAMES: Record<DotRow['kind'], string> = { none: 'not tuned', train: 'training views', test: 'test views' };

function colorOf(kind: DotRow['kind'], colors: ChartColors): string {
  return { none: colors.reference, train: colors.train, test: colors.validation }[kind];
}

/** Each line's figure at its dot, and what guessing gives. */
function DotLabels({
  rows,
  guessing,
  colors,
}: {
  rows: readonly DotRow[];
  guessing: number | null;
  colors: ChartColors;
}) {
  const labels = [
    ...rows.map(({ label, accuracy, figure, kind, photos }) => ({
      kind: 'point' as const,
      text: figure ?? formatAccuracy(accuracy / 100, photos),
      x: accuracy,
      y: label,
      color: colorOf(kind, colors),
    })),
    ...(guessing === null
      ? []
      : [
          {
            kind: 'upright' as const,
            text: `guessing ${(100 * guessing).toFixed(0)} %`,
            x: 100 * guessing,
            color: colors.ink,
          },
        ]),
  ];
  const bars = rows.map(({ label, accuracy, reach: [down, up] }) => [
    { x: accuracy - down, y: label },
    { x: accuracy + up, y: label },
  ]);
  return <Labels labels={labels} curves={bars} colors={colors} />;
}
