/** How often a network is right against how sure it is: on the diagonal both are the same. */
import { Bar, CartesianGrid, ComposedChart, ReferenceLine, ResponsiveContainer, Tooltip, XAxis, YAxis } from 'recharts';
import { calibrationSentence, type ReliabilityRow, reliabilityRows, reliabilityTable } from '../../client/quality';
import type { StepQuality } from '../../engine/analysis/stepQuality';
import { formatNoun, formatPercent } from '../../words/format';
import { ChartFrame } from './ChartFrame';
import { useChartColors } from './colors';
import { axisProps, CHART_PROPS, DIAGONAL, MARGIN, PERCENT_AXIS, tooltipOf, xLabel, yLabel } from './parts';

const Readout = tooltipOf<ReliabilityRow>(
  (_, row) => (row ? `Sure to ${row.label}, ${formatNoun(row.photos, 'photo')}` : ''),
  (right) => formatPercent(right / 100),
);

export function ReliabilityChart({ quality }: { quality: StepQuality }) {
  const colors = useChartColors();
  const axis = axisProps(colors);
  const rows = reliabilityRows(quality);
  return (
    <ChartFrame
      guide="calibration"
      title="How sure, how right"
      sentence={calibrationSentence(quality)}
      fileName="calibration"
      table={reliabilityTable(rows)}
    >
      <ResponsiveContainer width="100%" height="100%">
        <ComposedChart data={rows} margin={MARGIN} {...CHART_PROPS}>
          <CartesianGrid stroke={colors.grid} />
          <XAxis
            {...axis}
            {...PERCENT_AXIS}
            dataKey="confidence"
            type="number"
            height={36}
            label={xLabel('mean confidence, %', colors)}
          />
          <YAxis {...axis} {...PERCENT_AXIS} width={54} label={yLabel('right, %', colors)} />
          <ReferenceLine {...DIAGONAL} stroke={colors.ink} />
          <Tooltip content={Readout} isAnimationActive={false} />
          <Bar name="right" dataKey="accuracy" fill={colors.validation} barSize={14} isAnimationActive={false} />
        </ComposedChart>
      </ResponsiveContainer>
    </ChartFrame>
  );
}
