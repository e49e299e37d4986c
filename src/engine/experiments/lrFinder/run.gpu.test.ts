/** The search for a learning rate on photos of three colours: its rates, its losses, its end, and what it leaves alone. */
import { expect, test } from 'vitest';
import { finish, newContext } from '../../../testing/experimentRun';
import { changedKeys } from '../../../testing/hostStates';
import { nodeBackend } from '../../../hosts/node/gpu';
import { PATTERN_CLASSES } from '../../../testing/patterns';
import { suggestRates } from '../../analysis/learningRate';
import type { RatePoint, RunRecord } from '../../base/records';
import { parseStudioConfig, type StudioConfig } from '../meta';

const backend = await nodeBackend();
const { baseline } = await import('../baseline/run');
const { lrFinder } = await import('./run');
const { stateSpecs } = await import('../../models/registry');
const { initialHostState } = await import('../../nn/state');

const settings = { batchSize: 8, epochs: 1, trainSize: 32, evalResize: 36, evalCrop: 32, lrFinderSteps: 16 };
const plain: StudioConfig = { ...parseStudioConfig(settings), arch: 'tiny10' };
/** Runs away on every adapter, some steps before the last: at such rates rounding decides by how much. */
const wild = { ...plain, lrFinderSteps: 32, optimizer: 'sgd', momentum: 0.999, weightDecay: 0 } as const;
const fastai: StudioConfig = { ...parseStudioConfig(settings, 'fastai'), arch: 'tiny10-fastai' };

const initialOf = ({ arch, seed }: StudioConfig) => initialHostState(stateSpecs(arch, PATTERN_CLASSES.length), seed);
const pointsOf = (records: readonly RunRecord[]) =>
  records.flatMap((one) => (one.kind === 'ratePoint' ? [one.point] : []));
const lossesOf = (records: readonly RunRecord[]) =>
  records.flatMap((one) => (one.kind === 'step' ? [one.record.loss] : []));
const search = async (config: StudioConfig) =>
  (await finish(backend, lrFinder(newContext(backend), config, initialOf(config)))).records;

/** fastai's average of the losses up to each. */
const averages = (points: readonly RatePoint[]): number[] => {
  let sum = 0;
  return points.map(({ loss }, i) => (sum = 0.98 * sum + 0.02 * loss) / (1 - 0.98 ** (i + 1)));
};

test('rates grow by equal factors over several epochs until the loss has run away, and no weight is kept', async () => {
  const context = newContext(backend);
  const initial = initialOf(wild);
  const { records } = await finish(backend, lrFinder(context, wild, initial));
  const points = pointsOf(records);
  points.forEach(({ lr }, i) => expect(lr / (1e-7 * 1e8 ** (i / 32))).toBeCloseTo(1, 9));
  averages(points).forEach((average, i) => expect(points[i]!.smoothedLoss).toBeCloseTo(average, 9));
  const away = points.map((point, i) => {
    const least = Math.min(...points.slice(0, i + 1).map(({ smoothedLoss }) => smoothedLoss));
    return point.smoothedLoss > 4 * least;
  });
  expect(points.length).toBeGreaterThan(16);
  expect(points.length).toBeLessThan(32);
  expect(away).toEqual(points.map((_, i) => i === points.length - 1));

  const phases = records.filter(({ kind }) => kind === 'phase');
  // 12 photos: a batch of 8 and one of 4 an epoch.
  expect(phases).toEqual([{ kind: 'phase', phase: 'training', epoch: 0, batches: 32, images: 192, size: 32 }]);
  expect(records.at(-1)).toEqual({ kind: 'suggestedRates', suggested: suggestRates(points, 32) });
  expect(context.kept).toEqual([]);
  expect(changedKeys(initialOf(wild), initial)).toEqual([]);
  expect(pointsOf(await search(wild))).toEqual(points);
});

test('all steps are taken where nothing runs away', async () => {
  const points = pointsOf(await search({ ...plain, lrFinderSteps: 11, optimizer: 'sgd', momentum: 0 }));
  expect(points).toHaveLength(11);
});

test.each([
  ['the plain recipe', plain],
  ['fastai’s', fastai],
])('the search begins with the baseline’s steps: %s', async (_, config) => {
  const { records } = await finish(backend, baseline(newContext(backend), { ...config, lr: 1e-8 }, initialOf(config)));
  const steps = lossesOf(records);
  const points = pointsOf(await search({ ...config, lrFinderSteps: 10 }));
  expect(points[0]!.loss).toBe(steps[0]);
  expect(points[1]!.loss).toBeCloseTo(steps[1]!, 3);
});

test('a loss that is no number ends the search, and fails nothing', async () => {
  const initial = initialOf(plain);
  initial.tensors.get('fc.bias')!.values.set([0, 3e38, -3e38]);
  const { records } = await finish(backend, lrFinder(newContext(backend), plain, initial));
  expect(pointsOf(records)).toEqual([]);
  expect(records.at(-1)).toEqual({ kind: 'suggestedRates', suggested: null });
});
