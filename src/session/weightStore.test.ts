import { expect, test } from 'vitest';
import { parseStudioConfig } from '../engine/experiments/meta';
import { stateSpecs } from '../engine/models/registry';
import { initialHostState } from '../engine/nn/state';
import { changedKeys } from '../testing/hostStates';
import type { Evaluation } from '../engine/train/evaluate';
import { scoreOf } from '../testing/runs';
import type { Checkpoint } from './checkpoint';
import { checkClasses, WeightStore } from './weightStore';

const config = { ...parseStudioConfig({ seed: 7 }), arch: 'tiny18' as const };
const opened = { run: 'import', name: 'imported from x.pth', madeAt: '' } as const;
const heldOf = (classes: readonly string[], arch: Checkpoint['arch'] = 'tiny18'): Checkpoint => ({
  arch,
  classes,
  state: initialHostState(stateSpecs(arch, classes.length), 1),
  history: [{ ...opened, config: null, data: null, view: null, score: null }],
  evaluation: null,
});
const measured = (checkpoint: Checkpoint, correct: number): Checkpoint => ({
  ...checkpoint,
  evaluation: { score: scoreOf(correct, 100) } as Evaluation,
});
const THREE = ['a', 'b', 'c'];
const FIVE = [...THREE, 'd', 'e'];

test('a baseline starts from opened weights as they are where they tell the same classes apart', () => {
  const weights = new WeightStore();
  weights.imported = heldOf(THREE);
  const { state, note } = weights.start(config, THREE);
  expect(state).toBe(weights.imported.state);
  expect(note).toBeNull();
  // Nobody said which is which: said so.
  weights.imported = heldOf(['class 0', 'class 1', 'class 2']);
  const unnamed = weights.start(config, THREE);
  expect(unnamed.state).toBe(weights.imported.state);
  expect(unnamed.note).toContain('do not name their classes: they are taken to be in the photos’ order (a, b, c)');
  expect(checkClasses(weights.imported, THREE)).toBe(unnamed.note);
});

test('as many other classes get a new classifier, and cannot be evaluated', async () => {
  const weights = new WeightStore();
  weights.imported = heldOf(THREE);
  const { state, note } = weights.start(config, ['x', 'y', 'z']);
  expect(note).toContain('was trained for other classes (a, b, c) than the photos have (x, y, z): it is replaced');
  expect(changedKeys(weights.imported.state, await state)).toContain('fc.weight');
  expect(() => checkClasses(weights.imported!, ['x', 'y', 'z'])).toThrow('other classes (a, b, c)');
});

test.each(['tiny18', 'tiny18-fastai'] as const)('%s: classes in another order are matched by name', (arch) => {
  const weights = new WeightStore();
  const before = heldOf(['wolf', 'Cat', 'dog'], arch);
  weights.imported = before;
  expect(weights.align(['cat', 'dog', 'wolf'])).toContain(
    'in another order (wolf, Cat, dog): they were matched by name',
  );
  const { classes, state } = weights.imported;
  expect(classes).toEqual(['cat', 'dog', 'wolf']);
  const head = arch === 'tiny18' ? ['fc.bias', 'fc.weight'] : ['head.8.weight'];
  expect(changedKeys(before.state, state)).toEqual(head);
  for (const key of head) {
    const [old, now] = [before.state.tensors.get(key)!.values, state.tensors.get(key)!.values];
    const width = old.length / 3;
    const row = (values: Float32Array, index: number) => [...values.subarray(index * width, (index + 1) * width)];
    expect([0, 1, 2].map((index) => row(now, index))).toEqual([1, 2, 0].map((index) => row(old, index)));
  }
  expect(weights.align(['cat', 'dog', 'wolf'])).toBeNull();
});

test('a trunk without a classifier is a start, and no more', async () => {
  const weights = new WeightStore();
  const { tensors, batchesTracked } = initialHostState(stateSpecs('tiny18', 3), 1);
  const trunk = new Map([...tensors].filter(([key]) => !key.startsWith('fc.')));
  weights.imported = { ...heldOf([]), state: { tensors: trunk, batchesTracked } };
  const { state, note } = weights.start(config, THREE);
  expect(note).toContain('There is no classifier in the weights imported from x.pth: it is replaced');
  expect((await state).tensors.get('fc.weight')?.shape).toEqual([3, 64]);
  expect(() => checkClasses(weights.imported!, THREE)).toThrow('There is no classifier');
});

test('where they tell others apart, the classifier alone is new', async () => {
  const weights = new WeightStore();
  weights.imported = heldOf(FIVE);
  const { state: starting, note } = weights.start(config, THREE);
  const state = await starting;
  expect(note).toContain('x.pth was trained for 5 classes, the photos have 3');
  expect(changedKeys(weights.imported.state, state)).toEqual(['fc.bias', 'fc.weight']);
  expect(state.tensors.get('fc.weight')?.shape).toEqual([3, 64]);
  // What was opened is not touched.
  expect(weights.imported.state.tensors.get('fc.bias')?.shape).toEqual([5]);
  expect(() => checkClasses(weights.imported!, THREE)).toThrow('trained for 5 classes, the photos have 3');
});

test('under fastai’s head a plain network’s trunk is kept, and its classifier left', async () => {
  const weights = new WeightStore();
  weights.imported = heldOf(THREE);
  const { state: starting, note } = weights.start({ ...config, arch: 'tiny18-fastai' }, THREE);
  const state = await starting;
  expect(note).toContain('replaced by the head of a ResNet-18 of eight channels, fastai’s head');
  expect([...state.tensors.keys()].sort()).toEqual(
    stateSpecs('tiny18-fastai', 3)
      .filter(({ role }) => role !== 'batchesTracked')
      .map(({ key }) => key)
      .sort(),
  );
  const { tensors } = weights.imported.state;
  for (const [key, tensor] of state.tensors) if (!key.startsWith('head.')) expect(tensor).toBe(tensors.get(key));
});

test('another network is refused, and without opened weights they are random', async () => {
  const weights = new WeightStore();
  const random = initialHostState(stateSpecs('tiny18', 3), 7);
  expect(changedKeys(random, await weights.start(config, THREE).state)).toEqual([]);
  expect(weights.start(config, THREE).note).toBeNull();
  expect(weights.start({ ...config, trainable: 'layer4' }, THREE).note).toContain('stays random');
  expect(() => weights.of('best')).toThrow('no weights yet');
  weights.imported = heldOf(THREE, 'tiny26');
  expect(() => weights.start(config, THREE)).toThrow('are a tiny26; the settings say tiny18');
});

test('later steps come before earlier ones', () => {
  const weights = new WeightStore();
  const [imported, baseline, finetune] = [heldOf(THREE), heldOf(THREE), heldOf(THREE)];
  weights.imported = imported;
  expect(weights.trunk()).toBe(imported);
  expect(weights.best()).toBe(imported);
  weights.baseline = baseline;
  expect(weights.of('baseline')).toBe(baseline);
  weights.finetune = finetune;
  expect(weights.trunk()).toBe(baseline);
  expect(weights.of('best')).toBe(finetune);
});

test('fine-tuned weights are the best unless those before are more accurate', () => {
  const weights = new WeightStore();
  weights.baseline = measured(heldOf(THREE), 60);
  weights.finetune = measured(heldOf(THREE), 54);
  expect([weights.best(), weights.bestSlot()]).toEqual([weights.baseline, 'baseline']);
  weights.finetune = measured(heldOf(THREE), 60);
  expect([weights.best(), weights.bestSlot()]).toEqual([weights.finetune, 'finetune']);
});
