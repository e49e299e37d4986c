/** Pillow's ImageEnhance in the plainest way: each operation on the whole picture, single precision where Pillow has it. */
import type { ColorOperation } from '../../photo/view';

/** RGB bytes, any number of pixels, as each operation leaves them for the next. */
export function enhanceReference(
  picture: Uint8ClampedArray,
  operations: readonly ColorOperation[],
): Uint8ClampedArray<ArrayBuffer> {
  let now = Uint8ClampedArray.from(picture);
  for (const { kind, factor } of operations) {
    const greys = Array.from({ length: now.length / 3 }, (_, i) => luma(now[i * 3]!, now[i * 3 + 1]!, now[i * 3 + 2]!));
    const mean = Math.floor(greys.reduce((a, b) => a + b, 0) / greys.length + 0.5);
    const bases = { brightness: () => 0, contrast: () => mean, saturation: (at: number) => greys[Math.floor(at / 3)]! };
    now = now.map((value, at) => blend(bases[kind](at), value, factor));
  }
  return now;
}

const luma = (r: number, g: number, b: number): number =>
  Math.floor((r * 19595 + g * 38470 + b * 7471 + 32768) / 65536);

function blend(base: number, value: number, factor: number): number {
  const alpha = Math.fround(factor);
  const mixed = Math.fround(base + Math.fround(alpha * (value - base)));
  return mixed <= 0 ? 0 : mixed >= 255 ? 255 : Math.trunc(mixed);
}
