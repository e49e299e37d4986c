/** The words on a chart, drawn last: names of curves, dots and lines, where they hide nothing. */
import { Fragment } from 'react';
import { usePlotArea, useXAxisScale, useYAxisScale } from 'recharts';
import type { ChartColors } from '../colors';
import { halo } from '../parts';
import { textWidth } from './measureText';
import { type Label, placeLabels, segmentsOf } from './placeLabels';

const SIZE = 12;
const LINE = 15;

export interface ChartLabel {
  text: string;
  kind: Label['kind'];
  color: string;
  /** In the axes' units; a label along a line that crosses the plot has the one that the line has. */
  x?: number;
  y?: number | string;
}

interface Props {
  /** The weightiest first. */
  labels: readonly ChartLabel[];
  /** What words are kept off, in the axes' units. */
  curves: readonly (readonly { x: number; y: number | string | null | undefined }[])[];
  colors: ChartColors;
  /** Px right of the plot that labels may use. */
  right?: number;
}

const widthOf = (text: string): number => Math.ceil(textWidth(text, SIZE, 600)) + 1;

/** Px right of the plot in which a label stands. */
export const besidePlot = (text: string): number => widthOf(text) + 9;

export function Labels({ labels, curves, colors, right = 0 }: Props) {
  const area = usePlotArea();
  const toX = useXAxisScale();
  const toY = useYAxisScale();
  const inMiddle = { position: 'middle' } as const;
  if (!area || !toX || !toY || area.width < 40) return null;
  const bounds = { x: area.x, y: area.y, width: area.width + right, height: area.height };
  const place = (x: number, y: number | string | null | undefined) => {
    const [left, top] = [toX(x), y === null || y === undefined ? undefined : toY(y, inMiddle)];
    return left === undefined || top === undefined ? null : { x: left, y: top };
  };
  const marks = curves.flatMap((curve) =>
    segmentsOf(curve.map(({ x, y }) => place(x, y)).filter((one) => one !== null)),
  );
  for (const { kind, x, y } of labels) {
    const [left, top] = [x === undefined ? undefined : toX(x), y === undefined ? undefined : toY(y, inMiddle)];
    if (kind === 'upright' && left !== undefined)
      marks.push([
        { x: left, y: area.y },
        { x: left, y: area.y + area.height },
      ]);
    if (kind === 'across' && top !== undefined)
      marks.push([
        { x: area.x, y: top },
        { x: area.x + area.width, y: top },
      ]);
  }
  const wanted = labels.map(({ text, kind, x, y }): Label => ({
    // Beside the plot nothing lies on a line.
    kind: kind === 'across' && right >= besidePlot(text) ? 'end' : kind,
    width: widthOf(text),
    height: LINE,
    anchor: {
      x: x === undefined ? area.x + area.width : (toX(x) ?? area.x),
      y: y === undefined ? area.y : (toY(y, inMiddle) ?? area.y),
    },
  }));
  const placed = placeLabels(wanted, marks, bounds);
  return (
    <g data-labels>
      {labels.map(({ text, color }, i) => {
        const box = placed[i];
        if (!box) return null;
        const { leader } = box;
        return (
          <Fragment key={`${text}-${i}`}>
            {leader && (
              <line
                x1={leader[0].x}
                y1={leader[0].y}
                x2={leader[1].x}
                y2={leader[1].y}
                stroke={color}
                strokeOpacity={0.6}
              />
            )}
            <text x={box.x} y={box.y + 11.5} fill={color} fontSize={SIZE} fontWeight={600} {...halo(colors)}>
              {text}
            </text>
          </Fragment>
        );
      })}
    </g>
  );
}
