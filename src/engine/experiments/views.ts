/** The views of a run: what its settings make of photos, in training and in testing. */
import type { EvalView, ViewSpec } from '../photo/view';
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

/** What `testView` takes besides size and ratio. Defaults are left out, so that a view reads as it always did. */
export function testOptions(config: StudioConfig): Omit<EvalView, 'kind' | 'resize' | 'crop'> {
  return { ...samplingOf(config), ...(config.squish && { squish: true }) };
}

/** The baseline's own test view. */
export function ownView(config: StudioConfig): EvalView {
  return { kind: 'eval', resize: config.evalResize, crop: config.evalCrop, ...testOptions(config) };
}

/** The views that the sweep tests at, in its order, after the baseline's own. */
export function sweepViews(config: StudioConfig): EvalView[] {
  return config.sweepSizes.map((size) => testView(size, config.resizeRatio, testOptions(config)));
}

/** The baseline's training views. */
export function trainView(config: StudioConfig): ViewSpec {
  return augmentedView(config.augmentation, config.trainSize, config);
}

/** Fine-tuning's training views at `size` px: any kind of training view, or FixRes' test views. */
export function tuneView(config: StudioConfig, size: number): ViewSpec {
  const { tuneAugmentation: augmentation, resizeRatio } = config;
  const test = testView(size, resizeRatio, testOptions(config));
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
