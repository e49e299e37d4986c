/** The experiments beyond the three steps, from end to end on a GPU that computes nothing: their rows, and what they look at. */
import { expect, test } from 'vitest';
import { nullBackend } from '../../hosts/node/nullGpu';
import { evaluationsIn, finish, newContext, rowsIn } from '../../testing/experimentRun';
import { PATTERN_CLASSES, patternSamples } from '../../testing/patterns';
import type { Sample } from '../dataset/types';
import { parseStudioConfig, type StudioConfig } from './meta';

const backend = await nullBackend();
const { ABLATION_PARTS, ablation } = await import('./ablation/run');
const { crossValidate } = await import('./crossValidation/run');
const { checkLabels } = await import('./labels/run');
const { lowResolution, lowResolutionPairs } = await import('./lowResolution/run');
const { progressive } = await import('./progressive/run');
const { PART_LABELS } = await import('./tunePart');
const { stateSpecs } = await import('../models/registry');
const { trainingMacs } = await import('../models/cost');
const { initialHostState } = await import('../nn/state');

const config: StudioConfig = {
  ...parseStudioConfig({
    batchSize: 8,
    epochs: 1,
    trainSize: 40,
    evalResize: 50,
    evalCrop: 40,
    tuneEpochs: 1,
    ablationSizes: [48],
  }),
  arch: 'tiny10',
};
const specs = stateSpecs(config.arch, PATTERN_CLASSES.length);
const weights = { arch: config.arch, state: initialHostState(specs, config.seed) };

test('the ablation fills the table and replaces no weights', async () => {
  const context = newContext(backend);
  const { records } = await finish(backend, ablation(context, config, weights));
  const rows = rowsIn(records);
  expect(rows.map(({ name, views, testSize, score, epochs }) => [name, views, testSize, score.count, epochs])).toEqual([
    [PART_LABELS.none, null, 48, 7, 0],
    ...ABLATION_PARTS.flatMap((part) => [
      [PART_LABELS[part], 'train', 48, 7, 1],
      [PART_LABELS[part], 'test', 48, 7, 1],
    ]),
  ]);
  expect(evaluationsIn(records)).toBe(rows.length);
  expect(context.kept).toEqual([]);
});

test('low-resolution training fills its three rows with two networks', async () => {
  const { records } = await finish(
    backend,
    lowResolution(newContext(backend), config, { state: weights.state, opened: true }),
  );
  expect(rowsIn(records).map(({ trainSize, testSize, score }) => [trainSize, testSize, score.count])).toEqual([
    [32, 40, 7],
    [40, 40, 7],
    [40, 50, 7],
  ]);
  const rows = rowsIn(records);
  expect(new Set(rows.map(({ name }) => name))).toEqual(new Set(['from opened weights']));
  // 80 x 60 px, 4:3: a mean crop's side is 0.635 of the photo's; test views resize by 1.25.
  const expected = [0.635 * 1.25 * (40 / 32), 0.635 * 1.25, 0.635 * (62 / 50) * (50 / 40)].map(
    (ratio) => ratio * Math.sqrt(4 / 3),
  );
  rows.forEach(({ apparent, note }, i) => {
    expect(apparent! / expected[i]!).toBeCloseTo(1, 1);
    expect(note).toBe(`objects look ${apparent!.toFixed(2)} times as large as in training`);
  });
  expect(rows.map(({ trainMacs }) => trainMacs)).toEqual(
    [32, 40, 40].map((size) => trainingMacs(config.arch, size, PATTERN_CLASSES.length, () => true)),
  );
  // An epoch of each network is evaluated at 40 px; only 50 px is new.
  expect(evaluationsIn(records)).toBe(3);
  const trained = records.flatMap((one) => (one.kind === 'phase' && one.phase === 'training' ? [one.size] : []));
  expect(trained).toEqual([32, 40]);
});

test('each photo’s label is judged once, in its own fold, and no weights are replaced', async () => {
  const context = newContext(backend);
  const train = patternSamples('train', 24);
  const lookedAt: string[] = [];
  const { loader } = context;
  const watched = { ...context, dataset: { ...context.dataset, train } };
  watched.loader = {
    load: (path, spec, ...rest) => {
      if (spec.kind === 'eval') lookedAt.push(path);
      return loader.load(path, spec, ...rest);
    },
  };
  const settings = { ...config, labelFolds: 2 };
  const { records } = await finish(backend, checkLabels(watched, settings, { state: weights.state, opened: true }));
  expect(rowsIn(records).map(({ name, score, epochs }) => [name, score.count, epochs])).toEqual([
    ['fold 1', 12, 1],
    ['fold 2', 12, 1],
    ['all folds', 24, 2],
  ]);
  expect(new Set(lookedAt).size).toBe(24);
  expect(lookedAt).toHaveLength(24);
  expect(records.filter(({ kind }) => kind === 'suspects')).toHaveLength(1);
  expect(context.kept).toEqual([]);
});

test('cross-validation tests every photo once in each view, in the folder’s own folds, and replaces no weights', async () => {
  const context = newContext(backend);
  const { loader, dataset } = context;
  const inFold = (sample: Sample, i: number): Sample => ({ ...sample, fold: `${i % 3}` });
  const train = patternSamples('train', 18).map(inFold);
  const validation = patternSamples('validation', 9).map(inFold);
  const lookedAt = new Map<string, number[]>();
  const watched = { ...context, dataset: { ...dataset, train, validation } };
  watched.loader = {
    load: (path, spec, ...rest) => {
      if (spec.kind === 'eval') lookedAt.set(path, [...(lookedAt.get(path) ?? []), spec.crop]);
      return loader.load(path, spec, ...rest);
    },
  };
  const settings = { ...config, crossFolds: 2, sweepSizes: [32, 48], crossTuneSize: 48, tuneEpochs: 1 };
  const { records } = await finish(backend, crossValidate(watched, settings, { state: weights.state, opened: true }));
  const rows = rowsIn(records);
  expect(rows.map(({ name, testSize, score, epochs }) => [name, testSize, score.count, epochs])).toEqual([
    ...[0, 1, 2].map((fold) => [`fold ${fold}`, 40, 9, 1]),
    ['all folds, own view', 40, 27, 3],
    ['all folds', 32, 27, 3],
    ['all folds', 48, 27, 3],
    ['all folds, fine-tuned', 48, 27, 6],
  ]);
  const own = rows.find(({ name }) => name === 'all folds, own view');
  expect(own!.score.correct).toBe(rows.slice(0, 3).reduce((sum, { score }) => sum + score.correct, 0));
  expect(rows.at(-1)!.changed).not.toBeNull();
  expect(rows.slice(3).every(({ fromOpened }) => fromOpened)).toBe(true);
  expect(lookedAt.size).toBe(27);
  expect([...lookedAt.values()].every((sizes) => new Set(sizes).size === 3 && sizes.length === 4)).toBe(true);
  expect(context.kept).toEqual([]);
});

test('progressive resizing trains the whole network on beside the last layers alone', async () => {
  const { records } = await finish(backend, progressive(newContext(backend), config, weights));
  expect(rowsIn(records).map(({ name, trainSize, testSize, epochs }) => [name, trainSize, testSize, epochs])).toEqual([
    ['nothing more', 40, 40, 0],
    // 1.25 x 40 px to a multiple of 32.
    ['nothing more', 40, 64, 0],
    [PART_LABELS.statistics, 64, 64, 1],
    [PART_LABELS.all, 64, 64, 1],
  ]);
});

test('the sizes of the blog’s exercise', () => {
  expect(lowResolutionPairs(224, 179)).toEqual([
    { trainSize: 179, testSize: 224 },
    { trainSize: 224, testSize: 224 },
    { trainSize: 224, testSize: 280 },
  ]);
  expect(lowResolutionPairs(224, 160)[0]).toEqual({ trainSize: 160, testSize: 224 });
});
