/** Curves of several seeds: each mean with its interval, and every seed faint behind it. */
import {
  Area,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { accuracyDomain, epochTicks, niceTicks, percentTicks, spreadTicks } from '../../client/chartRows';
import { type SeedChartData, type SeedRow, valuesIn } from '../../client/seedRows';
import { drawnCurves, type SeedChart } from '../../protocol/seedCharts';
import { SEED_AXES, SEED_CHARTS, seedChartSentence, seedChartTitle, seedValueText } from '../../words/seeds';
import { ChartFrame } from './ChartFrame';
import { type ChartColors, sizeColor, useChartColors } from './colors';
import { SideLegend, useLegendRoom } from './labels/SideLegend';
import { axisProps, CHART_PROPS, DIAGONAL, MARGIN, PERCENT_AXIS, tooltipOf, xLabel, yLabel } from './parts';

const FAINT = 0.35;
/** Of one curve its band can be seen through all else; of several they would hide one another. */
const BAND = { alone: 0.16, among: 0.1 } as const;

export function SeedsChart({ chart, study, rows, table }: SeedChartData) {
  const colors = useChartColors();
  const axis = axisProps(colors);
  const { curves, x, id, run } = chart;
  const { seeds } = study;
  const { unit, y } = SEED_CHARTS[id];
  const drawn = drawnCurves(chart, colors.classes.length);
  const alone = drawn.length === 1;
  const entries = drawn.map((c, i) => ({ name: curves[c]!.name, color: colorOf(chart, i, drawn.length, colors) }));
  const room = useLegendRoom(entries);
  const { margin, below } = alone ? { margin: MARGIN, below: 0 } : room;
  const yAxis = yAxisOf(chart, valuesIn(rows, drawn, seeds.length));
  const Readout = tooltipOf<SeedRow>(
    (at) => readX(x, at),
    (value) => seedValueText(unit === 'share' ? value / 100 : value, unit),
  );
  return (
    <ChartFrame
      guide="seeds"
      title={seedChartTitle(chart)}
      sentence={seedChartSentence(study, run, drawn.length, curves.length)}
      fileName={`seeds-${run}-${id}`}
      roomBelow={below}
      table={table}
    >
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart data={[...rows]} margin={margin} {...CHART_PROPS}>
          <CartesianGrid stroke={colors.grid} vertical={false} />
          <XAxis
            {...axis}
            {...xAxisOf(
              x,
              rows.map((row) => row.x),
            )}
            dataKey="x"
            type="number"
            label={xLabel(SEED_AXES[x].name, colors)}
            height={36}
          />
          <YAxis {...axis} {...yAxis} width={52} label={yLabel(y, colors)} />
          {id === 'calibration' && <ReferenceLine {...DIAGONAL} stroke={colors.ink} />}
          <Tooltip content={Readout} isAnimationActive={false} />
          {drawn.map((c, i) => (
            <Area
              key={`band ${c}`}
              dataKey={`b${c}`}
              stroke="none"
              fill={entries[i]!.color}
              fillOpacity={alone ? BAND.alone : BAND.among}
              connectNulls
              isAnimationActive={false}
              activeDot={false}
            />
          ))}
          {drawn.flatMap((c, i) =>
            seeds.map((seed, s) => (
              <Line
                key={`${c} ${seed}`}
                name={`seed ${seed}`}
                dataKey={`v${c}-${s}`}
                stroke={alone ? colors.ink : entries[i]!.color}
                strokeOpacity={FAINT}
                strokeWidth={1.25}
                dot={rows.length === 1 ? { r: 3, fill: colors.ink, fillOpacity: FAINT } : false}
                activeDot={alone}
                {...(!alone && { tooltipType: 'none' as const })}
                connectNulls
                isAnimationActive={false}
              />
            )),
          )}
          {drawn.map((c, i) => (
            <Line
              key={`mean ${c}`}
              name={alone ? 'mean' : entries[i]!.name}
              dataKey={`m${c}`}
              stroke={entries[i]!.color}
              strokeWidth={2.25}
              dot={rows.length <= MOST_DOTS ? { r: 3.5, fill: colors.surface } : false}
              connectNulls
              isAnimationActive={false}
            />
          ))}
          {!alone && <SideLegend entries={entries} colors={colors} />}
        </ComposedChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}

/** Of more points each is not to be told apart. */
const MOST_DOTS = 40;

/** As in the charts of one run: training and validation, sizes, classes. */
function colorOf({ id, x }: SeedChart, i: number, count: number, colors: ChartColors): string {
  if (x === 'epoch') return [colors.validation, colors.train][i]!;
  if (id === 'activations') return sizeColor(colors, i, count);
  if (id === 'classes') return colors.classes[i]!;
  return count === 1 ? colors.validation : colors.runs[i % colors.runs.length]!;
}

function xAxisOf(x: SeedChart['x'], xs: readonly number[]) {
  const [from, to] = [xs[0] ?? 0, xs.at(-1) ?? 1];
  const within = (ticks: readonly number[]) => ticks.filter((tick) => tick >= from && tick <= to);
  const padding = { left: 16, right: 16 };
  const domain = [from, to];
  switch (x) {
    case 'epoch':
      return { domain, padding, ticks: within(epochTicks(to)) };
    case 'size':
      return { domain, padding, ticks: spreadTicks(xs) };
    case 'confidence':
      return PERCENT_AXIS;
    case 'activation':
    case 'macs':
      return { domain, ticks: within(niceTicks(to)) };
    default:
      return x satisfies never;
  }
}

function yAxisOf({ id }: SeedChart, values: readonly number[]) {
  if (id === 'activations' || id === 'calibration') return PERCENT_AXIS;
  if (SEED_CHARTS[id].unit !== 'share') {
    const ticks = niceTicks(Math.max(...values));
    return { domain: [0, ticks.at(-1)!], ticks };
  }
  const domain = accuracyDomain(values);
  return { domain, ticks: percentTicks(domain) };
}

function readX(x: SeedChart['x'], at: number): string {
  switch (x) {
    case 'epoch':
      return `Epoch ${at}`;
    case 'size':
      return `${at} px`;
    case 'activation':
      return `Activations up to ${at.toFixed(2)}`;
    case 'confidence':
      return `Sure to ${at.toFixed(0)} %`;
    case 'macs':
      return `${at.toPrecision(3)} billion a photo`;
    default:
      return x satisfies never;
  }
}
