import { expect, test } from 'vitest';
import type { Dataset, Sample } from '../engine/dataset/types';
import { parseStudioConfig } from '../engine/experiments/meta';
import { ownView } from '../engine/experiments/views';
import { histogramOf } from '../testing/activationCounts';
import { runResult, scoreOf, sweepPoint } from '../testing/runs';
import { Project } from './project';
import { exportFile } from './sessionFiles';
import { viewOf } from './checkpoint';

const photos = (count: number): Sample[] =>
  Array.from({ length: count }, (_, i) => ({ path: `${i}.jpg`, imageId: `${i}.jpg`, label: i % 2 }));
const dataset: Dataset = {
  name: 'leaves',
  classes: ['a', 'b'],
  train: photos(100),
  validation: photos(100),
  test: [],
  choices: [],
  settings: {},
  unused: 0,
  refusal: null,
  format: '',
  warnings: [],
};
const config = parseStudioConfig({ sweepSizes: '48,32,64' }, 'quick');
const evaluationAt = (crop: number, correct: number) => ({
  score: scoreOf(correct, 100),
  view: { kind: 'eval' as const, resize: 1.25 * crop, crop },
  indices: Int32Array.of(0),
  logits: Float32Array.of(0, 1),
  activations: { size: crop, count: 0, zeroFraction: 0, aboveTwoFraction: 0, mean: 0, cdf: [] },
  histogram: histogramOf(),
  seconds: 1,
});
const state = () => ({ tensors: new Map(), batchesTracked: new Map() });

/** A baseline of 48 px, swept with these numbers right of 100. */
function swept(correct: Record<number, number>, named = 2) {
  const project = new Project();
  project.setPhotos(dataset);
  const cache = project.evaluationsOf(config);
  const trained = state();
  const run = runResult('baseline', { config });
  project.keep(
    run,
    { arch: 'resnet18', history: [] },
    { state: trained, origin: 'baseline, epoch 1', evaluation: evaluationAt(48, 60) },
  );
  const points = Object.entries(correct).map(([size, right]) => {
    cache.set(trained, project.dataset, evaluationAt(Number(size), right));
    return sweepPoint(Number(size), { ...scoreOf(right, 100), named }, { resize: 1.25 * Number(size) });
  });
  project.results.sweep = runResult('sweep', { config, points });
  project.measureTrunk(config);
  return { project, trained };
}

test('with a tie the page’s best size, fine-tuning’s size and the predictions’ view are one', () => {
  const { project } = swept({ 48: 70, 32: 70, 64: 65 });
  expect(project.sizeOf('finetune', config)).toBe(32);
  const best = project.weights.best()!;
  expect(viewOf(best)).toMatchObject({ crop: 32, resize: 40 });
  expect(best.evaluation?.view.crop).toBe(32);
  expect(project.viewToMeasureIn(config)).toEqual({ kind: 'eval', resize: 40, crop: 32 });
  expect(project.sizeOf('evaluate', config)).toBe(32);
});

test('a run on weights has their network and sizes, whatever is set, and one that starts anew those that are set', () => {
  const { project } = swept({ 48: 60 });
  const given = parseStudioConfig({ ...config, arch: 'resnet50', trainSize: 96 });
  expect(project.configOf('sweep', given)).toMatchObject({ arch: 'resnet18', trainSize: config.trainSize });
  expect(project.configOf('baseline', given)).toEqual(given);
});

test('weights that do better in their own view than at any size are tested in it', () => {
  const { project, trained } = swept({ 48: 70, 32: 60, 64: 65 });
  const own = ownView(config);
  const { sweep } = project.results;
  for (const right of [69, 70, 71]) {
    project.evaluationsOf(config).set(trained, project.dataset, { ...evaluationAt(own.crop, right), view: own });
    project.results.sweep = { ...sweep!, reference: sweepPoint(own.crop, scoreOf(right, 100)) };
    project.measureTrunk(config);
    const { resize } = right > 70 ? own : evaluationAt(48, 70).view;
    expect(project.weights.best()!.evaluation!.view.resize).toBe(resize);
  }
});

test('fine-tuned weights are measured in the view that chose them, with what they were tuned without', () => {
  const { project } = swept({ 48: 70, 32: 60, 64: 65 });
  const tuned = runResult('finetune', { config: { ...config, normalize: true } });
  const { history } = project.weights.trunk()!;
  project.keep(
    tuned,
    { arch: 'resnet18', history },
    { state: state(), origin: 'fine-tuning, epoch 2', evaluation: evaluationAt(64, 80) },
  );
  expect(project.viewToMeasureIn({ ...config, normalize: true })).toEqual({ kind: 'eval', resize: 80, crop: 64 });
  expect(project.weights.best()!.history.map(({ name }) => name)).toEqual([
    'baseline, epoch 1',
    'fine-tuning, epoch 2',
  ]);
  // The sweep’s own weights keep their best size.
  expect(viewOf(project.weights.trunk()!)).toMatchObject({ crop: 48 });
});

test('fine-tuning that lost leaves the weights before as the best', () => {
  const { project, trained } = swept({ 48: 70, 32: 60, 64: 65 });
  const run = runResult('finetune', { config });
  project.keep(
    run,
    { arch: 'resnet18', history: [] },
    { state: state(), origin: 'fine-tuning', evaluation: evaluationAt(48, 64) },
  );
  expect(project.weights.best()?.state).toBe(trained);
});

test('other photos leave opened weights, and what they were measured at before is gone', () => {
  const project = new Project();
  project.setPhotos(dataset);
  project.weights.imported = {
    arch: 'resnet18',
    classes: ['a', 'b'],
    state: state(),
    history: [],
    evaluation: evaluationAt(48, 60),
  };
  project.setPhotos({ ...dataset, validation: photos(3) });
  expect(project.weights.best()?.evaluation).toBeNull();
});

test('photos are held out before any choice is made, never after', () => {
  const project = new Project();
  project.setPhotos(dataset);
  expect(project.holdOut('baseline', 0.5)).toBe(true);
  expect([project.dataset.validation.length, project.dataset.test.length]).toEqual([50, 50]);
  expect(project.holdOut('sweep', 0.5)).toBe(false);
  const { project: chosen } = swept({ 48: 70 });
  expect(() => chosen.holdOut('sweep', 0.5)).toThrow('chosen with other photos held out');
  expect(chosen.holdOut('baseline', 0.5)).toBe(true);
  expect(chosen.weights.best()).toBeUndefined();
  const own = new Project();
  own.setPhotos({ ...dataset, test: photos(2) });
  expect(own.holdOut('baseline', 0.5)).toBe(false);
});

test('what a step has chosen is measured on held-out photos in its own view', () => {
  const { project } = swept({ 48: 70, 32: 60, 64: 65 });
  expect(project.chosenBy('sweep', config)?.view.crop).toBe(48);
  expect(project.chosenBy('lrFinder', config)).toBeNull();
});

test('opened weights that are closed take along what stands on them, not a baseline that was trained from them', () => {
  const opened = { arch: 'resnet18' as const, classes: ['a', 'b'], state: state(), history: [], evaluation: null };
  const { project: trained } = swept({ 32: 60, 48: 65, 64: 60 });
  trained.weights.imported = opened;
  expect(trained.closeWeights()).toBe(false);
  expect(trained.weights.imported).toBeUndefined();
  expect([trained.weights.best(), trained.results.sweep]).not.toContain(undefined);

  const project = new Project();
  project.setPhotos(dataset);
  project.weights.imported = opened;
  project.results.sweep = runResult('sweep', { config });
  expect(project.closeWeights()).toBe(true);
  expect([project.weights.best(), project.results.sweep]).toEqual([undefined, undefined]);
});

test('opened weights say what keeps them from these photos: other classes, and not another order or no names', async () => {
  const project = new Project();
  const misfitOf = (...classes: string[]) => {
    const history = [
      { run: 'import', name: 'x', madeAt: '', config: null, data: null, view: null, score: null },
    ] as const;
    project.weights.imported = { arch: 'resnet18', classes, state: state(), history, evaluation: null };
    return project.misfit;
  };
  expect(misfitOf('x', 'y')).toBeNull();
  project.setPhotos(dataset);
  expect(misfitOf('x', 'y')).toMatch(
    /trained for other classes \(x, y\) than the photos have \(a, b\)\. Open the photos/,
  );
  expect(misfitOf('a', 'b', 'c')).toContain('trained for 3 classes, the photos have 2');
  const files = { project, photos: null, map: null, adapter: null, about: '', now: new Date(), runState: () => null };
  const predictions = exportFile({ ...files, pageProgram: () => Promise.resolve('') }, { what: 'predictions' });
  await expect(predictions).rejects.toThrow('trained for 3 classes');
  for (const fitting of [
    ['a', 'b'],
    ['b', 'a'],
    ['class 0', 'class 1'],
  ])
    expect(misfitOf(...fitting)).toBeNull();
});
