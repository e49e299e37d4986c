/** Loss over learning rates that grow step by step, on a logarithmic axis, with the rate that is suggested. */
import type { ReactNode } from 'react';
import { CartesianGrid, Line, LineChart, ReferenceDot, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { powersOfTen, rateTicks } from '../../client/chartRows';
import { rateTable } from '../../client/chartTables';
import { formatLoss } from '../../words/format';
import { thinned } from '../../protocol/series';
import { rateSentence } from '../../client/sentences';
import type { RateSearch } from '../../client/state';
import { rateText } from '../../engine/analysis/learningRate';
import { ChartFrame } from './ChartFrame';
import { type ChartColors, useChartColors } from './colors';
import { type ChartLabel, Labels } from './labels/Labels';
import { axisProps, CHART_PROPS, MARGIN, tooltipOf, xLabel, yLabel } from './parts';

const Readout = tooltipOf((lr) => `Learning rate ${rateText(lr)}`, formatLoss);

const POINTS_DRAWN = 200;
/** The search's rates, so that the axis stays where it is. */
const [LOWEST, HIGHEST] = [1e-7, 10];

interface Props {
  search: RateSearch;
  /** A button beside the title. */
  action: ReactNode;
}

export function RateChart({ search, action }: Props) {
  const colors = useChartColors();
  const { rates: points, suggestedRates: suggested } = search;
  const drawn = [...thinned(points, POINTS_DRAWN)];
  const ticks = rateTicks(points);
  const axis = axisProps(colors);
  const line = { stroke: colors.train, dot: false, isAnimationActive: false } as const;
  return (
    <ChartFrame
      guide="rate"
      title="Loss by learning rate"
      sentence={rateSentence(search)}
      fileName="learning-rate"
      action={action}
      table={rateTable(points)}
    >
      <ResponsiveContainer width="100%" height="100%">
        <LineChart data={drawn} margin={MARGIN} {...CHART_PROPS}>
          <CartesianGrid stroke={colors.grid} />
          <XAxis
            {...axis}
            dataKey="lr"
            type="number"
            scale="log"
            domain={[LOWEST, HIGHEST]}
            ticks={powersOfTen(LOWEST, HIGHEST)}
            tickFormatter={rateText}
            height={36}
            label={xLabel('learning rate, logarithmic', colors)}
          />
          <YAxis
            {...axis}
            width={54}
            domain={[ticks[0]!, ticks.at(-1)!]}
            ticks={ticks}
            allowDataOverflow
            label={yLabel('cross entropy, nats', colors)}
          />
          <Tooltip content={Readout} isAnimationActive={false} />
          <Line {...line} name="batch" dataKey="loss" strokeOpacity={0.28} strokeWidth={1} />
          <Line {...line} name="smoothed" dataKey="smoothedLoss" strokeWidth={2.25} />
          {suggested && (
            <ReferenceDot
              x={suggested.valley}
              y={points.find(({ lr }) => lr === suggested.valley)?.smoothedLoss}
              r={6}
              fill={colors.validation}
              stroke={colors.surface}
            />
          )}
          <Labels
            labels={suggestion(search, colors)}
            curves={[drawn.map(({ lr, smoothedLoss }) => ({ x: lr, y: smoothedLoss }))]}
            colors={colors}
          />
        </LineChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}

function suggestion({ rates: points, suggestedRates: suggested }: RateSearch, colors: ChartColors): ChartLabel[] {
  const at = suggested && points.find(({ lr }) => lr === suggested.valley);
  if (!at) return [];
  return [
    { kind: 'point', text: `suggested ${rateText(at.lr)}`, x: at.lr, y: at.smoothedLoss, color: colors.validation },
  ];
}
