/** The three steps from end to end on photos of three colours: what they yield, keep and leave alone. */
import { expect, test, vi } from 'vitest';
import { nodeBackend } from '../../hosts/node/gpu';
import { finish, newContext } from '../../testing/experimentRun';
import { changedKeys } from '../../testing/hostStates';
import { PATTERN_CLASSES } from '../../testing/patterns';
import { StudioError } from '../base/errors';
import type { HostState } from '../nn/state';
import type { Evaluation } from '../train/evaluate';
import type { TrainingRun } from '../train/run';
import type { RunState } from '../train/runState';
import type { RunRecord } from '../base/records';
import { parseStudioConfig, type StudioConfig } from './meta';

const backend = await nodeBackend();
const { baseline, photosOf } = await import('./baseline/run');
const { withNetwork } = await import('./evaluations');
const { methodOf } = await import('./method');
const { trainableOf } = await import('../models/parts');
const { train } = await import('../train/run');
const { evaluation } = await import('./evaluate/run');
const { ownView } = await import('./views');
const { finetune } = await import('./finetune/run');
const { sweep } = await import('./sweep/run');
const { stateSpecs } = await import('../models/registry');
const { initialHostState } = await import('../nn/state');

const config: StudioConfig = {
  ...parseStudioConfig({
    batchSize: 8,
    epochs: 2,
    trainSize: 32,
    evalResize: 36,
    evalCrop: 32,
    sweepSizes: [32, 48],
    tuneEpochs: 2,
  }),
  arch: 'tiny18',
};
const initial = initialHostState(stateSpecs(config.arch, PATTERN_CLASSES.length), config.seed);
const weights = { arch: config.arch, state: initial };
const measuredIn = { batchSize: config.batchSize, view: ownView(config) };

const run = async (generator: AsyncGenerator<RunRecord, void, undefined>) => (await finish(backend, generator)).records;
const epochsOf = (records: RunRecord[]) => records.flatMap((one) => (one.kind === 'epoch' ? [one.record] : []));
const phasesOf = (records: RunRecord[]) => records.flatMap((one) => (one.kind === 'phase' ? [one.phase] : []));

test('the baseline trains every weight and keeps the best of its epochs', async () => {
  const context = newContext(backend);
  const records = await run(baseline(context, config, initial));
  expect(phasesOf(records)).toEqual(['training', 'evaluating', 'training', 'evaluating']);
  const epochs = epochsOf(records);
  expect(
    epochs.map(({ epoch, train, validation, seconds, imagesPerSecond }) => [
      epoch,
      train.count,
      validation.count,
      seconds,
      imagesPerSecond,
    ]),
  ).toEqual([
    [1, 12, 7, 1.5, 19 / 1.5],
    [2, 12, 7, 1.5, 19 / 1.5],
  ]);
  expect(epochs.map(({ best }) => best)).toEqual([
    true,
    epochs[1]!.validation.accuracy > epochs[0]!.validation.accuracy,
  ]);
  expect(context.kept).toHaveLength(epochs.filter(({ best }) => best).length);
  const [first] = context.kept;
  expect(first!.origin).toBe('baseline, epoch 1');
  expect(first!.evaluation!.score).toEqual(epochs[0]!.validation);
  expect(changedKeys(initial, first!.state)).toEqual(
    [...initial.tensors.keys(), ...initial.batchesTracked.keys()].sort(),
  );
  expect(new Set(first!.state.batchesTracked.values())).toEqual(new Set([2]));
});

test('a run without progress ends early, and keeps the average of its weights', async () => {
  const context = newContext(backend);
  const patient = { ...config, epochs: 6, patience: 1, averaging: 0.9 };
  const epochs = epochsOf(await run(baseline(context, patient, initial)));
  expect(epochs.length).toBeLessThan(6);
  expect(epochs.map(({ best }) => best)).toEqual(epochs.map((_, i) => i < epochs.length - 1));
  const [first] = context.kept;
  // An epoch has two steps, with decays of 2/11 and 3/12 of the start.
  expect(new Set(first!.state.batchesTracked.values())).toEqual(new Set([2]));
  const results: Evaluation[] = [];
  await run(
    evaluation(newContext(backend), { ...weights, state: first!.state }, measuredIn, (one) => results.push(one)),
  );
  expect(results[0]!.score).toEqual(epochs[0]!.validation);
  const plain = newContext(backend);
  await run(baseline(plain, { ...config, epochs: 1 }, initial));
  const distance = (state: HostState) => {
    const [is, was] = [state, initial].map(({ tensors }) => tensors.get('conv1.weight')!.values);
    return Math.sqrt(is!.reduce((sum, value, i) => sum + (value - was![i]!) ** 2, 0));
  };
  // Behind the weights themselves.
  expect(distance(first!.state)).toBeGreaterThan(0);
  expect(distance(first!.state)).toBeLessThan(0.95 * distance(plain.kept[0]!.state));
});

test('a run that is stopped in its first epoch keeps the weights it has', async () => {
  const before = backend.usedBytes();
  const stop = new AbortController();
  const context = newContext(backend, stop.signal);
  const generator = baseline(context, config, initial);
  const untilStopped = async () => {
    for await (const { kind } of generator) if (kind === 'step') stop.abort(new StudioError('stopped', 'by hand'));
  };
  await expect(untilStopped()).rejects.toMatchObject({ code: 'stopped' });
  expect(context.kept).toHaveLength(1);
  expect(context.kept[0]).toMatchObject({ origin: 'baseline, ended in its first epoch', evaluation: null });
  await vi.waitFor(() => expect(backend.usedBytes()).toBe(before));
});

test('a run whose numbers are lost keeps nothing', async () => {
  const context = newContext(backend);
  const generator = baseline(context, { ...config, batchSize: 2, lr: 1e12 }, initial);
  const failed = async () => {
    for await (const record of generator) expect(record.kind).not.toBe('epoch');
  };
  await expect(failed()).rejects.toMatchObject({ code: 'not-finite' });
  expect(context.kept).toEqual([]);
});

test('a run whose numbers go wrong before its first epoch ends leaves its weights as they were stored last', async () => {
  const context = newContext(backend);
  const runs: TrainingRun[] = [];
  context.onTraining = (training) => runs.push(training);
  const stage = { trainable: trainableOf(config.arch, 'all'), method: methodOf(config, 1), epochs: 1, lr: 1e-3 };
  const options = {
    ...photosOf({ ...config, batchSize: 2 }),
    name: 'baseline',
    stages: [{ ...stage, weightDecay: 0 }],
    view: ownView(config),
  };
  let stored: RunState | null = null;
  const going = withNetwork(context, weights, async function* (network) {
    for await (const record of train(context, network, options)) {
      yield record;
      if (record.kind !== 'step' || stored) continue;
      stored = await runs[0]!.state();
      for (const tensor of network.state.parameters.values()) {
        backend.writeWords(tensor, new Float32Array(tensor.shape.reduce((a, b) => a * b, 1)).fill(NaN));
      }
      await expect(runs[0]!.state()).rejects.toMatchObject({ code: 'not-finite' });
    }
  });
  await expect(finish(backend, going)).rejects.toMatchObject({ code: 'not-finite' });
  const { network, progress } = stored!;
  expect(context.kept).toEqual([
    { state: network, origin: `baseline, step ${progress.steps} of its first epoch`, evaluation: null },
  ]);
});

test('the sweep measures the same weights at its own view and at every size', async () => {
  const records = await run(sweep(newContext(backend), config, weights));
  const points = records.flatMap((one) => (one.kind === 'sweepPoint' ? [one] : []));
  expect(points.map(({ point, reference }) => [point.resize, point.size, point.count, reference])).toEqual([
    [36, 32, 7, true],
    [40, 32, 7, false],
    [60, 48, 7, false],
  ]);
  const scores = points.map(({ point }) => {
    const { loss, accuracy, correct, count, named, balancedAccuracy, macroF1, intervals } = point;
    return { loss, accuracy, correct, count, named, balancedAccuracy, macroF1, intervals };
  });
  expect(new Set(scores.map(({ count }) => count))).toEqual(new Set([7]));
  const [own] = points;
  const alone: Evaluation[] = [];
  const [last] = (await run(evaluation(newContext(backend), weights, measuredIn, (one) => alone.push(one)))).slice(-1);
  expect(alone.map(({ score }) => score)).toEqual([scores[0]]);
  expect(last).toEqual({ kind: 'evaluation', score: alone[0]!.score, view: { kind: 'eval', resize: 36, crop: 32 } });
  expect(own!.point).toMatchObject({ ...alone[0]!.score, distance: null, changed: null });
  // The size trained at is what the others' activations are held against; photos are, against the baseline's own view.
  const [, trained, larger] = points.map(({ point }) => point);
  expect(trained!.distance).toBeNull();
  expect(larger!.distance).toMatchObject({ from: 32 });
  expect(larger!.distance!.ks).toBeGreaterThan(0);
  for (const { classes, changed, correct } of [trained!, larger!]) {
    expect(changed!.won - changed!.lost).toBe(correct - own!.point.correct);
    expect(classes).toHaveLength(PATTERN_CLASSES.length);
  }
});

test.each([
  { tuneAffine: false, more: [] },
  { tuneAffine: true, more: ['layer4.1.bn2.bias', 'layer4.1.bn2.weight'] },
])('fine-tuning changes the classifier and the last norm alone (affine: $tuneAffine)', async ({ tuneAffine, more }) => {
  const context = newContext(backend);
  const records = await run(finetune(context, { ...config, tuneAffine }, weights, 48));
  expect(epochsOf(records)).toHaveLength(2);
  expect(changedKeys(initial, context.kept[0]!.state)).toEqual(
    [
      'fc.bias',
      'fc.weight',
      'layer4.1.bn2.num_batches_tracked',
      'layer4.1.bn2.running_mean',
      'layer4.1.bn2.running_var',
      ...more,
    ].sort(),
  );
  expect(context.kept[0]!.evaluation!.view).toEqual({ kind: 'eval', resize: 60, crop: 48 });
});

test('fine-tuning tells how the activations moved, as the sweep has measured them or measured anew', async () => {
  const context = newContext(backend);
  const shiftsOf = (records: readonly RunRecord[]) =>
    records.flatMap((one) => (one.kind === 'shift' ? [one.shift] : []));
  const [alone] = shiftsOf(await run(finetune(context, config, weights, 48)));
  const fresh = newContext(backend);
  const swept = await run(sweep(fresh, config, weights));
  const points = swept.flatMap((one) => (one.kind === 'sweepPoint' && !one.reference ? [one.point] : []));
  const [shift] = shiftsOf(await run(finetune(fresh, config, weights, 48)));
  expect(shift).toMatchObject({ reference: points[0]!.activations, before: points[1]!.activations });
  expect(shift!.beforeDistance).toEqual(points[1]!.distance);
  expect(shift).toEqual(alone);
  expect(shift!.after.cdf).not.toEqual(shift!.before.cdf);
  expect(shift!.afterDistance.from).toBe(32);
});

test('a sweep lets its activations be seen while they are counted', async () => {
  const records = await run(sweep(newContext(backend), { ...config, batchSize: 2 }, weights));
  const first = records.slice(
    0,
    records.findIndex(({ kind }) => kind === 'sweepPoint'),
  );
  const counts = first.flatMap((one) => (one.kind === 'partialActivations' ? [one.activations.count] : []));
  expect(counts).toEqual([2, 4, 6].map((photos) => photos * 64));
});

test('the paper’s optimiser trains the classifier alone, at a learning rate that falls', async () => {
  const context = newContext(backend);
  const paper = { ...config, optimizer: 'sgd', schedule: 'step', tuneAugmentation: 'test' } as const;
  await run(finetune(context, paper, weights, 48));
  const changed = changedKeys(initial, context.kept[0]!.state);
  expect(changed.filter((key) => !key.startsWith('layer4.1.bn2.'))).toEqual(['fc.bias', 'fc.weight']);
  const other = newContext(backend);
  await run(finetune(other, { ...paper, optimizer: 'adamw' }, weights, 48));
  expect(changedKeys(context.kept[0]!.state, other.kept[0]!.state)).toContain('fc.weight');
});
