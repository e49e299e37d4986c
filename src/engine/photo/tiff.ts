/**
 * TIFF as Pillow sees it: 8 bits a channel as they are, 16 bits of colour by their upper half, 16 bits of grey cut off at 255,
 * for that is what `convert("RGB")` makes of them. The `tiff` package decodes; it is loaded with the first such photo.
 * Format: TIFF 6.0.
 */
import type { StoredPhoto } from './storedPhoto';

/** Photometric interpretations. */
const [WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE] = [0, 1, 2, 3];

/** Its first picture. @throws Error with the reason where it is not read, or not as Pillow reads it. */
export async function openTiff(bytes: ArrayBuffer): Promise<StoredPhoto> {
  const { decode } = await import('tiff');
  const [picture] = decode(bytes, { pages: [0] });
  if (!picture) throw new Error('it holds no picture');
  const { width, height, data, samplesPerPixel: samples, type, palette, bitsPerSample, planarConfiguration } = picture;
  if (picture.associatedAlpha) throw new Error('its colours are multiplied by its alpha');
  if (samples > 1 && planarConfiguration === 2) throw new Error('its channels are stored apart');
  if (bitsPerSample !== 8 && bitsPerSample !== 16) throw new Error(`it has ${bitsPerSample} bits a channel`);
  if (![WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE].includes(type))
    throw new Error('it is neither RGB, grey nor of a palette');
  const isColour = type === RGB;
  if (samples !== (isColour ? 3 : 1) && samples !== (isColour ? 4 : 2)) throw new Error(`it has ${samples} channels`);
  const level = (value: number) => (bitsPerSample === 8 ? value : isColour ? value >> 8 : Math.min(value, 255));
  const colourOf = (at: number): readonly [number, number, number] => {
    const first = data[at]!;
    if (isColour) return [level(first), level(data[at + 1]!), level(data[at + 2]!)];
    if (type !== PALETTE) return [level(first), level(first), level(first)];
    const [red, green, blue] = palette?.[first] ?? [0, 0, 0];
    return [red >> 8, green >> 8, blue >> 8];
  };
  return {
    width,
    height,
    read({ left, top, width: columns, height: rows }) {
      const pixels = new Uint8ClampedArray(columns * rows * 4);
      for (let y = 0, to = 0; y < rows; y++)
        for (let x = 0; x < columns; x++, to += 4) {
          pixels.set(colourOf(((top + y) * width + left + x) * samples), to);
          pixels[to + 3] = 255;
        }
      return Promise.resolve({ pixels });
    },
  };
}
