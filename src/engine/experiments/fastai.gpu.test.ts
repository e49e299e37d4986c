/** fastai's recipe from end to end on photos of three colours: what each part trains, by name, and what it is told. */
import { expect, test } from 'vitest';
import { finish, newContext } from '../../testing/experimentRun';
import { changedKeys } from '../../testing/hostStates';
import { nodeBackend } from '../../hosts/node/gpu';
import { PATTERN_CLASSES } from '../../testing/patterns';
import { parseStudioConfig, type StudioConfig } from './meta';
import { testViewAt } from './views';

const backend = await nodeBackend();
const { baseline } = await import('./baseline/run');
const { finetune } = await import('./finetune/run');
const { stateSpecs } = await import('../models/registry');
const { initialHostState } = await import('../nn/state');

const config: StudioConfig = {
  ...parseStudioConfig(
    { batchSize: 8, epochs: 1, trainSize: 32, evalResize: 36, evalCrop: 32, tuneEpochs: 1 },
    'fastai',
  ),
  arch: 'tiny18-fastai',
};
const specs = stateSpecs(config.arch, PATTERN_CLASSES.length);
const initial = initialHostState(specs, config.seed);
/** All but the body's convolutions: what moves while it is frozen. */
const MOVES_WHEN_FROZEN = specs
  .filter(({ key, role }) => role !== 'conv' || key.startsWith('head.'))
  .map(({ key }) => key)
  .sort();

test('fine_tune moves head and norms in an epoch, then everything, leaving the last photos of an epoch out', async () => {
  const context = newContext(backend);
  const { records } = await finish(backend, baseline(context, config, initial));
  const epochs = records.flatMap((one) => (one.kind === 'epoch' ? [one.record] : []));
  expect(epochs.map(({ epoch, train }) => [epoch, train.count])).toEqual([
    [1, 8],
    [2, 8],
  ]);
  // One batch an epoch: its loss is the average, and the second part's average begins anew.
  for (const { smoothedLoss, train } of epochs) expect(smoothedLoss).toBeCloseTo(train.loss, 6);
  const steps = records.flatMap((one) => (one.kind === 'step' ? [one.record.globalStep] : []));
  expect(steps).toEqual([1, 2]);
  const [frozen] = context.kept;
  expect(frozen!.origin).toBe('baseline, epoch 1');
  expect(changedKeys(initial, frozen!.state)).toEqual(MOVES_WHEN_FROZEN);
});

test('freeze and fit do the same at another size, on photos that have lost their normalisation', async () => {
  const context = newContext(backend);
  const weights = { arch: config.arch, state: initial };
  const { records } = await finish(backend, finetune(context, { ...config, tuneEpochs: 2 }, weights, 40));
  const view = { kind: 'eval', resize: 48, crop: 40, squish: true } as const;
  // No epoch is selected: the last is kept, whatever it reaches.
  expect(context.kept.map(({ evaluation }) => evaluation!.view)).toEqual([view, view]);
  expect(changedKeys(initial, context.kept[1]!.state)).toEqual(MOVES_WHEN_FROZEN);
  // As trained, normalised; before, in the view that is tuned for; and after: no sweep has measured any.
  const shift = records.flatMap((one) => (one.kind === 'shift' ? [one.shift] : [])).at(-1)!;
  const { cache, dataset } = context;
  expect(shift.reference).toEqual(cache.get(initial, dataset, testViewAt(config, 32))!.activations);
  expect(cache.get(initial, dataset, testViewAt(config, 32))!.view.normalize).toBe(true);
  expect(shift.before).toEqual(cache.get(initial, dataset, view)!.activations);
  expect(shift.before.cdf).not.toEqual(shift.after.cdf);
});
