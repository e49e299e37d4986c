/**
 * Accuracy by apparent size: does a network fail on what looks larger, or smaller, than what it has learned from? What photos
 * show is as large in a view as it is in the photo, times the view's scale.
 */
import type { EvalView, ViewSpec } from '../photo/view';
import { type DrawOptions, type PhotoSize, testScale, trainScales } from './apparentSize';

/** A photo, and how long what it shows is in it, px. */
export interface ShownObject extends PhotoSize {
  object: number;
}

/**
 * As the paper has it, where nobody has measured: a camera's focal length in pixels goes with the square root of a photo's
 * area (eq. 1), so the same thing at the same distance fills the same part of every photo.
 */
export const objectOf = ({ width, height }: PhotoSize): number => Math.sqrt(width * height);

/** The mean of 1 / r_train over training views: times r_test it is the mean of r_test / r_train (eq. 4). */
export function inverseTrained(train: ViewSpec, photos: readonly ShownObject[], options: DrawOptions): number {
  const scales = trainScales(train, photos, options);
  return scales.reduce((sum, scale, i) => sum + 1 / (scale * photos[i % photos.length]!.object), 0) / scales.length;
}

/** How many times as large as in training, on average, what a photo shows looks in a test view. */
export const apparentRatio = (test: EvalView, photo: ShownObject, inverse: number): number =>
  testScale(test, photo) * photo.object * inverse;

export interface ApparentBin {
  /** The least and the greatest ratio in it, and their geometric mean over the photos. */
  from: number;
  to: number;
  ratio: number;
  count: number;
  correct: number;
}

const MOST_BINS = 5;
/** Of fewer photos an accuracy says nothing. */
const LEAST_PHOTOS = 12;

/** About as many photos in each, from small to large; those of equal ratios are in one. */
export function apparentBins(photos: readonly { ratio: number; right: boolean }[]): ApparentBin[] {
  const sorted = photos.toSorted((a, b) => a.ratio - b.ratio);
  const each = Math.max(LEAST_PHOTOS, Math.ceil(sorted.length / MOST_BINS));
  const bins: ApparentBin[] = [];
  for (let from = 0; from < sorted.length;) {
    let to = Math.min(sorted.length, from + each);
    while (to < sorted.length && isSame(sorted[to]!.ratio, sorted[to - 1]!.ratio)) to++;
    if (sorted.length - to < LEAST_PHOTOS) to = sorted.length;
    bins.push(binOf(sorted.slice(from, to)));
    from = to;
  }
  return bins;
}

/** But for rounding. */
const isSame = (a: number, b: number): boolean => Math.abs(a / b - 1) < 1e-9;

function binOf(photos: readonly { ratio: number; right: boolean }[]): ApparentBin {
  const log = photos.reduce((sum, { ratio }) => sum + Math.log(ratio), 0) / photos.length;
  return {
    from: photos[0]!.ratio,
    to: photos.at(-1)!.ratio,
    ratio: Math.exp(log),
    count: photos.length,
    correct: photos.filter(({ right }) => right).length,
  };
}
