/** fastai's sampling and lighting in float64, in coordinates from -1 to 1 as fastai has them. */
import type { Warp } from '../../photo/view';

/** `x`: [size, size, 3] in [0, 1]. */
export function warpReference(x: ArrayLike<number>, size: number, { matrix: m, brightness, contrast }: Warp): number[] {
  const out: number[] = [];
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      const [u, v] = [(2 * j) / (size - 1) - 1, (2 * i) / (size - 1) - 1];
      const depth = m[6] * u + m[7] * v + m[8];
      const column = mirror((((m[0] * u + m[1] * v + m[2]) / depth + 1) / 2) * (size - 1), size - 1);
      const row = mirror((((m[3] * u + m[4] * v + m[5]) / depth + 1) / 2) * (size - 1), size - 1);
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let y = 0; y < size; y++) {
          const weightY = Math.max(0, 1 - Math.abs(row - y));
          if (weightY === 0) continue;
          for (let k = 0; k < size; k++) {
            const weight = weightY * Math.max(0, 1 - Math.abs(column - k));
            if (weight > 0) sum += weight * x[(y * size + k) * 3 + c]!;
          }
        }
        out.push(light(sum, brightness, contrast));
      }
    }
  }
  return out;
}

/** Walks back and forth between 0 and `last`. */
function mirror(position: number, last: number): number {
  let at = position;
  while (at < 0 || at > last) at = at < 0 ? -at : 2 * last - at;
  return at;
}

function light(value: number, brightness: number, contrast: number): number {
  const inside = Math.min(1 - 1e-7, Math.max(1e-7, value));
  const logit = -Math.log(1 / inside - 1);
  return 1 / (1 + Math.exp(-(logit + brightness) * contrast));
}
