/** What lies behind the sample's leaves: soil, dry litter or grass, out of focus. */
import type { Rng } from '../../../engine/base/rng';
import { between, hsl, type Pen } from './blade';

/** Fills `width` x `height` px. Drawn small and enlarged by the caller, it looks out of focus. */
export function drawGround(pen: Pen, rng: Rng, width: number, height: number): void {
  const hue = between(rng, 18, 38);
  const lightness = between(rng, 16, 40);
  pen.fillStyle = hsl(hue, 28, lightness);
  pen.fillRect(0, 0, width, height);
  drawClods(pen, rng, width, height, hue, lightness);
  const cover = rng.uniform();
  if (cover < 0.4) drawLitter(pen, rng, width, height);
  if (cover > 0.25) drawGrass(pen, rng, width, height, between(rng, 30, 240));
}

function drawClods(pen: Pen, rng: Rng, width: number, height: number, hue: number, lightness: number): void {
  for (let i = 0; i < 260; i++) {
    const radius = between(rng, 1, 11);
    pen.fillStyle = hsl(hue + between(rng, -8, 8), between(rng, 12, 36), lightness + between(rng, -12, 12), 0.55);
    pen.beginPath();
    pen.ellipse(
      rng.uniform() * width,
      rng.uniform() * height,
      radius,
      radius * between(rng, 0.4, 1),
      rng.uniform() * 3,
      0,
      2 * Math.PI,
    );
    pen.fill();
  }
}

/** Dead leaves and straw: brown and yellow, so that colour alone gives no disease away. */
function drawLitter(pen: Pen, rng: Rng, width: number, height: number): void {
  for (let i = 0; i < 26; i++) {
    const length = between(rng, 12, 60);
    pen.save();
    pen.translate(rng.uniform() * width, rng.uniform() * height);
    pen.rotate(rng.uniform() * 2 * Math.PI);
    pen.fillStyle = hsl(between(rng, 22, 52), between(rng, 20, 45), between(rng, 20, 46), 0.85);
    pen.beginPath();
    pen.moveTo(-length / 2, 0);
    pen.quadraticCurveTo(0, -length * between(rng, 0.05, 0.3), length / 2, 0);
    pen.quadraticCurveTo(0, length * between(rng, 0.05, 0.3), -length / 2, 0);
    pen.fill();
    pen.restore();
  }
}

function drawGrass(pen: Pen, rng: Rng, width: number, height: number, blades: number): void {
  const hue = between(rng, 70, 120);
  pen.lineCap = 'round';
  for (let i = 0; i < blades; i++) {
    const x = rng.uniform() * width;
    const y = rng.uniform() * height * 1.15;
    const length = between(rng, 18, 80);
    const lean = between(rng, -0.8, 0.8) * length;
    pen.strokeStyle = hsl(hue + between(rng, -22, 18), between(rng, 16, 40), between(rng, 16, 38), 0.8);
    pen.lineWidth = between(rng, 0.8, 3.4);
    pen.beginPath();
    pen.moveTo(x, y);
    pen.quadraticCurveTo(x + lean * 0.2, y - length * 0.6, x + lean, y - length);
    pen.stroke();
  }
}
