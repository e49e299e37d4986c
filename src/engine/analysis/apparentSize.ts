/**
 * Apparent object size (paper section 3.1): how much larger or smaller things look in testing than in training, from the
 * very boxes that training draws, beside the paper's closed formula. Scales are view px a photo px; the scale of a view
 * that stretches one axis more than the other is the geometric mean of both.
 */
import { randomCropBox } from '../photo/boxes';
import { makeView } from '../photo/makeView';
import { outlineOf, scaleOf } from '../photo/outline';
import { sizeOfView, type ViewSpec } from '../photo/view';
import { fork } from '../base/rng';

type TestSpec = Extract<ViewSpec, { kind: 'eval' }>;

export interface PhotoSize {
  /** px */
  width: number;
  height: number;
}

/** The distribution of r_test / r_train over photos and training draws. Above 1, things look larger in testing. */
export interface ApparentSize {
  mean: number;
  median: number;
  min: number;
  max: number;
  /** Share of the draws below 1: how often things look smaller in testing. */
  shareSmaller: number;
  /** Mean of r_train / r_test; not 1 / mean. */
  inverseMean: number;
  count: number;
  /** Shares of equally wide bins from `min` to `max`; their sum is 1. */
  histogram: { from: number; to: number; share: number }[];
  /** The paper's equation 5; null where training draws no random crops of the whole range of areas. */
  formula: number | null;
}

export interface DrawOptions {
  /** Training views drawn, spread over the photos. */
  draws: number;
  seed: number;
}

const BINS = 40;
/** torchvision's least share of the area, which RandomResizedCrop draws from where nothing else is said. */
export const MIN_SCALE = 0.08;

/** Scales of `draws` training views; photo `i % photos.length` is photo `i`'s. Epoch and index vary as in training. */
export function trainScales(spec: ViewSpec, photos: readonly PhotoSize[], { draws, seed }: DrawOptions): Float64Array {
  return Float64Array.from({ length: draws }, (_, i) => {
    const index = i % photos.length;
    const { width, height } = photos[index]!;
    return trainScale(spec, width, height, { seed, epoch: 1 + Math.floor(i / photos.length), index });
  });
}

/** Of a test view: the same for every draw. */
export function testScale(spec: ViewSpec, { width, height }: PhotoSize): number {
  return scaleOf(outlineOf(spec, makeView(spec, width, height, null), width, height), sizeOfView(spec));
}

/** Share of a photo's area that a test view shows, 0 to 1, on average. What is padded shows nothing. */
export function shownShare(test: TestSpec, photos: readonly PhotoSize[]): number {
  const shares = photos.map(({ width, height }) => {
    const [[left, top], , [right, bottom]] = outlineOf(test, makeView(test, width, height, null), width, height);
    const across = Math.min(width, right) - Math.max(0, left);
    return (across * (Math.min(height, bottom) - Math.max(0, top))) / (width * height);
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

/** Sizes that are looked through, px. */
interface SizeRange {
  from: number;
  to: number;
}

/**
 * The test size at which things look as large as in training, on average: of whole sizes the one whose ratio is nearest to
 * 1. Null where none of the range is, as with views that are not resized. `viewAt` must show things larger at larger sizes.
 */
export function sizeAlike(
  train: ViewSpec,
  viewAt: (size: number) => TestSpec,
  photos: readonly PhotoSize[],
  { from, to, ...options }: DrawOptions & SizeRange,
): number | null {
  const inverse = new Float64Array(photos.length);
  trainScales(train, photos, options).forEach((scale, i) => (inverse[i % photos.length]! += 1 / scale / options.draws));
  const ratioAt = (size: number) =>
    photos.reduce((sum, photo, i) => sum + testScale(viewAt(size), photo) * inverse[i]!, 0);
  let [low, high] = [from, to];
  if (ratioAt(low) > 1 || ratioAt(high) < 1) return null;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (ratioAt(middle) < 1) low = middle;
    else high = middle;
  }
  return Math.abs(Math.log(ratioAt(low))) < Math.abs(Math.log(ratioAt(high))) ? low : high;
}

/** @throws nothing; `photos` must not be empty. */
export function apparentSize(
  train: ViewSpec,
  test: TestSpec,
  photos: readonly PhotoSize[],
  options: DrawOptions,
): ApparentSize {
  const scales = trainScales(train, photos, options);
  const tested = photos.map((photo) => testScale(test, photo));
  const ratios = scales.map((scale, i) => tested[i % photos.length]! / scale);
  const shorter = photos.reduce((sum, { width, height }) => sum + Math.min(width, height), 0) / photos.length;
  return { ...summarise(ratios), formula: formulaFor(train, test.resize || shorter) };
}

/**
 * The paper's equation 5, the mean of r_test / r_train for square photos whose crops are never rejected:
 * F · K_test^image / K_train, F = (2/3)(b³ − a³)/(b² − a²) being the mean linear size of a crop.
 */
export function closedFormula(testImageSize: number, trainSize: number, minScale = MIN_SCALE, maxScale = 1): number {
  const [a, b] = [Math.sqrt(minScale), Math.sqrt(maxScale)];
  const meanSide = a === b ? a : ((2 / 3) * (b ** 3 - a ** 3)) / (b ** 2 - a ** 2);
  return (meanSide * testImageSize) / trainSize;
}

/** What the distribution means, in a sentence, and whether it is what the blog says ("objects look smaller"). */
export function apparentSizeSentence({ mean, shareSmaller }: ApparentSize): string {
  const smaller = `${Math.round(100 * shareSmaller)} % of the training views show things larger than testing does`;
  if (Math.abs(mean - 1) < 0.05) return `Objects look about as large in testing as in training on average; ${smaller}.`;
  if (mean < 1) {
    return `Objects look ${(1 / mean).toFixed(2)} times smaller in testing than in training on average; ${smaller}.`;
  }
  return `Objects look ${mean.toFixed(2)} times larger in testing than in training on average, the opposite of what FixRes starts from; ${smaller}.`;
}

function trainScale(
  spec: ViewSpec,
  width: number,
  height: number,
  seed: { seed: number; epoch: number; index: number },
): number {
  if (spec.kind === 'train' && (!spec.augmentation || spec.augmentation.kind === 'randomCrop')) {
    // The box is the first thing that `makeView` draws from this stream; its resampling weights are not needed here.
    const box = randomCropBox(fork(seed.seed, seed.epoch, seed.index), width, height, spec.augmentation);
    return spec.size / Math.sqrt(box.width * box.height);
  }
  return scaleOf(outlineOf(spec, makeView(spec, width, height, seed), width, height), sizeOfView(spec));
}

function formulaFor(train: ViewSpec, testImageSize: number): number | null {
  if (train.kind !== 'train') return null;
  const { augmentation = { kind: 'randomCrop' } } = train;
  if (augmentation.kind === 'shiftedCrop') return null;
  return closedFormula(testImageSize, train.size, augmentation.minScale);
}

function summarise(ratios: Float64Array): Omit<ApparentSize, 'formula'> {
  const sorted = ratios.toSorted();
  const count = sorted.length;
  const [min, max] = [sorted[0]!, sorted[count - 1]!];
  const width = (max - min) / BINS;
  const counts = new Float64Array(BINS);
  for (const ratio of sorted) counts[width > 0 ? Math.min(BINS - 1, Math.floor((ratio - min) / width)) : 0]!++;
  return {
    mean: sorted.reduce((sum, ratio) => sum + ratio, 0) / count,
    median: (sorted[(count - 1) >> 1]! + sorted[count >> 1]!) / 2,
    min,
    max,
    shareSmaller: sorted.filter((ratio) => ratio < 1).length / count,
    inverseMean: sorted.reduce((sum, ratio) => sum + 1 / ratio, 0) / count,
    count,
    histogram: Array.from(counts, (n, i) => ({ from: min + i * width, to: min + (i + 1) * width, share: n / count })),
  };
}
