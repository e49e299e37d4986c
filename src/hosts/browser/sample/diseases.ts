/** What the sample's diseases do to a blade. All sizes are shares of the blade's, so that a small leaf shows them small. */
import type { Rng } from '../../../engine/base/rng';
import { between, type Blade, hsl, type LeafColour, type Pen, pointOn, veinOf } from './blade';

/** The sample's classes, in the order of their numbers. */
export const DISEASES = ['Healthy', 'Mosaic', 'Brown streak', 'Bacterial blight', 'Green mottle'] as const;
export type Disease = (typeof DISEASES)[number];

type Painter = (pen: Pen, rng: Rng, blade: Blade, colour: LeafColour, strength: number) => void;

const PAINTERS: Record<Disease, Painter | null> = {
  Healthy: null,
  Mosaic: paintMosaic,
  'Brown streak': paintBrownStreak,
  'Bacterial blight': paintBlight,
  'Green mottle': paintGreenMottle,
};

/** Paints over the blade; the caller clips to it. Any leaf may have scratches and specks of dust. `strength`: 0 to about 1. */
export function paintDisease(
  pen: Pen,
  rng: Rng,
  blade: Blade,
  colour: LeafColour,
  disease: Disease,
  strength: number,
): void {
  PAINTERS[disease]?.(pen, rng, blade, colour, strength);
  paintWear(pen, rng, blade);
}

/** Light and dark green mottling: whole fields between the veins are pale, others darker than they should be. */
function paintMosaic(
  pen: Pen,
  rng: Rng,
  blade: Blade,
  { hue, saturation, lightness }: LeafColour,
  strength: number,
): void {
  const pale = hsl(hue - 26, saturation + 8, lightness + 22, 0.28 + 0.5 * strength);
  const dark = hsl(hue + 8, saturation, lightness - 10, 0.2 + 0.4 * strength);
  const patches = Math.round(14 + 16 * strength);
  for (let i = 0; i < patches; i++) {
    const [x, y] = pointOn(blade, between(rng, 0.06, 0.95), between(rng, -0.95, 0.95));
    const radius = blade.length * between(rng, 0.03, 0.085);
    pen.fillStyle = rng.uniform() < 0.6 ? pale : dark;
    blob(pen, rng, x, y, radius * 1.25, 9);
    pen.globalAlpha = 0.4;
    pen.fill();
    pen.globalAlpha = 1;
    blob(pen, rng, x, y, radius, 9);
    pen.fill();
  }
}

/** Brown, broken streaks along the side veins, in a yellowing field. */
function paintBrownStreak(pen: Pen, rng: Rng, blade: Blade, colour: LeafColour, strength: number): void {
  for (let i = 0; i < blade.veins; i++) {
    for (const side of [-1, 1] as const) {
      if (rng.uniform() > 0.35 + 0.6 * strength) continue;
      const vein = veinOf(blade, i, side);
      const width = blade.length * between(rng, 0.011, 0.023);
      const reach = between(rng, 0.55, 1);
      for (const [grow, alpha] of [
        [4, 0.16],
        [2.4, 0.2],
      ] as const) {
        pen.beginPath();
        pen.moveTo(...vein.from);
        pen.quadraticCurveTo(...vein.via, ...onCurve(vein, reach));
        pen.strokeStyle = hsl(colour.hue - 45, 60, colour.lightness + 20, alpha * (0.6 + strength));
        pen.lineWidth = width * grow;
        pen.stroke();
      }
      pen.fillStyle = hsl(between(rng, 18, 32), 48, between(rng, 15, 27), 0.4 + 0.5 * strength);
      for (let along = 0.06; along < reach; along += (width / blade.halfWidth) * between(rng, 0.7, 1.3)) {
        if (rng.uniform() < 0.22) continue;
        blob(pen, rng, ...onCurve(vein, along), width * between(rng, 0.5, 1.25), 6);
        pen.fill();
      }
    }
  }
}

function onCurve({ from, via, to }: ReturnType<typeof veinOf>, share: number): [x: number, y: number] {
  const [a, b, c] = [(1 - share) ** 2, 2 * share * (1 - share), share ** 2];
  return [a * from[0] + b * via[0] + c * to[0], a * from[1] + b * via[1] + c * to[1]];
}

/** Angular brown spots, each with a yellow halo, many of them near the margin. */
function paintBlight(pen: Pen, rng: Rng, blade: Blade, _colour: LeafColour, strength: number): void {
  const spots = Math.round(4 + 14 * strength);
  for (let i = 0; i < spots; i++) {
    const side = rng.uniform() < 0.5 ? -1 : 1;
    const [x, y] = pointOn(blade, between(rng, 0.1, 0.95), side * Math.sqrt(rng.uniform()) * 0.95);
    const radius = blade.length * between(rng, 0.022, 0.052);
    blob(pen, rng, x, y, radius * between(rng, 1.7, 2.3), 10);
    pen.fillStyle = hsl(between(rng, 50, 58), 72, 56, 0.2 + 0.4 * strength);
    pen.fill();
    blob(pen, rng, x, y, radius, 5);
    pen.fillStyle = hsl(between(rng, 22, 34), 45, between(rng, 18, 30), 0.55 + 0.4 * strength);
    pen.fill();
  }
}

/** Fine pale speckles, thick in some places and missing in others. */
function paintGreenMottle(
  pen: Pen,
  rng: Rng,
  blade: Blade,
  { hue, saturation, lightness }: LeafColour,
  strength: number,
): void {
  const clusters = Array.from({ length: 4 }, () => ({
    along: between(rng, 0.1, 0.9),
    across: between(rng, -0.7, 0.7),
  }));
  const specks = Math.round(90 + 190 * strength);
  pen.beginPath();
  for (let i = 0; i < specks; i++) {
    const cluster = clusters[i % clusters.length]!;
    const [x, y] = pointOn(blade, cluster.along + 0.13 * rng.normal(), cluster.across + 0.35 * rng.normal());
    const radius = blade.length * between(rng, 0.008, 0.019);
    pen.moveTo(x + radius, y);
    pen.arc(x, y, radius, 0, 2 * Math.PI);
  }
  pen.fillStyle = hsl(hue - 20, saturation * 0.8, lightness + 32, 0.45 + 0.45 * strength);
  pen.fill();
}

function paintWear(pen: Pen, rng: Rng, blade: Blade): void {
  const marks = rng.integer(0, 4);
  for (let i = 0; i < marks; i++) {
    const [x, y] = pointOn(blade, rng.uniform(), between(rng, -0.9, 0.9));
    pen.fillStyle = rng.uniform() < 0.5 ? 'rgb(60 40 20 / 0.4)' : 'rgb(230 230 210 / 0.3)';
    blob(pen, rng, x, y, blade.length * between(rng, 0.005, 0.014), 5);
    pen.fill();
  }
}

/** An irregular round shape; few corners make it angular. */
function blob(pen: Pen, rng: Rng, x: number, y: number, radius: number, corners: number): void {
  const turn = rng.uniform() * 2 * Math.PI;
  pen.beginPath();
  for (let i = 0; i < corners; i++) {
    const angle = turn + (i / corners) * 2 * Math.PI;
    const r = radius * between(rng, 0.65, 1.25);
    pen.lineTo(x + r * Math.cos(angle), y + r * Math.sin(angle));
  }
  pen.closePath();
}
