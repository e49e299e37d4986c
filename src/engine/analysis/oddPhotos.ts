/** Photos that differ from the others of their folder in a way that is rarely meant: dark, blurred, tiny, oddly shaped. */
import type { PhotoFacts } from '../photo/inspectPhoto';

export type Oddity = 'dark' | 'blurred' | 'tiny' | 'shape';

/** A photo's mean grey, of 255, below which little is seen in it. */
const DARK = 30;
/** Sharpness is spread like a logarithm: so many robust deviations below the folder's median, and no more than that in any case. */
const BLUR_DEVIATIONS = 2.5;
const MOST_BLURRED = 60;
/** A shorter side, px; and a share of the folder's median. */
const TINY = 48;
const TINY_SHARE = 0.25;
/** Longer side to shorter. */
const ODD_RATIO = 2.5;
/** Of a normal distribution, the standard deviation beside the median absolute one. */
const NORMAL = 1.4826;

/** A set of oddities a photo. */
export function oddPhotos(
  facts: readonly (Pick<PhotoFacts, 'width' | 'height' | 'brightness' | 'sharpness'> | null)[],
): ReadonlySet<Oddity>[] {
  const known = facts.filter((one) => one !== null);
  const logs = known.map(({ sharpness }) => Math.log1p(sharpness));
  const middle = median(logs);
  const spread = NORMAL * median(logs.map((value) => Math.abs(value - middle)));
  const blurred = Math.min(Math.log1p(MOST_BLURRED), middle - BLUR_DEVIATIONS * spread);
  const usualSide = median(known.map(({ width, height }) => Math.min(width, height)));
  return facts.map((one) => {
    const odd = new Set<Oddity>();
    if (!one) return odd;
    const [short, long] = [Math.min(one.width, one.height), Math.max(one.width, one.height)];
    if (one.brightness < DARK) odd.add('dark');
    // A dark photo has little contrast, and so little sharpness, whatever the lens.
    else if (Math.log1p(one.sharpness) < blurred) odd.add('blurred');
    if (short < Math.max(TINY, TINY_SHARE * usualSide)) odd.add('tiny');
    if (long > ODD_RATIO * short) odd.add('shape');
    return odd;
  });
}

/** NaN of none. */
function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length / 2;
  return sorted.length % 2 === 1 ? sorted[Math.floor(half)]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
