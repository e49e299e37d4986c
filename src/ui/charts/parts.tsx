/** Pieces that the charts share: axes, the tooltip, labels at the lines' ends. */
import type { ReactElement } from 'react';
import type { TooltipContentProps } from 'recharts';
import css from './charts.module.css';
import type { ChartColors } from './colors';

/** Room on the right for labels at the lines' ends, below for the axis' name. */
export const MARGIN = { top: 10, right: 84, bottom: 18, left: 8 } as const;

export function axisProps(colors: ChartColors) {
  return {
    stroke: colors.ink,
    tick: { fill: colors.ink, fontSize: 12 },
    tickLine: { stroke: colors.grid },
    axisLine: { stroke: colors.grid },
  };
}

export const xLabel = (value: string, colors: ChartColors) =>
  ({ value, position: 'insideBottom', offset: -12, fill: colors.ink, fontSize: 12 }) as const;

/** The name of an axis on top, at its left end. */
export const topLabel = (value: string, colors: ChartColors) =>
  ({ value, position: 'insideLeft', offset: -38, dy: -3, fill: colors.ink, fontSize: 12 }) as const;

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

/** Reads out every series at the pointer's x, where the chart's data have the row `Row`. */
export function tooltipOf<Row>(title: (x: number, row: Row | undefined) => string, value: (y: number) => string) {
  return function Readout({ active, payload, label }: TooltipContentProps): ReactElement | null {
    const read = payload.filter((entry) => typeof entry.value === 'number');
    if (!active || read.length === 0) return null;
    return (
      <div className={css['tooltip']}>
        {title(Number(label), read[0]?.payload as Row | undefined)}
        <dl>
          {read.map((entry) => (
            <div key={String(entry.name)} style={{ display: 'contents' }}>
              <dt>
                <span style={{ background: entry.color }} aria-hidden />
                {entry.name}
              </dt>
              <dd>{value(Number(entry.value))}</dd>
            </div>
          ))}
        </dl>
      </div>
    );
  };
}

export interface EndLabel {
  text: string;
  /** In the axis' unit. */
  y: number;
  color: string;
}

/**
 * How far each label moves, in px (down is positive), so that none hides another, and none lies below `least` on the y
 * axis. `pxPerUnit`: of the y axis.
 */
export function labelShifts(
  labels: readonly EndLabel[],
  pxPerUnit: number,
  least = Number.NEGATIVE_INFINITY,
): ReadonlyMap<string, number> {
  const sorted = [...labels].sort((a, b) => b.y - a.y);
  const places = sorted.map(({ y }) => -y * pxPerUnit);
  for (let i = 1; i < places.length; i++) places[i] = Math.max(places[i]!, places[i - 1]! + LINE_HEIGHT);
  let room = -least * pxPerUnit;
  for (let i = places.length - 1; i >= 0; i--, room -= LINE_HEIGHT) places[i] = Math.min(places[i]!, room);
  return new Map(sorted.map(({ text, y }, i) => [text, places[i]! + y * pxPerUnit]));
}

const LINE_HEIGHT = 14;

/** Recharts' `label` of the invisible dot at a line's end: the line's name. */
export function endLabel({ text, color }: EndLabel, shift: number, colors: ChartColors) {
  return function EndLabelText({ viewBox }: DotBox): ReactElement {
    const { x = 0, y = 0 } = viewBox ?? {};
    return (
      <text x={x + 8} y={y + 4 + shift} fill={color} fontSize={12} fontWeight={600} {...halo(colors)}>
        {text}
      </text>
    );
  };
}

/** Words on a chart stay readable where lines pass behind them. */
export const halo = ({ surface }: ChartColors) =>
  ({ stroke: surface, strokeWidth: 3, strokeLinejoin: 'round', paintOrder: 'stroke' }) as const;

/** What Recharts tells a dot's label. */
interface DotBox {
  viewBox?: { x?: number; y?: number; width?: number; height?: number };
}

interface DotPlace {
  /** Where along the x axis the dot is: 0 left, 1 right. */
  place: number;
  /** px above the dot; 0 puts the words beside it. */
  above: number;
}

/** Recharts' `label` of a dot, kept inside the plot. */
export function dotLabel(text: string, color: string, colors: ChartColors, { place, above }: DotPlace) {
  const beside = above === 0;
  const anchor = place > 0.7 ? 'end' : beside || place < 0.3 ? 'start' : 'middle';
  const shift = beside ? (anchor === 'end' ? -12 : 12) : 0;
  return function DotLabelText({ viewBox }: DotBox): ReactElement {
    const { x = 0, y = 0, width = 0, height = 0 } = viewBox ?? {};
    return (
      <text
        x={x + width / 2 + shift}
        y={y + height / 2 + 4 - above}
        textAnchor={anchor}
        fill={color}
        fontSize={12}
        fontWeight={600}
        {...halo(colors)}
      >
        {text}
      </text>
    );
  };
}
