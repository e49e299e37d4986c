/**
 * fastai's aug_transforms() with its defaults, composed into one homography and one change of light: step 4 of the data's
 * path. Sources: fastai `vision/augment.py`, `AffineCoordTfm`, `rotate_mat`, `zoom_mat`, `_WarpCoord`, `SpaceTfm`.
 */
import type { Rng } from '../base/rng';
import type { Warp } from './view';

/** Row by row. */
export type Matrix3 = Warp['matrix'];

const ROTATE_DEGREES = 10;
const MOST_ZOOM = 1.1;
const WARP = 0.2;
const LIGHTING = 0.2;
/** Of each of warp (in x, in y), rotation, zoom, brightness and contrast. */
const PROBABILITY = 0.75;

/** What is drawn for one photo; the neutral value where its turn was not drawn. */
export interface WarpDraw {
  flip: boolean;
  degrees: number;
  zoom: number;
  /** Where the zoom's window lies, 0 (left or top) to 1. */
  zoomX: number;
  zoomY: number;
  warpX: number;
  warpY: number;
  /** 0.5: unchanged. */
  brightness: number;
  /** 1: unchanged. */
  contrast: number;
}

export function drawWarp(rng: Rng): Warp {
  return warpOf(drawParameters(rng));
}

export function drawParameters(rng: Rng): WarpDraw {
  const uniform = (from: number, to: number) => from + (to - from) * rng.uniform();
  /** Always takes two numbers off the stream. */
  const maybe = (neutral: number, from: number, to: number) => {
    const taken = rng.uniform() < PROBABILITY;
    const value = uniform(from, to);
    return taken ? value : neutral;
  };
  const logContrast = -Math.log(1 - LIGHTING);
  return {
    flip: rng.uniform() < 0.5,
    warpX: maybe(0, -WARP, WARP),
    warpY: maybe(0, -WARP, WARP),
    degrees: maybe(0, -ROTATE_DEGREES, ROTATE_DEGREES),
    zoom: maybe(1, 1, MOST_ZOOM),
    zoomX: uniform(0, 1),
    zoomY: uniform(0, 1),
    brightness: maybe(0.5, 0.5 * (1 - LIGHTING), 0.5 * (1 + LIGHTING)),
    contrast: Math.exp(maybe(0, -logContrast, logContrast)),
  };
}

/** Pictures are square, so that fastai's correction of the aspect changes nothing. */
export function warpOf(draw: WarpDraw): Warp {
  const angle = (draw.degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const side = 1 / draw.zoom;
  const flip: Matrix3 = [draw.flip ? -1 : 1, 0, 0, 0, 1, 0, 0, 0, 1];
  const rotate: Matrix3 = [cos, sin, 0, -sin, cos, 0, 0, 0, 1];
  const zoom: Matrix3 = [
    side,
    0,
    (1 - side) * (2 * draw.zoomX - 1),
    0,
    side,
    (1 - side) * (2 * draw.zoomY - 1),
    0,
    0,
    1,
  ];
  const affine = multiply(multiply(flip, rotate), zoom);
  return {
    matrix: multiply(perspective(draw.warpX, draw.warpY), affine),
    brightness: Math.log(draw.brightness / (1 - draw.brightness)),
    contrast: draw.contrast,
  };
}

/**
 * The homography that takes the displaced corners (-1-y, -1-x), (-1+y, 1+x), (1+y, -1+x), (1-y, 1-x) to the square's
 * (-1, -1), (-1, 1), (1, -1), (1, 1).
 */
export function perspective(x: number, y: number): Matrix3 {
  const pairs = [
    { from: [-1 - y, -1 - x], to: [-1, -1] },
    { from: [-1 + y, 1 + x], to: [-1, 1] },
    { from: [1 + y, -1 + x], to: [1, -1] },
    { from: [1 - y, 1 - x], to: [1, 1] },
  ] as const;
  // Two equations a corner in the eight free numbers, the ninth being 1.
  const equations = pairs.flatMap(({ from: [px, py], to: [qx, qy] }) => [
    [px, py, 1, 0, 0, 0, -qx * px, -qx * py, qx],
    [0, 0, 0, px, py, 1, -qy * px, -qy * py, qy],
  ]);
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = solve(equations);
  return [a, b, c, d, e, f, g, h, 1];
}

/** Gauss-Jordan elimination with partial pivoting. Each row ends with its right side. */
function solve(rows: number[][]): number[] {
  const n = rows.length;
  for (let column = 0; column < n; column++) {
    const below = rows.slice(column).map((row) => Math.abs(row[column]!));
    const pivot = column + below.indexOf(Math.max(...below));
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    const head = rows[column]!;
    for (const row of rows) {
      if (row === head) continue;
      const factor = row[column]! / head[column]!;
      for (let i = column; i <= n; i++) row[i]! -= factor * head[i]!;
    }
  }
  return rows.map((row, i) => row[n]! / row[i]!);
}

function multiply(a: Matrix3, b: Matrix3): Matrix3 {
  const at = (row: number, column: number) =>
    a[row * 3]! * b[column]! + a[row * 3 + 1]! * b[3 + column]! + a[row * 3 + 2]! * b[6 + column]!;
  return [at(0, 0), at(0, 1), at(0, 2), at(1, 0), at(1, 1), at(1, 2), at(2, 0), at(2, 1), at(2, 2)];
}
