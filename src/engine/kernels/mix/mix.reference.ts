/** Photos mixed with the one before, in float64. */
import type { MixRegion } from './mix';

/** `photos` [N + 1, R, R, 3] → [N, R, R, 3]. */
export function mixReference(
  photos: ArrayLike<number>,
  size: number,
  { left, top, right, bottom, share }: MixRegion,
): Float64Array {
  const photo = size * size * 3;
  return Float64Array.from({ length: photos.length - photo }, (_, i) => {
    const [x, y] = [Math.floor(i / 3) % size, Math.floor(i / (3 * size)) % size];
    const own = left <= x && x < right && top <= y && y < bottom ? share : 1;
    return own * photos[i + photo]! + (1 - own) * photos[i]!;
  });
}
