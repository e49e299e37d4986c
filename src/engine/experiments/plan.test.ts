import { expect, test } from 'vitest';
import { parseStudioConfig } from './meta';
import { stepSpecOf, plannedPhases } from './plan';
import type { RunSpec } from './planning';

const BLOG: RunSpec = {
  run: 'baseline',
  config: parseStudioConfig({}),
  arch: 'resnet50',
  classes: 5,
  trainCount: 17118,
  validationCount: 4279,
  tuneSize: 384,
};

test('the blog’s run takes the work that the reference counts', () => {
  const phases = plannedPhases(BLOG);
  expect(phases).toHaveLength(20);
  // 0.420 PFLOP to train an epoch at 224 px, 0.035 to validate.
  expect(phases[0]!.flops / 1e15).toBeCloseTo(0.42, 3);
  expect(phases[1]!.flops / 1e15).toBeCloseTo(0.035, 3);
  // Fine-tuning at 384 px goes forward only: 0.411 and 0.103.
  const [tune, evaluation] = plannedPhases({ ...BLOG, run: 'finetune' });
  expect(tune!.flops / 1e15).toBeCloseTo(0.411, 3);
  expect(evaluation!.flops / 1e15).toBeCloseTo(0.103, 3);
  expect(plannedPhases({ ...BLOG, run: 'sweep' }).map(({ size }) => size)).toEqual([224, 64, 128, 224, 384, 480]);
});

test('a search for a learning rate takes its steps, over as many epochs as they need', () => {
  const search = { ...BLOG, run: 'lrFinder' } as const;
  const photosOf = (shape: RunSpec) => plannedPhases(shape).map(({ size, images }) => [size, images]);
  expect(photosOf(search)).toEqual([[224, 6400]]);
  // 150 photos fill two batches of 64 and leave 22: 33 epochs, and a step.
  expect(photosOf({ ...search, trainCount: 150 })).toEqual([[224, 33 * 150 + 64]]);
  const fastai = {
    ...search,
    trainCount: 150,
    config: parseStudioConfig({}, 'fastai'),
    arch: 'resnet50-fastai',
  } as const;
  expect(photosOf(fastai)).toEqual([[224, 6400]]);
  // Head and norms, while the body is frozen.
  const { training } = stepSpecOf(fastai);
  expect(['conv1.weight', 'bn1.weight', 'head.8.weight'].map((key) => training!.isTrainable(key))).toEqual([
    false,
    true,
    true,
  ]);
  expect(stepSpecOf({ ...search, config: parseStudioConfig({ averaging: 0.9 }) }).training).toMatchObject({
    averaging: 0,
  });
});

test('experiments are planned as they run', () => {
  const config = parseStudioConfig({ epochs: 1, tuneEpochs: 1, sweepSizes: [128, 224], ablationSizes: [384] });
  const planned = (run: RunSpec['run']) =>
    plannedPhases({ ...BLOG, config, run }).map(({ phase, size }) => `${phase} ${size}`);
  expect(planned('ablation')).toHaveLength(1 + 5 * 2 * 2);
  expect(planned('lowResolution')).toEqual([
    'training 179',
    'evaluating 224',
    'evaluating 224',
    'training 224',
    'evaluating 224',
    'evaluating 280',
  ]);
  expect(planned('progressive')).toEqual([
    'evaluating 224',
    'evaluating 288',
    'training 288',
    'evaluating 288',
    'training 288',
    'evaluating 288',
  ]);
  expect(planned('labels')).toEqual(Array.from({ length: 5 }, () => ['training 224', 'evaluating 224']).flat());
  const fold = ['training 224', 'evaluating 224', ...config.sweepSizes.map((size) => `evaluating ${size}`)];
  expect(planned('crossValidation')).toEqual(Array.from({ length: 5 }, () => fold).flat());
  const own = plannedPhases({ ...BLOG, config, run: 'crossValidation', folds: 3 });
  expect(own.filter(({ phase }) => phase === 'training')).toHaveLength(3);
  expect(planned('adaptation')).toEqual(['evaluating 224', ...Array.from({ length: 4 }, () => 'evaluating 128')]);
});
