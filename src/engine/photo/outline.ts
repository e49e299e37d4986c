/** Where on the photo a view looks, for drawing it there, and how large things appear in it. */
import { evalCrop } from './boxes';
import type { Region, View, ViewSpec } from './view';

/** x and y in photo px. */
export type Point = readonly [x: number, y: number];
/** The view's corners: top left, top right, bottom right, bottom left, as they lie on the photo. */
export type Outline = readonly [Point, Point, Point, Point];

/** `view` is what `makeView` gives for the same spec and photo. Padded views reach beyond the photo. */
export function outlineOf(spec: ViewSpec, view: View, width: number, height: number): Outline {
  if (spec.kind === 'eval') {
    const { flip = false } = spec;
    const { resized, ...box } = evalCrop(spec, width, height);
    return mirrored(corners(scaled(box, width / resized.width, height / resized.height)), flip);
  }
  if (spec.augmentation?.kind === 'shiftedCrop' && view.colors) {
    const { size, flip, colors, horizontal, vertical } = view;
    const [resizedWidth, resizedHeight] = [horizontal.starts.length, vertical.starts.length];
    const left = flip ? resizedWidth - colors.left - size : colors.left;
    const box = { left, top: colors.top, width: size, height: size };
    return mirrored(corners(scaled(box, width / resizedWidth, height / resizedHeight)), flip);
  }
  // A random crop reads its box and nothing else.
  return view.warp ? warpedCorners(view, view.warp.matrix) : mirrored(corners(view.region), view.flip);
}

/** View px a photo px: 1 where things appear as large as in the photo; the square root of the area's share. */
export function scaleOf(outline: Outline, size: number): number {
  const twice = outline.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = outline[(i + 1) % 4]!;
    return sum + x * nextY - nextX * y;
  }, 0);
  return size / Math.sqrt(Math.abs(twice) / 2);
}

function warpedCorners({ size, region }: View, m: readonly number[]): Outline {
  // Pixels' centres are -1 … 1; the view's edge is half a pixel further out.
  const edge = size / (size - 1);
  const at = (u: number, v: number): Point => {
    const depth = m[6]! * u + m[7]! * v + m[8]!;
    const place = (row: number) => ((m[row]! * u + m[row + 1]! * v + m[row + 2]!) / depth / edge + 1) / 2;
    return [region.left + place(0) * region.width, region.top + place(3) * region.height];
  };
  return [at(-edge, -edge), at(edge, -edge), at(edge, edge), at(-edge, edge)];
}

function scaled({ left, top, width, height }: Region, x: number, y: number): Region {
  return { left: left * x, top: top * y, width: width * x, height: height * y };
}

function corners({ left, top, width, height }: Region): Outline {
  const [right, bottom] = [left + width, top + height];
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}

const mirrored = (outline: Outline, flip: boolean): Outline => {
  const [a, b, c, d] = outline;
  return flip ? [b, a, d, c] : outline;
};
