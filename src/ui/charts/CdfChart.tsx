import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { cdfRows, niceTicks } from '../../client/curves';
import { sizesOf } from '../../client/findings';
import { formatPercent } from '../../client/format';
import type { SweepResult } from '../../client/state';
import type { SweepPoint } from '../../engine/train/records';
import { ChartFrame } from './ChartFrame';
import { type ChartColors, sizeColor, useChartColors } from './colors';
import { axisProps, tooltipOf, xLabel, yLabel } from './parts';

interface Props {
  sweep: SweepResult;
  sentence: string;
  height: number;
}

interface Curve {
  key: string;
  name: string;
  point: SweepPoint;
  color: string;
  dash: string | undefined;
}

const Readout = tooltipOf(
  (x) => `Activations up to ${x.toFixed(2)}`,
  (share) => `${share.toFixed(1)} %`,
);

export function CdfChart({ sweep, sentence, height }: Props) {
  const colors = useChartColors();
  const curves = curvesOf(sweep, colors);
  const rows = cdfRows(curves.map(({ key, point }) => ({ key, cdf: point.activations.cdf })));
  const end = rows.at(-1)?.x ?? 1;
  const axis = axisProps(colors);
  return (
    <ChartFrame
      title="Pooled activations by size"
      sentence={sentence}
      fileName="activations"
      height={height}
      table={{
        columns: ['Test resolution', 'Exactly zero', 'Above 2', 'Mean', 'Kolmogorov-Smirnov', 'Wasserstein-1'],
        rows: curves.map(({ name, point: { activations, distance } }) => [
          name,
          formatPercent(activations.zeroFraction),
          formatPercent(activations.aboveTwoFraction),
          activations.mean.toFixed(3),
          distance ? distance.ks.toFixed(3) : '–',
          distance ? distance.w1.toFixed(3) : '–',
        ]),
      }}
    >
      <ResponsiveContainer width="100%" height={height}>
        <LineChart
          data={rows}
          margin={{ top: 10, right: 16, bottom: 18, left: 8 }}
          title="Cumulative distribution of the pooled activations"
        >
          <CartesianGrid stroke={colors.grid} />
          <XAxis
            {...axis}
            dataKey="x"
            type="number"
            domain={[0, end]}
            ticks={niceTicks(end).filter((tick) => tick <= end)}
            label={xLabel('activation', colors)}
          />
          <YAxis {...axis} width={46} domain={[0, 100]} tickCount={5} label={yLabel('share up to it, %', colors)} />
          <Tooltip content={Readout} isAnimationActive={false} />
          {curves.map(({ key, name, color, dash }) => (
            <Line
              key={key}
              name={name}
              dataKey={key}
              stroke={color}
              strokeWidth={2}
              strokeDasharray={dash}
              dot={false}
              isAnimationActive={false}
            />
          ))}
          {legend(curves, colors)}
        </LineChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}

/** Sizes from small to large along the scale; what the network was trained at is dashed. */
function curvesOf(sweep: SweepResult, colors: ChartColors): Curve[] {
  const { points, reference, config } = sweep;
  const sizes = sizesOf(sweep);
  const curves = points.map((point): Curve => {
    const trained = point.size === config.trainSize;
    return {
      key: String(point.size),
      name: trained ? `${point.size} px trained` : `${point.size} px`,
      point,
      color: sizeColor(colors, sizes.indexOf(point.size), sizes.length),
      dash: trained ? '7 4' : undefined,
    };
  });
  if (!reference) return curves;
  const own = {
    key: 'reference',
    name: `${reference.size} px baseline`,
    point: reference,
    color: colors.reference,
    dash: '2 3',
  };
  return [...curves, own];
}

const LEGEND_LINE = 16;
const LEGEND_WIDTH = 172;

/** In the plot's empty corner (a distribution is high on the right), with the share of exact zeros. */
function legend(curves: readonly Curve[], colors: ChartColors) {
  if (curves.length === 0) return null;
  return (
    <g transform="translate(0 0)" aria-hidden>
      <svg x="100%" y="100%" overflow="visible">
        <g
          transform={`translate(${-LEGEND_WIDTH - 22} ${-62 - curves.length * LEGEND_LINE})`}
          fontSize={11.5}
          fill={colors.ink}
        >
          <rect
            x={-6}
            y={-13}
            width={LEGEND_WIDTH + 10}
            height={(curves.length + 1) * LEGEND_LINE + 2}
            fill={colors.surface}
            opacity={0.85}
          />
          <text x={LEGEND_WIDTH} textAnchor="end">
            exactly zero
          </text>
          {curves.map(({ key, name, point, color, dash }, i) => (
            <g key={key} transform={`translate(0 ${(i + 1) * LEGEND_LINE})`}>
              <line x2={22} y1={-4} y2={-4} stroke={color} strokeWidth={2.5} strokeDasharray={dash} />
              <text x={28}>{name}</text>
              <text x={LEGEND_WIDTH} textAnchor="end">
                {formatPercent(point.activations.zeroFraction)}
              </text>
            </g>
          ))}
        </g>
      </svg>
    </g>
  );
}
