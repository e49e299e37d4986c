/** Pieces that the charts share: axes, the readout, words that stay readable over lines. */
import type { ReactElement } from 'react';
import type { TooltipContentProps } from 'recharts';
import css from './charts.module.css';
import type { ChartColors } from './colors';

/** Room below for the axis' name. */
export const MARGIN = { top: 14, right: 20, bottom: 20, left: 8 } as const;

export function axisProps(colors: ChartColors) {
  return {
    stroke: colors.ink,
    tick: { fill: colors.ink, fontSize: 12 },
    tickLine: { stroke: colors.grid },
    axisLine: { stroke: colors.axis },
  };
}

/** What every chart passes to Recharts: it is read out as an image, and its table is in reach. */
export const CHART_PROPS = { accessibilityLayer: false } as const;

/** Of a reference line on two percent axes: as sure as right. */
export const DIAGONAL = {
  segment: [
    { x: 0, y: 0 },
    { x: 100, y: 100 },
  ],
  strokeDasharray: '4 4',
} as const;

export const PERCENT_AXIS = { domain: [0, 100] as [number, number], ticks: [0, 20, 40, 60, 80, 100] };

export const xLabel = (value: string, colors: ChartColors) =>
  ({ value, position: 'insideBottom', offset: -14, fill: colors.ink, fontSize: 12 }) as const;

export const yLabel = (value: string, colors: ChartColors) =>
  ({
    value,
    angle: -90,
    position: 'insideLeft',
    offset: 4,
    fill: colors.ink,
    fontSize: 12,
    style: { textAnchor: 'middle' },
  }) as const;

interface Read {
  name: string;
  color: string;
  value: string;
}

/** A box of values at one place. */
export function ReadoutBox({ title, read }: { title: string; read: readonly Read[] }) {
  return (
    <div className={css['tooltip']}>
      {title}
      <dl>
        {read.map(({ name, color, value }) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>
              <span style={{ background: color }} aria-hidden />
              {name}
            </dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** Reads out every series at the pointer's x, where the chart's data have the row `Row`. */
export function tooltipOf<Row>(title: (x: number, row: Row | undefined) => string, read: (y: number) => string) {
  return function Readout({ active, payload, label }: TooltipContentProps): ReactElement | null {
    const entries = payload.filter(({ value, type }) => typeof value === 'number' && type !== 'none');
    if (!active || entries.length === 0) return null;
    return (
      <ReadoutBox
        title={title(Number(label), entries[0]?.payload as Row | undefined)}
        read={entries.map((entry) => ({
          name: String(entry.name),
          color: entry.color ?? 'currentColor',
          value: read(Number(entry.value)),
        }))}
      />
    );
  };
}

/** Words on a chart stay readable where lines pass behind them. */
export const halo = ({ surface }: ChartColors) =>
  ({ stroke: surface, strokeWidth: 3, strokeLinejoin: 'round', paintOrder: 'stroke' }) as const;
