/** Where views lie on their photo, drawn over it. */
import type { ShownView } from '../../protocol/photos';
import { useChartColors } from '../charts/colors';
import css from './room.module.css';

type Outline = ShownView['outline'];

/** Of the photo's longer side. */
const LINE = 1 / 150;

interface Props {
  /** The photo's, px. */
  width: number;
  height: number;
  train: readonly Outline[];
  /** The first one, the baseline's own, is drawn thicker. */
  test: readonly Outline[];
}

export function ViewOutlines({ width, height, train, test }: Props) {
  const colors = useChartColors();
  const line = Math.max(width, height) * LINE;
  const points = (outline: Outline) => outline.map(([x, y]) => `${x},${y}`).join(' ');
  return (
    <svg className={css['outlines']} viewBox={`0 0 ${width} ${height}`} aria-hidden>
      {train.map((outline, i) => (
        <polygon key={`train-${i}`} points={points(outline)} stroke={colors.train} strokeWidth={line} />
      ))}
      {test.map((outline, i) => (
        <polygon
          key={`test-${i}`}
          points={points(outline)}
          stroke={colors.validation}
          strokeWidth={i === 0 ? 1.5 * line : line}
          strokeDasharray={`${4 * line} ${2 * line}`}
        />
      ))}
    </svg>
  );
}

export function OutlineLegend() {
  const { train, validation } = useChartColors();
  return (
    <span>
      <Swatch color={train} /> training crops <Swatch color={validation} dashed /> test crops
    </span>
  );
}

function Swatch({ color, dashed = false }: { color: string; dashed?: boolean }) {
  return (
    <svg className={css['swatch']} viewBox="0 0 20 4" aria-hidden>
      <line x1="0" y1="2" x2="20" y2="2" stroke={color} strokeWidth="3" strokeDasharray={dashed ? '6 3' : undefined} />
    </svg>
  );
}
