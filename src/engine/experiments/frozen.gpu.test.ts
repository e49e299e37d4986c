/** What is frozen: it is left alone, costs no backward pass, and runs forward once a photo where its views are fixed. */
import { expect, test, vi } from 'vitest';
import { relativeError } from '../../testing/closeness';
import { finish, newContext } from '../../testing/experimentRun';
import { changedKeys } from '../../testing/hostStates';
import { nodeBackend } from '../../hosts/node/gpu';
import { PATTERN_CLASSES } from '../../testing/patterns';
import { type Part, trainedPart } from '../models/parts';
import { plannedPhases } from './plan';
import type { RunRecord } from '../base/records';
import { parseStudioConfig } from './meta';

const backend = await nodeBackend();
const { baseline } = await import('./baseline');
const { finetune } = await import('./finetune');
const { dryRunOf } = await import('../memory/rehearsal');
const { stateSpecs } = await import('../models/resnet');
const { initialHostState } = await import('../nn/state');

const config = parseStudioConfig({
  arch: 'resnet18',
  batchSize: 5,
  epochs: 3,
  trainSize: 32,
  evalResize: 36,
  evalCrop: 32,
  tuneEpochs: 3,
  tuneAugmentation: 'test',
});
const initial = initialHostState(stateSpecs(config.arch, PATTERN_CLASSES.length), config.seed);
const weights = { arch: config.arch, state: initial };
const phasesOf = (records: readonly RunRecord[]) =>
  records.flatMap((one) => (one.kind === 'phase' ? [`${one.phase} ${one.size} ${one.images}`] : []));
const epochsOf = (records: readonly RunRecord[]) =>
  records.flatMap((one) => (one.kind === 'epoch' ? [one.record] : []));

test.each([
  ['layer3', (key: string) => /^(layer[34]\.|fc\.)/.test(key)],
  ['layer4', (key: string) => /^(layer4\.|fc\.)/.test(key)],
  ['classifier', (key: string) => key.startsWith('fc.')],
] as const)('a baseline that trains from %s on moves that alone', async (trains, moves) => {
  const context = newContext(backend);
  await finish(backend, baseline(context, { ...config, epochs: 1, trains }, initial));
  const keys = [...initial.tensors.keys(), ...initial.batchesTracked.keys()];
  expect(changedKeys(initial, context.kept[0]!.state)).toEqual(keys.filter(moves).sort());
});

test('the backward pass goes as deep as something is trained', () => {
  const batch = { arch: 'resnet18', classes: 5, rows: 4, size: 64 } as const;
  const dispatches = (part: Part) =>
    dryRunOf(backend, { ...batch, training: trainedPart('resnet18', part) }, 'fast').dispatchCount;
  const forward = dryRunOf(backend, { ...batch, training: null }, 'fast').dispatchCount;
  const parts = ['classifier', 'layer4', 'layer3', 'all'] as const;
  const counts = parts.map(dispatches);
  expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  // The loss, the classifier's gradient and its step, in place of evaluation's counting of activations.
  expect(Math.abs(counts[0]! - forward)).toBeLessThan(8);
  expect(counts[3]).toBeGreaterThan(2 * counts[0]!);
});

test('on test views each photo goes through the frozen trunk once, and comes to the same', async () => {
  const [kept, anew] = [newContext(backend), { ...newContext(backend), featureBytes: 0 }];
  const loads = [kept, anew].map(({ loader }) => vi.spyOn(loader, 'load'));
  const tune = async (context: typeof kept) => (await finish(backend, finetune(context, config, weights, 48))).records;
  const [once, often] = [await tune(kept), await tune(anew)];
  expect(loads.map(({ mock }) => mock.calls.length)).toEqual([12 + 7, 3 * (12 + 7)]);
  const ends = [once, often].map(epochsOf);
  for (const [i, { train, validation }] of ends[0]!.entries()) {
    const other = ends[1]![i]!;
    expect(train.loss / other.train.loss).toBeCloseTo(1, 5);
    expect(validation.loss / other.validation.loss).toBeCloseTo(1, 5);
    expect(validation.correct).toBe(other.validation.correct);
  }
  const [first, second] = [kept, anew].map(({ kept: all }) => all[0]!);
  expect(first!.evaluation!.activations.mean).toBeCloseTo(second!.evaluation!.activations.mean, 6);
  for (const [key, { values }] of first!.state.tensors) {
    const other = second!.state.tensors.get(key)!.values;
    // AdamW makes whole steps of gradients that are nothing but rounding.
    expect(relativeError(values, other), key).toBeLessThan(1e-3);
  }
  expect(changedKeys(initial, first!.state)).toEqual(changedKeys(initial, second!.state));
});

test.each([
  { run: 'finetune', change: {} },
  { run: 'finetune', change: { tuneAugmentation: 'blog', tuneAffine: true } },
  { run: 'finetune', change: { tuneEpochs: 1 } },
  { run: 'baseline', change: { trains: 'classifier' } },
  { run: 'baseline', change: { trains: 'layer4' } },
] as const)('a run goes through the phases that it plans: $run, $change', async ({ run, change }) => {
  const changed = { ...config, ...change };
  const context = newContext(backend);
  const records = run === 'baseline' ? baseline(context, changed, initial) : finetune(context, changed, weights, 48);
  const phases = phasesOf((await finish(backend, records)).records);
  const shape = { run, config: changed, arch: config.arch, classes: 3, tuneSize: 48 };
  const planned = plannedPhases({ ...shape, trainCount: 12, validationCount: 7 });
  expect(phases).toEqual(planned.map(({ phase, size, images }) => `${phase} ${size} ${images}`));
});

test('features that would take more memory than they may are made anew', async () => {
  const context = { ...newContext(backend), featureBytes: 7 * 512 * 4 };
  const loads = vi.spyOn(context.loader, 'load');
  // Room for validation's pooled features alone.
  await finish(backend, baseline(context, { ...config, trains: 'classifier' }, initial));
  expect(loads).toHaveBeenCalledTimes(3 * 12 + 7);
});
