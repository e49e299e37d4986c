import { expect, test } from 'vitest';
import { uprightToStored } from './exifOrientation';
import { storedRegion, turnUpright, uprightSize } from './exifTurn';

const STORED = { width: 5, height: 3 };

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'orientation %i: every upright pixel comes from where it is stored',
  (orientation) => {
    const { width, height } = uprightSize(orientation, STORED);
    const words = Uint32Array.from({ length: 15 }, (_, i) => i + 100);
    const cut = ({ left, top, width: w, height: h }: ReturnType<typeof storedRegion>) =>
      Uint32Array.from({ length: w * h }, (_, i) => words[(top + Math.floor(i / w)) * STORED.width + left + (i % w)]!);
    const [a, b, c, d, e, f] = uprightToStored(orientation, STORED.width, STORED.height);
    for (let top = 0; top < height; top++) {
      for (let left = 0; left < width; left++) {
        const region = { left, top, width: width - left, height: height - top };
        const stored = storedRegion(orientation, region, STORED);
        const turned = turnUpright(orientation, new Uint8ClampedArray(cut(stored).buffer), stored);
        const [x, y] = [left + 0.5, top + 0.5];
        const at = Math.floor(b * x + d * y + f) * STORED.width + Math.floor(a * x + c * y + e);
        expect(new Uint32Array(turned.buffer)[0]).toBe(words[at]);
        expect(turned.byteLength).toBe(region.width * region.height * 4);
      }
    }
  },
);
