/**
 * The built-in sample's photos: leaves of one plant over cluttered ground, healthy or with one of four diseases.
 * Leaves appear up to four times as large in one photo as in another, so that the apparent size matters;
 * diseases are mild in some, and light, colour and sharpness vary, so that some photos are hard.
 */
import { fork, type Rng } from '../../../engine/base/rng';
import { between, type LeafColour, type Pen } from './blade';
import type { Disease } from './diseases';
import { drawLeaf } from './drawLeaf';
import { drawGround } from './ground';

export const PHOTO_WIDTH = 800;
export const PHOTO_HEIGHT = 600;

/** Longest blade, px: the apparent size, even on a logarithmic scale. */
const SIZE = { min: 150, max: 600 };
/** Turns from one leaf to the next, radians, so that they spread evenly. */
const GOLDEN_ANGLE = 2.39996;
/** The ground is drawn so much smaller, which blurs it. */
const GROUND_SHRINK = 2.5;
const JPEG_QUALITY = 0.88;

export interface DrawnPhoto {
  /** A JPEG of 800 x 600 px. */
  blob: Blob;
  /** Longest blade of its leaves but for a tenth, px. */
  leaf: number;
}

/** One photo. The same seed and index give the same one in the same browser. */
export async function drawPhoto(seed: number, index: number, disease: Disease): Promise<DrawnPhoto> {
  const rng = fork(seed, index);
  const scene = canvasOf(PHOTO_WIDTH, PHOTO_HEIGHT);
  const leaf = drawScene(scene.pen, rng, disease);
  // Some photos are a little out of focus altogether.
  const blur = rng.uniform() < 0.3 ? between(rng, 1.2, 2.2) : 1;
  const photo = blur > 1 ? blurred(scene.canvas, blur) : scene;
  drawGrain(photo.pen, rng);
  return { blob: await photo.canvas.convertToBlob({ type: 'image/jpeg', quality: JPEG_QUALITY }), leaf };
}

/** Returns the leaves' size, px. */
function drawScene(pen: Pen, rng: Rng, disease: Disease): number {
  const ground = canvasOf(Math.round(PHOTO_WIDTH / GROUND_SHRINK), Math.round(PHOTO_HEIGHT / GROUND_SHRINK));
  drawGround(ground.pen, rng, ground.canvas.width, ground.canvas.height);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(ground.canvas, 0, 0, PHOTO_WIDTH, PHOTO_HEIGHT);

  const size = SIZE.min * (SIZE.max / SIZE.min) ** rng.uniform();
  const colour: LeafColour = {
    hue: between(rng, 92, 128),
    saturation: between(rng, 34, 54),
    lightness: between(rng, 24, 34),
  };
  const palmate = rng.uniform() < 0.7;
  const strength = 0.3 + 0.7 * rng.uniform() ** 0.8;
  // Small leaves stand together, as on a whole plant; a large one fills the photo.
  const leaves = Math.max(1, Math.round(((palmate ? 450 : 620) / size) ** 1.5 * between(rng, 0.8, 1.6)));
  // Each leaf has a place of its own around the middle, the last and topmost one near it.
  const reach = Math.min(PHOTO_HEIGHT * 0.45, size * 0.55 * Math.sqrt(leaves));
  const turn = rng.uniform() * 2 * Math.PI;
  for (let i = leaves - 1; i >= 0; i--) {
    const angle = turn + i * GOLDEN_ANGLE + between(rng, -0.4, 0.4);
    const distance = reach * Math.sqrt(i / leaves) + between(rng, 0, 30);
    const leafSize = size * between(rng, 0.8, 1.1);
    pen.save();
    pen.translate(PHOTO_WIDTH / 2 + 1.3 * distance * Math.cos(angle), PHOTO_HEIGHT / 2 + distance * Math.sin(angle));
    // Leaves point outwards, roughly.
    pen.rotate(angle + between(rng, -0.9, 0.9));
    pen.translate((palmate ? -0.1 : -0.5) * leafSize, 0);
    const ofLeaf = { ...colour, lightness: colour.lightness + between(rng, -4, 4) };
    drawLeaf(pen, rng, { size: leafSize, palmate, colour: ofLeaf, disease, strength });
    pen.restore();
  }
  drawLight(pen, rng);
  return size;
}

/** Sun from one side, shade from the other, a tint, and more or less of it all. */
function drawLight(pen: Pen, rng: Rng): void {
  const angle = rng.uniform() * 2 * Math.PI;
  const [dx, dy] = [Math.cos(angle) * 450, Math.sin(angle) * 450];
  const sun = pen.createLinearGradient(400 - dx, 300 - dy, 400 + dx, 300 + dy);
  const force = between(rng, 0.05, 0.45);
  sun.addColorStop(0, `rgb(255 244 205 / ${force})`);
  sun.addColorStop(0.5, 'rgb(128 128 128 / 0)');
  sun.addColorStop(1, `rgb(10 20 45 / ${force})`);
  pen.save();
  pen.globalCompositeOperation = 'soft-light';
  pen.fillStyle = sun;
  pen.fillRect(0, 0, PHOTO_WIDTH, PHOTO_HEIGHT);
  const tint = rng.uniform() < 0.5 ? '255 214 150' : '170 205 255';
  pen.fillStyle = `rgb(${tint} / ${between(rng, 0, 0.22)})`;
  pen.fillRect(0, 0, PHOTO_WIDTH, PHOTO_HEIGHT);
  pen.globalCompositeOperation = 'source-over';
  const exposure = between(rng, -0.15, 0.1);
  pen.fillStyle = exposure < 0 ? `rgb(0 0 0 / ${-exposure})` : `rgb(255 255 255 / ${exposure})`;
  pen.fillRect(0, 0, PHOTO_WIDTH, PHOTO_HEIGHT);
  pen.restore();
}

function blurred(canvas: OffscreenCanvas, shrink: number): ReturnType<typeof canvasOf> {
  const small = canvasOf(Math.round(PHOTO_WIDTH / shrink), Math.round(PHOTO_HEIGHT / shrink));
  small.pen.drawImage(canvas, 0, 0, small.canvas.width, small.canvas.height);
  const large = canvasOf(PHOTO_WIDTH, PHOTO_HEIGHT);
  large.pen.drawImage(small.canvas, 0, 0, PHOTO_WIDTH, PHOTO_HEIGHT);
  return large;
}

/** A sensor's noise: one tile of it, laid out from a random corner. */
function drawGrain(pen: Pen, rng: Rng): void {
  const pattern = pen.createPattern(grainTile(), 'repeat');
  if (!pattern) return;
  pen.save();
  pen.globalCompositeOperation = 'overlay';
  pen.globalAlpha = between(rng, 0.08, 0.4);
  pen.translate(-rng.integer(0, GRAIN - 1), -rng.integer(0, GRAIN - 1));
  pen.fillStyle = pattern;
  pen.fillRect(0, 0, PHOTO_WIDTH + GRAIN, PHOTO_HEIGHT + GRAIN);
  pen.restore();
}

const GRAIN = 256;
let grain: OffscreenCanvas | null = null;

function grainTile(): OffscreenCanvas {
  if (grain) return grain;
  const { canvas, pen } = canvasOf(GRAIN, GRAIN);
  const noise = pen.createImageData(GRAIN, GRAIN);
  const rng = fork(0);
  for (let i = 0; i < noise.data.length; i++) noise.data[i] = i % 4 === 3 ? 255 : 128 + 42 * rng.normal();
  pen.putImageData(noise, 0, 0);
  grain = canvas;
  return canvas;
}

function canvasOf(width: number, height: number): { canvas: OffscreenCanvas; pen: Pen } {
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error(`no canvas of ${width} x ${height} could be made`);
  return { canvas, pen };
}
