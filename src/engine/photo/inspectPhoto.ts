/** What a photo's pixels alone say of it: whether it is dark or blurred, and a fingerprint that a copy of it has, too. */
import { sha256 } from '@noble/hashes/sha2.js';
import { resizedSize } from './boxes';
import { resizeRgba } from './cpuResize';
import { resizeTaps } from './resample';

export interface PhotoFacts {
  /** px, upright. */
  width: number;
  height: number;
  /** Of the file's bytes, 64 bits of their SHA-256. */
  hash: readonly [number, number];
  /** dHash, 64 bits: photos that differ in a few of them look the same. */
  fingerprint: readonly [number, number];
  /** The 9 x 8 greys that it is made of. */
  greys: Uint8Array<ArrayBuffer>;
  /** Mean and standard deviation of its greys, 0 to 255. */
  brightness: number;
  contrast: number;
  /** Variance of the Laplacian of its greys, of a photo whose shorter side is `SHARPNESS_SIDE` px: small where it is blurred. */
  sharpness: number;
}

type Rgba = Uint8ClampedArray<ArrayBuffer>;

interface Pixels {
  width: number;
  height: number;
  /** RGBA, [height, width, 4]. */
  pixels: Rgba;
}

/** Larger photos are looked at as small as that, smaller ones as they are. */
export const SHARPNESS_SIDE = 256;

/** 64 bits of the bytes' SHA-256. */
export function contentHash(bytes: ArrayBuffer): PhotoFacts['hash'] {
  const view = new DataView(sha256(new Uint8Array(bytes)).buffer);
  return [view.getUint32(0), view.getUint32(4)];
}

/** `photo` is upright. */
export function inspectPixels(photo: Pixels): Omit<PhotoFacts, 'hash'> {
  const grey = greyOf(photo);
  const { width, height } = photo;
  const side = Math.min(SHARPNESS_SIDE, width, height);
  const small = resized(grey, resizedSize(side, width, height));
  return { width, height, ...dHash(grey), ...statistics(small), sharpness: laplacianVariance(small) };
}

/** Pillow's convert('L'), in the first channel of each pixel. */
function greyOf({ width, height, pixels }: Pixels): Pixels {
  const grey = new Uint8ClampedArray(pixels.length);
  for (let at = 0; at < pixels.length; at += 4) {
    grey[at] = (pixels[at]! * 19_595 + pixels[at + 1]! * 38_470 + pixels[at + 2]! * 7471 + 0x8000) >> 16;
  }
  return { width, height, pixels: grey };
}

/** As Pillow resizes, antialiased bilinear. */
function resized({ width, height, pixels }: Pixels, to: { width: number; height: number }): Pixels {
  const [across, down] = [resizeTaps(width, to.width).taps, resizeTaps(height, to.height).taps];
  return { ...to, pixels: resizeRgba(pixels, { width, height }, across, down) };
}

/**
 * The difference hash (Krawetz 2013): greys shrunk to 9 x 8; a bit is set where a pixel is brighter than the one to its left.
 * Row by row, the first bit is the highest.
 */
function dHash(grey: Pixels): Pick<PhotoFacts, 'fingerprint' | 'greys'> {
  const { pixels } = resized(grey, { width: 9, height: 8 });
  const words: [number, number] = [0, 0];
  for (let y = 0; y < 8; y++) {
    for (let x = 0; x < 8; x++) {
      const at = (y * 9 + x) * 4;
      if (pixels[at + 4]! > pixels[at]!) words[y >> 2]! |= 1 << (31 - ((y & 3) * 8 + x));
    }
  }
  const greys = Uint8Array.from({ length: 72 }, (_, i) => pixels[4 * i]!);
  return { fingerprint: [words[0] >>> 0, words[1] >>> 0], greys };
}

function statistics({ pixels }: Pixels): Pick<PhotoFacts, 'brightness' | 'contrast'> {
  const count = pixels.length / 4;
  let [sum, squares] = [0, 0];
  for (let at = 0; at < pixels.length; at += 4) {
    sum += pixels[at]!;
    squares += pixels[at]! ** 2;
  }
  const brightness = sum / count;
  return { brightness, contrast: Math.sqrt(Math.max(0, squares / count - brightness ** 2)) };
}

/** Of the 4-neighbour Laplacian over all pixels that have four neighbours; 0 where none has. */
function laplacianVariance({ width, height, pixels }: Pixels): number {
  let [sum, squares, count] = [0, 0, 0];
  const row = width * 4;
  for (let y = 1; y < height - 1; y++) {
    for (let x = 1; x < width - 1; x++) {
      const at = y * row + x * 4;
      const value = pixels[at - row]! + pixels[at + row]! + pixels[at - 4]! + pixels[at + 4]! - 4 * pixels[at]!;
      sum += value;
      squares += value ** 2;
      count++;
    }
  }
  return count === 0 ? 0 : squares / count - (sum / count) ** 2;
}
