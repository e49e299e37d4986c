/** The map's points: a click opens a photo, a line drawn around some chooses them, arrow keys go from one to the next. */
import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { nearestPoint, type Point, pointBeside, pointsWithin } from '../../client/mapPoints';
import css from './map.module.css';

/** Of the canvas, px. */
const MARGIN = 14;
const RADIUS = 2.6;
const NEAR_PX = 14;
/** A pointer that moves less than this has clicked. */
const CLICK_PX = 4;
/** Of a point that the filters leave out. */
const FAINT = 0.13;

interface Props {
  label: string;
  /** [points, 2] in the unit square. */
  points: Float32Array;
  /** A colour a point. */
  colors: readonly string[];
  /** Whether a point is among what the grid shows. */
  isShown: (point: number) => boolean;
  /** That is looked at; -1 for none. */
  active: number;
  look: (point: number) => void;
  open: (point: number) => void;
  choose: (points: readonly number[]) => void;
}

export function MapCanvas({ label, points, colors, isShown, active, look, open, choose }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [{ width, height }, setSize] = useState({ width: 0, height: 0 });
  const [line, setLine] = useState<readonly Point[]>([]);
  // The square lies in the middle.
  const inner = Math.min(width, height) - 2 * MARGIN;
  const [left, top] = [(width - inner) / 2, (height - inner) / 2];

  useEffect(() => {
    const element = canvas.current!;
    const observer = new ResizeObserver(() => setSize({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const element = canvas.current!;
    const context = element.getContext('2d');
    if (!context || inner <= 0) return;
    const scale = devicePixelRatio;
    element.width = Math.round(width * scale);
    element.height = Math.round(height * scale);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    const dot = (point: number, radius: number) => {
      context.beginPath();
      context.arc(left + inner * points[2 * point]!, top + inner * points[2 * point + 1]!, radius, 0, 2 * Math.PI);
    };
    // Those that are left out lie below the others.
    for (const shown of [false, true]) {
      context.globalAlpha = shown ? 0.85 : FAINT;
      colors.forEach((color, point) => {
        if (isShown(point) !== shown) return;
        context.fillStyle = color;
        dot(point, RADIUS);
        context.fill();
      });
    }
    context.globalAlpha = 1;
    context.strokeStyle = getComputedStyle(element).color;
    context.lineWidth = 2;
    if (active >= 0) {
      dot(active, 2.5 * RADIUS);
      context.stroke();
    }
    if (line.length > 1) {
      context.setLineDash([5, 4]);
      context.beginPath();
      for (const { x, y } of line) context.lineTo(left + inner * x, top + inner * y);
      context.closePath();
      context.stroke();
    }
  }, [width, height, left, top, inner, points, colors, isShown, active, line]);

  const placeOf = ({ nativeEvent: { offsetX, offsetY } }: PointerEvent): Point => ({
    x: (offsetX - left) / inner,
    y: (offsetY - top) / inner,
  });
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setLine([placeOf(event)]);
  };
  const onPointerMove = (event: PointerEvent) => {
    if (line.length > 0) setLine([...line, placeOf(event)]);
    else look(nearestPoint(points, placeOf(event), NEAR_PX / inner));
  };
  const onPointerUp = (event: PointerEvent) => {
    const [first] = line;
    if (!first) return;
    const isClick = line.every(({ x, y }) => Math.hypot(x - first.x, y - first.y) * inner < CLICK_PX);
    setLine([]);
    if (!isClick) {
      choose(pointsWithin(points, line));
      return;
    }
    const meant = nearestPoint(points, placeOf(event), NEAR_PX / inner);
    if (meant >= 0) open(meant);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { key } = event;
    if (key === 'Enter' || key === ' ') {
      event.preventDefault();
      event.stopPropagation();
      if (active >= 0) open(active);
    } else if (key.startsWith('Arrow')) {
      event.preventDefault();
      look(active < 0 ? nearestPoint(points, { x: 0.5, y: 0.5 }, Infinity) : pointBeside(points, active, key));
    }
  };
  return (
    // A place to go about in by keys, as a chart is not.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      role="application"
      aria-label={label}
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className={css['plane']}
      onKeyDown={onKeyDown}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onPointerCancel={() => setLine([])}
      onPointerLeave={() => line.length === 0 && look(-1)}
    >
      <canvas ref={canvas} aria-hidden />
    </div>
  );
}
