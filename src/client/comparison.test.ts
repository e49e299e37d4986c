import { expect, test } from 'vitest';
import { PRESET_CONFIGS } from '../engine/experiments/meta';
import { scoreOf, sweepPoint } from '../testing/runs';
import { activationDistances, curvesOf, listedRuns, runColors, sharedSizes, tagsIn, tagsOf } from './comparison';
import type { KeptRun } from './state';

const cdfTo = (end: number) => [
  { x: 0, p: 0 },
  { x: end, p: 1 },
];
const point = (size: number, correct: number, end: number) => {
  const plain = sweepPoint(size, scoreOf(correct, 100));
  return { ...plain, activations: { ...plain.activations, cdf: cdfTo(end) } };
};
const runOf = (id: string, name: string, sweep: KeptRun['sweep'], note = ''): KeptRun => ({
  id,
  name,
  note,
  dataset: { name: 'leaves', trainCount: 10, validationCount: 100 },
  config: PRESET_CONFIGS.blog,
  baseline: [],
  sweep,
  finetune: null,
  experiments: {},
});
const a = runOf('2026-03-02', 'a', [point(64, 60, 1), point(96, 70, 2)], 'good one');
const b = runOf('2026-03-01', 'B', [point(96, 80, 4), point(128, 75, 4)]);
const none = runOf('2026-02-01', 'c', []);

test('runs are sorted by a column either way, those without a figure last, and found by their words', () => {
  const names = (how: Partial<Parameters<typeof listedRuns>[1]>) =>
    listedRuns([a, none, b], { by: null, descending: false, search: '', tag: null, ...how }).map(({ name }) => name);
  expect(names({})).toEqual(['a', 'c', 'B']);
  expect(names({ by: 'sweep' })).toEqual(['a', 'B', 'c']);
  expect(names({ by: 'sweep', descending: true })).toEqual(['B', 'a', 'c']);
  expect(names({ by: 'name' })).toEqual(['a', 'B', 'c']);
  expect(names({ search: ' Good ' })).toEqual(['a']);
  expect(names({ search: 'leaves' })).toHaveLength(3);
});

test('activations are compared at a size that several runs have measured, or at each one’s best', () => {
  expect(sharedSizes([a, b, none])).toEqual([96]);
  // Straight lines to 2 and to 4: farthest apart at 2, by a half; the area between is half the difference of their ends.
  expect(activationDistances([a, b, none], 96)).toEqual([{ name: 'B, 96 px', from: 'a, 96 px', ks: 0.5, w1: 1 }]);
  expect(activationDistances([a, b], 64)).toEqual([]);
  const { activations } = curvesOf([a, b], runColors([a, b]), 96);
  expect(activations.map(({ name }) => name)).toEqual(['a, 96 px', 'B, 96 px']);
});

test('tags are words with commas between, found by search and chosen one at a time', () => {
  expect(tagsOf(' slow, green ,slow,, ')).toEqual(['slow', 'green']);
  const tagged = [{ ...a, tags: ['paper', 'final'] }, { ...b, tags: ['final'] }, none];
  expect(tagsIn(tagged)).toEqual(['final', 'paper']);
  const names = (search: string, tag: string | null) =>
    listedRuns(tagged, { by: null, descending: false, search, tag }).map(({ name }) => name);
  expect(names('PAPER', null)).toEqual(['a']);
  expect(names('', 'final')).toEqual(['a', 'B']);
  expect(names('b', 'final')).toEqual(['B']);
});
