/** Regions and pixels of photos that EXIF wants turned, for those who respect it: between the upright picture and the stored one. */
import type { Outline, Point } from './outline';
import type { Region } from './view';
import { swapsSides, uprightToStored } from './exifOrientation';

interface Size {
  width: number;
  height: number;
}

/** The upright picture's size. */
export function uprightSize(orientation: number, { width, height }: Size): Size {
  return swapsSides(orientation) ? { width: height, height: width } : { width, height };
}

/** Where a region of the upright picture lies in the stored one of size `stored`. */
export function storedRegion(orientation: number, region: Region, stored: Size): Region {
  const [a, b, c, d, e, f] = uprightToStored(orientation, stored.width, stored.height);
  const xs = [region.left, region.left + region.width];
  const ys = [region.top, region.top + region.height];
  const corners = xs.flatMap((x) => ys.map((y) => [a * x + c * y + e, b * x + d * y + f] as const));
  const left = Math.min(...corners.map(([x]) => x));
  const top = Math.min(...corners.map(([, y]) => y));
  const right = Math.max(...corners.map(([x]) => x));
  const bottom = Math.max(...corners.map(([, y]) => y));
  return { left, top, width: right - left, height: bottom - top };
}

/** Where an outline on the stored picture of size `stored` lies on the upright one. */
export function storedToUpright(orientation: number, stored: Size): (outline: Outline) => Outline {
  const [a, b, c, d, e, f] = uprightToStored(orientation, stored.width, stored.height);
  // Turns and mirrors: the inverse of their matrix is its transpose.
  const turn = ([x, y]: Point): Point => [a * (x - e) + b * (y - f), c * (x - e) + d * (y - f)];
  return ([first, second, third, fourth]) => [turn(first), turn(second), turn(third), turn(fourth)];
}

/** A stored region's RGBA, turned upright. `size` is the stored region's. */
export function turnUpright(
  orientation: number,
  pixels: Uint8ClampedArray<ArrayBuffer>,
  size: Size,
): Uint8ClampedArray<ArrayBuffer> {
  if (orientation === 1) return pixels;
  const { width, height } = uprightSize(orientation, size);
  const [a, b, c, d, e, f] = uprightToStored(orientation, size.width, size.height);
  const from = new Uint32Array(pixels.buffer);
  const to = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      // Pixel centres lie half a pixel in.
      const storedX = Math.floor(a * (x + 0.5) + c * (y + 0.5) + e);
      const storedY = Math.floor(b * (x + 0.5) + d * (y + 0.5) + f);
      to[y * width + x] = from[storedY * size.width + storedX]!;
    }
  }
  return new Uint8ClampedArray(to.buffer);
}
