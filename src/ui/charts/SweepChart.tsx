import {
  CartesianGrid,
  ComposedChart,
  ErrorBar,
  Line,
  ReferenceDot,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { accuracyDomain, percentTicks, sweepRows } from '../../client/chartRows';
import { sizeTable } from '../../client/chartTables';
import { choiceIn, intervalOf, sizesOf } from '../../client/selectors';
import { leaderName } from '../../words/verdict';
import { useStudioState } from '../StudioContext';
import { formatAccuracy, formatInterval } from '../../words/format';
import type { SweepResult } from '../../client/state';
import { evalCropOf } from '../../engine/experiments/meta';
import { ChartFrame } from './ChartFrame';
import { useChartColors } from './colors';
import { axisProps, dotLabel, MARGIN, tooltipOf, xLabel, yLabel } from './parts';

interface Props {
  sweep: SweepResult;
  sentence: string;
  height: number;
}

export function SweepChart({ sweep, sentence, height }: Props) {
  const colors = useChartColors();
  const { config, points, reference } = sweep;
  const rows = sweepRows(points);
  const best = useStudioState((s) => choiceIn(s).best);
  const name = useStudioState((s) => leaderName(s.sweep, s.dataset?.classes ?? []));
  const all = reference ? [...points, reference] : points;
  const ends = all.map(intervalOf);
  const domain = accuracyDomain(ends.flatMap(({ low, high }) => [low * 100, high * 100]));
  const sizes = sizesOf(sweep);
  const planned = [...sizes, config.trainSize, evalCropOf(config)];
  const [from, to] = [Math.min(...planned), Math.max(...planned)];
  const room = Math.max(8, (to - from) * 0.06);
  const placeOf = (size: number) => (size - from) / Math.max(1, to - from);
  const readInterval = (size: number) => {
    const point = points.find((p) => p.size === size);
    return point ? `, 95 % interval ${formatInterval(intervalOf(point), point.count)}` : '';
  };
  const Readout = tooltipOf(
    (size) => `${size} px${readInterval(size)}`,
    (y) => formatAccuracy(y / 100, all[0]?.count ?? 0),
  );
  const axis = axisProps(colors);
  return (
    <ChartFrame
      guide="sweep"
      title="Accuracy by test resolution"
      sentence={sentence}
      fileName="test-resolution"
      height={height}
      table={sizeTable(sweep)}
    >
      <ResponsiveContainer width="100%" height={height}>
        <ComposedChart data={rows} margin={{ ...MARGIN, right: 24 }} title="Accuracy by test resolution">
          <CartesianGrid stroke={colors.grid} />
          <XAxis
            {...axis}
            dataKey="size"
            type="number"
            domain={[Math.max(0, from - room), to + room]}
            ticks={[...sizes]}
            label={xLabel('test resolution, px', colors)}
          />
          <YAxis
            {...axis}
            width={46}
            domain={domain}
            ticks={percentTicks(domain)}
            label={yLabel('accuracy, %', colors)}
          />
          <ReferenceLine
            x={config.trainSize}
            stroke={colors.train}
            strokeDasharray="5 4"
            label={{ value: 'trained at', position: 'insideBottomLeft', fill: colors.train, fontSize: 11 }}
          />
          <Tooltip content={Readout} isAnimationActive={false} />
          <Line
            name="accuracy"
            dataKey="accuracy"
            stroke={colors.validation}
            strokeWidth={2}
            dot={{ r: 4, fill: colors.surface }}
            isAnimationActive={false}
          >
            <ErrorBar
              dataKey="reach"
              direction="y"
              width={5}
              stroke={colors.validation}
              strokeOpacity={0.5}
              isAnimationActive={false}
            />
          </Line>
          {best && (
            <ReferenceDot
              x={best.size}
              y={best.accuracy * 100}
              r={6}
              fill={colors.validation}
              stroke={colors.surface}
              label={dotLabel(
                `${name} ${best.size} px · ${formatAccuracy(best.accuracy, best.count)}`,
                colors.validation,
                colors,
                {
                  place: placeOf(best.size),
                  above: 24,
                },
              )}
            />
          )}
          {reference && (
            <ReferenceDot
              x={reference.size}
              y={reference.accuracy * 100}
              r={6}
              shape={Diamond}
              fill={colors.reference}
              stroke={colors.surface}
              label={dotLabel(
                `baseline ${formatAccuracy(reference.accuracy, reference.count)}`,
                colors.reference,
                colors,
                {
                  place: placeOf(reference.size),
                  above: 0,
                },
              )}
            />
          )}
        </ComposedChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}

function Diamond({ cx = 0, cy = 0, fill, stroke }: { cx?: number; cy?: number; fill?: string; stroke?: string }) {
  return <path d={`M${cx} ${cy - 7}l7 7-7 7-7-7z`} fill={fill} stroke={stroke} />;
}
