import { expect, test } from 'vitest';
import golden from '../../testing/golden/inspect.json' with { type: 'json' };
import { contentHash, inspectPixels } from './inspectPhoto';

/** As the script beside the values draws. */
function draw(width: number, height: number, phase: number) {
  const pixels = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const red = (x * 7 + y * 3 + phase) % 256;
      const green = (Math.floor((x * x) / 16) + y * 5 + 2 * phase) % 256;
      const blue = (Math.floor(x / 9) * 40 + Math.floor(y / 7) * 25 + phase) % 256;
      pixels.set([red, green, blue, 255], 4 * (y * width + x));
    }
  }
  return { width, height, pixels };
}

test.each(golden)(
  '$width x $height: fingerprint and statistics are those of Pillow, ImageHash’s formula and SciPy',
  (one) => {
    const facts = inspectPixels(draw(one.width, one.height, one.phase));
    expect(facts.fingerprint).toEqual(one.fingerprint);
    expect(facts).toMatchObject({ width: one.width, height: one.height });
    for (const name of ['brightness', 'contrast', 'sharpness'] as const) {
      expect(Math.abs(facts[name] - one[name]) / one[name], name).toBeLessThan(1e-6);
    }
  },
);

test('a photo of one pixel is nothing to be blurred', () => {
  expect(inspectPixels(draw(1, 1, 5))).toMatchObject({ contrast: 0, sharpness: 0, fingerprint: [0, 0] });
});

test('equal bytes have one hash, the first 64 bits of SHA-256', () => {
  const bytes = new TextEncoder().encode('abc').buffer;
  // FIPS 180-4's own example.
  expect(contentHash(bytes)).toEqual([0xba7816bf, 0x8f01cfea]);
});
