/** What is frozen: it is left alone, costs no backward pass, and runs forward once a photo where its views are fixed. */
import { expect, test, vi } from 'vitest';
import { relativeError } from '../../testing/closeness';
import { finish, newContext } from '../../testing/experimentRun';
import { changedKeys } from '../../testing/hostStates';
import { nodeBackend } from '../../hosts/node/gpu';
import { PATTERN_CLASSES } from '../../testing/patterns';
import type { RunRecord } from '../base/records';
import { parseStudioConfig, type StudioConfig } from './meta';

const backend = await nodeBackend();
const { baseline } = await import('./baseline/run');
const { finetune } = await import('./finetune/run');
const { stateSpecs } = await import('../models/registry');
const { initialHostState } = await import('../nn/state');

const config: StudioConfig = {
  ...parseStudioConfig({
    batchSize: 5,
    epochs: 3,
    trainSize: 32,
    evalResize: 36,
    evalCrop: 32,
    tuneSize: 48,
    tuneEpochs: 3,
    tuneAugmentation: 'test',
  }),
  arch: 'tiny10',
};
const initial = initialHostState(stateSpecs(config.arch, PATTERN_CLASSES.length), config.seed);
const weights = { arch: config.arch, state: initial };
const epochsOf = (records: readonly RunRecord[]) =>
  records.flatMap((one) => (one.kind === 'epoch' ? [one.record] : []));

test.each([
  ['layer3', (key: string) => /^(layer[34]\.|fc\.)/.test(key)],
  ['layer4', (key: string) => /^(layer4\.|fc\.)/.test(key)],
  ['classifier', (key: string) => key.startsWith('fc.')],
] as const)('a baseline that trains from %s on moves that alone', async (trainable, moves) => {
  const context = newContext(backend);
  await finish(backend, baseline(context, { ...config, epochs: 1, trainable }, initial));
  const keys = [...initial.tensors.keys(), ...initial.batchesTracked.keys()];
  expect(changedKeys(initial, context.kept[0]!.state)).toEqual(keys.filter(moves).sort());
});

test('on test views each photo goes through the frozen trunk once, and comes to the same', async () => {
  const [kept, anew] = [newContext(backend), { ...newContext(backend), featureBytes: 0 }];
  const loads = [kept, anew].map(({ loader }) => vi.spyOn(loader, 'load'));
  const tune = async (context: typeof kept) => (await finish(backend, finetune(context, config, weights, 48))).records;
  // The weights as they were are measured first, at the new size and at the one trained at.
  const [once, often] = [await tune(kept), await tune(anew)];
  expect(loads.map(({ mock }) => mock.calls.length)).toEqual([2 * 7 + 12 + 7, 2 * 7 + 3 * (12 + 7)]);
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
