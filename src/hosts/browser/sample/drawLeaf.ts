/** Leaves of the sample photos: blades with veins, alone or fanned out like a hand, as cassava has them. */
import type { Rng } from '../../../engine/base/rng';
import { between, type Blade, hsl, type LeafColour, type Pen, pointOn, veinOf } from './blade';
import { type Disease, paintDisease } from './diseases';

/**
 * A whole leaf with its stalk's end at the origin, pointing along x. `size` is the length of its longest blade, px.
 * `strength` of the disease, 0 to 1.
 */
export function drawLeaf(
  pen: Pen,
  rng: Rng,
  leaf: { size: number; palmate: boolean; colour: LeafColour; disease: Disease; strength: number },
): void {
  const { size, palmate, colour, disease, strength } = leaf;
  const lobes = palmate ? 5 + 2 * rng.integer(0, 1) : 1;
  const spread = between(rng, 1.5, 2.1);
  const halfWidth = palmate ? between(rng, 0.12, 0.17) : between(rng, 0.19, 0.27);
  drawStalk(pen, rng, size, colour);
  // The outer lobes lie below the middle one.
  const order = Array.from({ length: lobes }, (_, i) => i - (lobes - 1) / 2).sort((a, b) => Math.abs(b) - Math.abs(a));
  for (const lobe of order) {
    const share = lobes > 1 ? lobe / ((lobes - 1) / 2) : 0;
    const length = size * (1 - 0.42 * Math.abs(share) ** 1.4) * between(rng, 0.93, 1.05);
    const blade = {
      length,
      halfWidth: Math.max(2, size * halfWidth * between(rng, 0.85, 1.1) * (1 - 0.2 * Math.abs(share))),
      bend: share * 0.12 + between(rng, -0.06, 0.06),
      veins: rng.integer(7, 10),
    };
    pen.save();
    pen.rotate(share * spread + between(rng, -0.07, 0.07));
    drawBlade(pen, rng, blade, { ...colour, lightness: colour.lightness + between(rng, -3, 3) });
    clipTo(pen, blade);
    paintDisease(pen, rng, blade, colour, disease, strength * between(rng, 0.7, 1.2));
    paintVeins(pen, blade, colour);
    pen.restore();
  }
}

function drawStalk(pen: Pen, rng: Rng, size: number, colour: LeafColour): void {
  pen.strokeStyle = hsl(between(rng, 0, 1) < 0.5 ? 12 : colour.hue - 20, 35, colour.lightness + 8);
  pen.lineWidth = Math.max(1.5, size * 0.022);
  pen.lineCap = 'round';
  pen.beginPath();
  pen.moveTo(0, 0);
  pen.quadraticCurveTo(-size * 0.35, size * between(rng, -0.15, 0.15), -size * 0.8, size * between(rng, -0.3, 0.3));
  pen.stroke();
}

function outline(pen: Pen, blade: Blade, from: -1 | 0, to: 0 | 1): void {
  const steps = 22;
  pen.beginPath();
  for (let i = 0; i <= steps; i++) pen.lineTo(...pointOn(blade, i / steps, to));
  for (let i = steps; i >= 0; i--) pen.lineTo(...pointOn(blade, i / steps, from));
  pen.closePath();
}

function clipTo(pen: Pen, blade: Blade): void {
  outline(pen, blade, -1, 1);
  pen.clip();
}

function drawBlade(pen: Pen, rng: Rng, blade: Blade, { hue, saturation, lightness }: LeafColour): void {
  const { length, halfWidth } = blade;
  pen.save();
  pen.translate(length * 0.012 + 1.5, length * 0.03 + 2);
  outline(pen, blade, -1, 1);
  pen.fillStyle = 'rgb(8 14 4 / 0.38)';
  pen.fill();
  pen.restore();

  const along = pen.createLinearGradient(0, 0, length, 0);
  along.addColorStop(0, hsl(hue + 4, saturation, lightness + 5));
  along.addColorStop(0.5, hsl(hue, saturation, lightness));
  along.addColorStop(1, hsl(hue - 8, saturation + 4, lightness + between(rng, -3, 5)));
  outline(pen, blade, -1, 1);
  pen.fillStyle = along;
  pen.fill();

  // One half turns to the light, the other away.
  const lit = rng.uniform() < 0.5 ? 1 : -1;
  const across = pen.createLinearGradient(0, -halfWidth, 0, halfWidth);
  across.addColorStop(0.5 - 0.5 * lit, 'rgb(240 255 190 / 0.17)');
  across.addColorStop(0.5, 'rgb(240 255 190 / 0)');
  across.addColorStop(0.501, 'rgb(0 20 0 / 0.06)');
  across.addColorStop(0.5 + 0.5 * lit, 'rgb(0 20 0 / 0.2)');
  pen.fillStyle = across;
  pen.fill();
  pen.strokeStyle = hsl(hue - 6, saturation, lightness - 12, 0.55);
  pen.lineWidth = Math.max(0.6, length * 0.006);
  pen.stroke();
}

function paintVeins(pen: Pen, blade: Blade, { hue, saturation, lightness }: LeafColour): void {
  pen.beginPath();
  for (let i = 0; i < blade.veins; i++) {
    for (const side of [-1, 1] as const) {
      const { from, via, to } = veinOf(blade, i, side);
      pen.moveTo(...from);
      pen.quadraticCurveTo(...via, ...to);
    }
  }
  pen.strokeStyle = hsl(hue - 12, saturation * 0.75, lightness + 17, 0.5);
  pen.lineWidth = Math.max(0.5, blade.length * 0.0055);
  pen.stroke();
  pen.beginPath();
  pen.moveTo(...pointOn(blade, 0, 0));
  for (let i = 1; i <= 8; i++) pen.lineTo(...pointOn(blade, i / 8, 0));
  pen.strokeStyle = hsl(hue - 18, saturation * 0.65, lightness + 24, 0.85);
  pen.lineWidth = Math.max(0.8, blade.length * 0.013);
  pen.stroke();
}
