/** Names of curves beside the plot, on a phone below it, never over it, each with a figure of its own where it has one. */
import { usePlotArea } from 'recharts';
import { shortened } from '../../../client/classNames';
import { useNarrow } from '../../useNarrow';
import { type ChartColors, HOLLOW } from '../colors';
import { MARGIN } from '../parts';
import { widest } from './measureText';

export interface LegendEntry {
  name: string;
  /** How the name ends, in what is never shortened: it tells curves of one run apart. */
  ending?: string | undefined;
  color: string;
  dash?: string | undefined;
  hollow?: boolean;
  figure?: string;
}

const LINE = 20;
const SIZE = 12;
const SWATCH = 24;
/** Of a name, and of what an ending leaves of one, characters. */
const LONGEST = 28;
const LEAST = 10;
/** Of a legend below the plot: from the frame's edge, and past the axis with its ticks and name, px. */
const EDGE = 12;
const BELOW_AXIS = 66;

const nameOf = ({ name, ending = '' }: LegendEntry) =>
  shortened(name.slice(0, name.length - ending.length), Math.max(LEAST, LONGEST - ending.length)) + ending;

/** The plot's margins with the legend in them, and how much of it stands below, px. */
export function useLegendRoom(entries: readonly LegendEntry[], heading = '') {
  const narrow = useNarrow();
  const below = narrow ? (entries.length + (heading ? 1 : 0)) * LINE : 0;
  const right = narrow ? MARGIN.right : legendWidth(entries, heading);
  return { margin: { ...MARGIN, right, bottom: MARGIN.bottom + below }, below };
}

/** Px that the legend needs from the plot's edge. */
function legendWidth(entries: readonly LegendEntry[], heading = ''): number {
  const figures = widest([heading, ...entries.flatMap(({ figure }) => figure ?? [])], SIZE);
  return Math.ceil(16 + SWATCH + 8 + widest(entries.map(nameOf), SIZE) + (figures > 0 ? 14 + figures : 0) + 10);
}

interface Props {
  entries: readonly LegendEntry[];
  colors: ChartColors;
  /** Over the figures. */
  heading?: string;
}

export function SideLegend({ entries, colors, heading }: Props) {
  const area = usePlotArea();
  const narrow = useNarrow();
  if (!area) return null;
  const right = legendWidth(entries, heading) - 16 - 10;
  const first = heading ? 1 : 0;
  const [x, y] = narrow ? [EDGE, area.y + area.height + BELOW_AXIS] : [area.x + area.width + 16, area.y + 8];
  return (
    <g transform={`translate(${x} ${y})`} fontSize={SIZE} fill={colors.ink} data-legend>
      {heading && (
        <text x={right} y={4} textAnchor="end">
          {heading}
        </text>
      )}
      {entries.map((entry, i) => (
        <g key={entry.name} transform={`translate(0 ${(i + first) * LINE})`}>
          <line
            x2={SWATCH}
            stroke={entry.color}
            strokeWidth={entry.hollow ? HOLLOW.line : 2.5}
            strokeDasharray={entry.dash}
          />
          {entry.hollow && (
            <line x2={SWATCH} stroke={colors.surface} strokeWidth={HOLLOW.core} strokeDasharray={entry.dash} />
          )}
          <text x={SWATCH + 8} y={4}>
            <title>{entry.name}</title>
            {nameOf(entry)}
          </text>
          {entry.figure !== undefined && (
            <text x={right} y={4} textAnchor="end">
              {entry.figure}
            </text>
          )}
        </g>
      ))}
    </g>
  );
}
