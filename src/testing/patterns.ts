/** A data set without files: small photos whose class is the colour of their stripes, under noise. */
import { makeView } from '../engine/photo/makeView';
import type { PhotoLoader, Region } from '../engine/photo/view';
import type { Rng } from '../engine/base/rng';
import type { Sample } from '../engine/dataset/types';
import { picture } from './golden/values';

export const PATTERN_CLASSES = ['red', 'green', 'blue'] as const;

const PHOTO = { width: 44, height: 38 };

/** `count` samples, the classes in turn. */
export function patternSamples(name: string, count: number): Sample[] {
  return Array.from({ length: count }, (_, i) => {
    const label = i % PATTERN_CLASSES.length;
    return { path: `${name}/${i}/${label}`, imageId: `${i}`, label };
  });
}

/** Every photo drawn from its path, after a delay of up to 3 ms where `delay` is given. */
export function patternLoader(delay?: Rng): PhotoLoader {
  return {
    async load(path, spec, seed) {
      if (delay) await new Promise((resolve) => setTimeout(resolve, 3 * delay.uniform()));
      const view = makeView(spec, PHOTO.width, PHOTO.height, seed);
      const pixels = cut(pattern(path), PHOTO.width, view.region);
      return { view, photoWidth: PHOTO.width, photoHeight: PHOTO.height, pixels };
    },
  };
}

/** The region's pixels, as a loader cuts them out of a photo of `width` px: RGBA, [region.height, region.width, 4]. */
export function cut(photo: Uint8ClampedArray, width: number, region: Region): Uint8ClampedArray<ArrayBuffer> {
  const out = new Uint8ClampedArray(region.width * region.height * 4);
  for (let y = 0; y < region.height; y++) {
    const from = ((region.top + y) * width + region.left) * 4;
    out.set(photo.subarray(from, from + region.width * 4), y * region.width * 4);
  }
  return out;
}

const drawn = new Map<string, Uint8ClampedArray>();

function pattern(path: string): Uint8ClampedArray {
  const known = drawn.get(path);
  if (known) return known;
  const photo = picture(path, PHOTO.width, PHOTO.height);
  const channel = Number(path.at(-1));
  for (let pixel = 0; pixel < PHOTO.width * PHOTO.height; pixel++) {
    if (Math.floor(pixel / 4) % 2 === 0) photo[pixel * 4 + channel]! += 120;
  }
  drawn.set(path, photo);
  return photo;
}
