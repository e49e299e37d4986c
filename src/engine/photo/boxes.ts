/**
 * Which part of a photo a view shows: step 4 of the data's path.
 * Source: torchvision 0.14, `RandomResizedCrop.get_params`, `functional.center_crop` and `functional.resize`.
 */
import type { Rng } from '../base/rng';
import type { EvalView, Region } from './view';

/** torchvision's defaults: least share of the photo's area, and width / height. */
export const MIN_SCALE = 0.08;
export const RATIO = { min: 3 / 4, max: 4 / 3 };
const TRIES = 10;

export interface CropRule {
  /** Least share of the photo's area; torchvision's default is 0.08. */
  minScale?: number;
  /** How the fallback's odd side becomes whole: torchvision rounds halves to even, fastai truncates. */
  whole?: (value: number) => number;
}

/**
 * RandomResizedCrop's box. Boxes that stick out of the photo are drawn again, which makes large ones rarer;
 * after ten tries, the largest centred box of an allowed ratio is taken.
 */
export function randomCropBox(
  rng: Rng,
  width: number,
  height: number,
  { minScale = MIN_SCALE, whole = roundHalfEven }: CropRule = {},
): Region {
  const uniform = (min: number, max: number) => min + (max - min) * rng.uniform();
  for (let i = 0; i < TRIES; i++) {
    const area = width * height * uniform(minScale, 1);
    const ratio = Math.exp(uniform(Math.log(RATIO.min), Math.log(RATIO.max)));
    const w = roundHalfEven(Math.sqrt(area * ratio));
    const h = roundHalfEven(Math.sqrt(area / ratio));
    if (w > 0 && w <= width && h > 0 && h <= height) {
      const top = rng.integer(0, height - h);
      const left = rng.integer(0, width - w);
      return { left, top, width: w, height: h };
    }
  }
  return fallbackBox(width, height, whole);
}

/** What RandomResizedCrop takes after ten misses: the whole photo, or its middle where it is longer than 4:3. */
export function fallbackBox(width: number, height: number, whole = roundHalfEven): Region {
  const ratio = width / height;
  const w = ratio > RATIO.max ? whole(height * RATIO.max) : width;
  const h = ratio < RATIO.min ? whole(width / RATIO.min) : height;
  return { left: Math.floor((width - w) / 2), top: Math.floor((height - h) / 2), width: w, height: h };
}

/** Resize(resize): the shorter side becomes `resize` px, the longer one keeps the ratio, truncated. 0 changes nothing. */
export function resizedSize(resize: number, width: number, height: number): { width: number; height: number } {
  if (resize === 0) return { width, height };
  return width <= height
    ? { width: resize, height: Math.trunc((resize * height) / width) }
    : { width: Math.trunc((resize * width) / height), height: resize };
}

/**
 * CenterCrop along one axis: the first of `crop` px in an axis of `size` px. Negative where black is padded,
 * `-offset` px before the photo and as many or one more after it.
 */
export function centerCropOffset(size: number, crop: number): number {
  return size >= crop ? roundHalfEven((size - crop) / 2) : -Math.floor((crop - size) / 2);
}

/** What a test view resizes the photo to, and what part of that it is, px. A side that is shorter than the crop is padded. */
export function evalCrop(
  { resize, crop, squish = false, corner, whole = false }: EvalView,
  width: number,
  height: number,
): { resized: { width: number; height: number }; left: number; top: number; width: number; height: number } {
  const resized = squish && resize > 0 ? { width: resize, height: resize } : resizedSize(resize, width, height);
  if (whole) return { resized, left: 0, top: 0, ...resized };
  const offset = (size: number, ends: boolean) =>
    corner && size > crop ? (ends ? size - crop : 0) : centerCropOffset(size, crop);
  const left = offset(resized.width, corner === 'topRight' || corner === 'bottomRight');
  const top = offset(resized.height, corner === 'bottomLeft' || corner === 'bottomRight');
  return { resized, left, top, width: crop, height: crop };
}

/**
 * The first pixel of DA2's centre crop along the horizontal axis: moved by U{0 … j} px to either side, j being the
 * centred crop's offset (FixRes, transforms_v2.py). 0 where the photo is not wider than the crop.
 */
export function shiftedCropOffset(rng: Rng, size: number, crop: number): number {
  const centre = centerCropOffset(size, crop);
  if (centre <= 0) return centre;
  const shift = rng.integer(0, centre);
  return centre + (rng.uniform() < 0.5 ? -shift : shift);
}

/** Python's `round`: halves go to the even neighbour. For numbers >= 0. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest === 0.5) return floor + (floor % 2);
  return rest < 0.5 ? floor : floor + 1;
}
