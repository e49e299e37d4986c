import { expect, test } from 'vitest';
import { makeView } from '../photo/makeView';
import { sizeOfView } from '../photo/view';
import { scheduleOf } from '../optim/schedule';
import { parseStudioConfig, PRESET_CONFIGS, STUDIO_FIELDS } from './meta';
import { methodOf } from './method';
import { ownView, sweepViews, testView, testViewAt, trainView, tunedViewAt, tuneView } from './views';

test('the defaults are the blog’s views', () => {
  const config = parseStudioConfig({});
  expect(trainView(config)).toEqual({ kind: 'train', size: 224 });
  expect(ownView(config)).toEqual({ kind: 'eval', resize: 0, crop: 224 });
  expect(tuneView(config, 384)).toEqual({ kind: 'train', size: 384 });
  expect(testViewAt(config, 384)).toEqual({ kind: 'eval', resize: 480, crop: 384 });
});

test('filter, normalisation and squishing reach every view', () => {
  const config = parseStudioConfig({ filter: 'bicubic', normalize: true, squish: true, evalResize: 256 });
  const sampling = { filter: 'bicubic', normalize: true };
  expect(trainView(config)).toMatchObject(sampling);
  expect(ownView(config)).toEqual({ kind: 'eval', resize: 256, crop: 224, squish: true, ...sampling });
  for (const { value: tuneAugmentation } of STUDIO_FIELDS.tuneAugmentation.options) {
    expect(tuneView({ ...config, tuneAugmentation }, 96)).toMatchObject(sampling);
  }
});

test('FixRes’ test DA and DA2 resize by the ratio that testing does', () => {
  const config = parseStudioConfig({ resizeRatio: 256 / 224 });
  expect(tuneView({ ...config, tuneAugmentation: 'test' }, 384)).toEqual({ kind: 'eval', resize: 438, crop: 384 });
  expect(tuneView({ ...config, tuneAugmentation: 'shifted' }, 384)).toEqual({
    kind: 'train',
    size: 384,
    augmentation: { kind: 'shiftedCrop', resize: 438, jitter: 0.05 },
  });
});

test('every choice makes a view of the size asked for', () => {
  const config = parseStudioConfig({ trainSize: 64 });
  const specs = [
    ...STUDIO_FIELDS.augmentation.options.map(({ value }) => trainView({ ...config, augmentation: value })),
    ...STUDIO_FIELDS.tuneAugmentation.options.map(({ value }) => tuneView({ ...config, tuneAugmentation: value }, 64)),
  ];
  expect(new Set(specs.map((spec) => JSON.stringify(spec))).size).toBe(5);
  for (const spec of specs) {
    expect(sizeOfView(spec)).toBe(64);
    expect(makeView(spec, 120, 90, { seed: 1, epoch: 1, index: 1 }).size).toBe(64);
  }
});

test('the paper’s preset tunes on its test views, normalised, at the resolutions of its tables', () => {
  const config = PRESET_CONFIGS.paper;
  expect(ownView(config)).toEqual({ kind: 'eval', resize: 256, crop: 224, normalize: true });
  for (const [size, resize] of [
    [128, 146],
    [224, 256],
    [384, 438],
    [448, 512],
  ] as const) {
    const view = { kind: 'eval', resize, crop: size, normalize: true };
    expect(tuneView(config, size)).toEqual(view);
    expect(testViewAt(config, size)).toEqual(view);
  }
  const paper = methodOf(config, 4);
  expect(paper.optimiser).toEqual({ kind: 'sgd', momentum: 0.9 });
  expect(scheduleOf(paper.schedule)(0.5).lr).toBeCloseTo(0.01, 12);
  const blog = methodOf(PRESET_CONFIGS.blog, 4);
  expect(blog.optimiser).toEqual({ kind: 'adamw' });
  expect(scheduleOf(blog.schedule)(0.5)).toEqual({ lr: 1 });
});

test('the transfer preset warms up, softens, averages, spares norms, and tunes on test views', () => {
  const config = PRESET_CONFIGS.transfer;
  expect(ownView(config)).toEqual({ kind: 'eval', resize: 256, crop: 224, normalize: true });
  expect(tuneView(config, 288)).toEqual({ kind: 'eval', resize: 329, crop: 288, normalize: true });
  const method = methodOf(config, config.epochs);
  expect(method).toMatchObject({ optimiser: { kind: 'adamw' }, averaging: 0.99, patience: 0 });
  expect(method.objective.smoothing).toBe(0.1);
  expect([0, 0.1, 0.55].map((progress) => scheduleOf(method.schedule)(progress).lr)).toEqual(
    [0.01, 1, 0.5].map((lr) => expect.closeTo(lr, 9) as number),
  );
  expect(method.grouping!('bn1.weight')).toEqual({ lr: 1, weightDecay: 0 });
});

test('without a resize ratio the crop is taken from the full photo', () => {
  const { resizeRatio } = parseStudioConfig({ resizeRatio: '0' });
  expect(testView(384, resizeRatio)).toEqual({ kind: 'eval', resize: 0, crop: 384 });
});

test('fastai’s preset squishes to 14 % more, up to a multiple of 8, at every size', () => {
  const config = parseStudioConfig({ sweepSizes: [100, 128, 168, 224, 280, 336] }, 'fastai');
  expect(sweepViews(config).map(({ resize }) => resize)).toEqual([116, 152, 192, 256, 320, 384]);
  expect(sweepViews(config)[0]).toMatchObject({ squish: true, normalize: true });
  expect(tunedViewAt(config, 280)).toEqual({ kind: 'eval', resize: 320, crop: 280, squish: true });
});

test('the validation crop follows the train resolution until it is set', () => {
  const cropOf = (given: object, preset?: 'paper' | 'quick') => {
    const { resize, crop } = ownView(parseStudioConfig({ ...given }, preset));
    return [resize, crop];
  };
  expect(cropOf({ trainSize: 128 })).toEqual([0, 128]);
  expect(cropOf({ trainSize: '128', evalCrop: '96' })).toEqual([0, 96]);
  expect(cropOf({ trainSize: 128 }, 'paper')).toEqual([256, 128]);
  // No black around the photo.
  expect(cropOf({ trainSize: 320 }, 'paper')).toEqual([320, 320]);
  expect(cropOf({}, 'quick')).toEqual([80, 64]);
});

test.each([
  ['blog', [0, 224]],
  ['paper', [256, 224]],
  ['transfer', [256, 224]],
  ['fastai', [256, 224]],
  ['quick', [80, 64]],
] as const)('the preset %s validates at its own size', (preset, [resize, crop]) => {
  expect(ownView(PRESET_CONFIGS[preset])).toMatchObject({ resize, crop });
});
