/** The views of a run: what its settings make of photos, in training and in testing. */
import type { EvalView, ViewSpec } from '../photo/view';
import { evalCropOf } from './baseline/meta';
import type { StudioConfig } from './meta';

type Sampling = Pick<EvalView, 'filter' | 'normalize'>;

/** fastai's RandomResizedCrop in the blog's second half. */
const FASTAI_MIN_SCALE = 0.7;
/** Of brightness, contrast and saturation: FixRes' training, and its "test DA2". */
const PAPER_JITTER = 0.3;
const TEST_JITTER = 0.05;

/** Resize(int(ratio · size)), then CenterCrop(size); the epsilon keeps 1.25 · 64 = 80 whole in binary. */
export function testView(
  size: number,
  ratio: number,
  options: Omit<EvalView, 'kind' | 'resize' | 'crop'> = {},
): EvalView {
  return { kind: 'eval', resize: Math.floor(ratio * size + 1e-9), crop: size, ...options };
}

/** The same part of the photo in another number of pixels. */
export function viewOfSize<V extends Pick<EvalView, 'resize' | 'crop'>>(view: V, size: number): V {
  const { resize, crop } = testView(size, view.resize / view.crop);
  return { ...view, resize, crop };
}

/** fastai's `val_xtra`, and the multiple that it is rounded up to. */
const SQUISH_EXTRA = 0.14;
const SQUISH_MULTIPLE = 8;

/**
 * The view that tests at `size` px, by the settings: squished to size + 8 · ceil(0.14 · size / 8) as fastai does, or in the
 * resize ratio.
 */
export function testViewAt(config: StudioConfig, size: number): EvalView {
  const view = testView(size, config.resizeRatio, testOptions(config));
  if (!config.squish) return view;
  return { ...view, resize: size + SQUISH_MULTIPLE * Math.ceil((size * SQUISH_EXTRA) / SQUISH_MULTIPLE) };
}

/** The view that fine-tuning at `size` px trains for and is tested in. */
export function tunedViewAt(config: StudioConfig, size: number): EvalView {
  return testViewAt(tuningConfig(config), size);
}

/** The settings as fine-tuning's photos see them. */
export function tuningConfig(config: StudioConfig): StudioConfig {
  return config.dropNormalization ? { ...config, normalize: false } : config;
}

/** What `testView` takes besides size and ratio. Defaults are left out, so that a view reads as it always did. */
export function testOptions(config: StudioConfig): Omit<EvalView, 'kind' | 'resize' | 'crop'> {
  return { ...samplingOf(config), ...(config.squish && { squish: true }) };
}

/** The baseline's own test view. Where its crop follows the train resolution, photos are resized to the crop at least. */
export function ownView(config: StudioConfig): EvalView {
  const crop = evalCropOf(config);
  const follows = config.evalCrop === 0 && config.evalResize > 0;
  const resize = follows ? Math.max(config.evalResize, crop) : config.evalResize;
  return { kind: 'eval', resize, crop, ...testOptions(config) };
}

/** The views that the sweep tests at, in its order, after the baseline's own. */
export function sweepViews(config: StudioConfig): EvalView[] {
  return config.sweepSizes.map((size) => testViewAt(config, size));
}

/** The baseline's training views. */
export function trainView(config: StudioConfig): ViewSpec {
  return augmentedView(config.augmentation, config.trainSize, config);
}

/** Fine-tuning's training views at `size` px: any kind of training view, or FixRes' test views. */
export function tuneView(config: StudioConfig, size: number): ViewSpec {
  const { tuneAugmentation: augmentation } = config;
  const test = testViewAt(config, size);
  if (augmentation === 'test') return test;
  if (augmentation !== 'shifted') return augmentedView(augmentation, size, config);
  const shifted = { kind: 'shiftedCrop', resize: test.resize, jitter: TEST_JITTER } as const;
  return { kind: 'train', size, augmentation: shifted, ...samplingOf(config) };
}

function augmentedView(augmentation: StudioConfig['augmentation'], size: number, config: StudioConfig): ViewSpec {
  const plain = { kind: 'train', size, ...samplingOf(config) } as const;
  switch (augmentation) {
    case 'blog':
      return plain;
    case 'paper':
      return { ...plain, augmentation: { kind: 'randomCrop', jitter: PAPER_JITTER } };
    case 'fastai':
      return { ...plain, augmentation: { kind: 'fastai', minScale: FASTAI_MIN_SCALE } };
    default:
      return augmentation satisfies never;
  }
}

function samplingOf({ filter, normalize }: StudioConfig): Sampling {
  return { ...(filter !== 'bilinear' && { filter }), ...(normalize && { normalize }) };
}
