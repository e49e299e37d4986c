import { expect, test } from 'vitest';
import type { PhotoColumns } from '../protocol/photos';
import { afterChanges, ALL_PHOTOS, countChosen, isUnset, numberOf, placeOf, selectPhotos } from './photoFilter';

/** Three to train on, four to validate with, of which the last could not be read, and one held out. */
const columns: PhotoColumns = {
  counts: { train: 3, validation: 4, test: 1 },
  labels: Int32Array.of(0, 1, 0, 0, 1, 1, 0, 1),
  problems: new Uint16Array([0, 3, 0, 1, 0, 0, 2, 0]),
  check: null,
  map: null,
  chosen: 1,
  measured: [
    {
      step: 'baseline',
      resize: 40,
      size: 32,
      linearHead: true,
      predictions: Int32Array.of(1, 1, 0, -1),
      losses: Float32Array.of(2, 0.1, 3, NaN),
      confidences: Float32Array.of(0.8, 0.9, 0.95, NaN),
    },
    {
      step: 'finetune',
      resize: 60,
      size: 48,
      linearHead: true,
      predictions: Int32Array.of(0, 0, 1, -1),
      losses: Float32Array.of(0.2, 1, 0.3, NaN),
      confidences: Float32Array.of(0.7, 0.6, 0.75, NaN),
    },
  ],
};
const { measured } = columns;
const select = (filter: Partial<typeof ALL_PHOTOS>) => [...selectPhotos(columns, { ...ALL_PHOTOS, ...filter })];

test('photos are chosen by split, class and what was predicted', () => {
  expect(select({})).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(select({ split: 'validation' })).toEqual([3, 4, 5, 6]);
  expect(select({ split: 'test', label: 1 })).toEqual([7]);
  expect(select({ label: 0 })).toEqual([0, 2, 3, 6]);
  // Of the measurement that chose the weights unless another is asked for; photos without a prediction are neither right nor wrong.
  expect(select({ outcome: 'wrong' })).toEqual([4]);
  expect(select({ outcome: 'wrong', measured: measured[0]! })).toEqual([3, 5]);
  expect(select({ outcome: 'right', measured: measured[0]! })).toEqual([4]);
  expect(select({ label: 0, predicted: 1, measured: measured[0]! })).toEqual([3]);
  expect(select({ confidence: [0.69, 0.72] })).toEqual([3]);
});

test('photos are chosen by what is wrong with them', () => {
  expect(select({ problem: 'exact' })).toEqual([1, 3]);
  expect(select({ problem: 'near' })).toEqual([1, 6]);
  expect(select({ problem: 'near', split: 'train' })).toEqual([1]);
});

test('the greatest loss comes first, and photos without one last', () => {
  expect(select({ order: 'loss', split: 'validation' })).toEqual([4, 5, 3, 6]);
  expect(select({ order: 'loss', measured: measured[0]! })).toEqual([5, 3, 4, 0, 1, 2, 6, 7]);
  expect(select({ order: 'doubtful', split: 'validation' })).toEqual([4, 3, 5, 6]);
  expect(select({ order: 'confident', split: 'validation' })).toEqual([5, 3, 4, 6]);
  expect([...selectPhotos({ ...columns, measured: [] }, { ...ALL_PHOTOS, order: 'loss' })]).toHaveLength(8);
});

test('before anything is measured no photo is left out for what was not predicted', () => {
  const select = (filter: Partial<typeof ALL_PHOTOS>) =>
    selectPhotos({ ...columns, measured: [] }, { ...ALL_PHOTOS, ...filter });
  expect(select({ outcome: 'wrong' })).toHaveLength(8);
  expect([...select({ label: 1, confidence: [0, 0.5], predicted: 0 })]).toEqual([1, 4, 5, 7]);
});

test('what is set is counted as the fields show it, and what means the same after changes stays', () => {
  const set = { ...ALL_PHOTOS, split: 'train', outcome: 'wrong', confidence: [0, 0.5], order: 'loss' } as const;
  expect(countChosen(columns, ALL_PHOTOS)).toBe(0);
  expect(countChosen(columns, set)).toBe(4);
  expect(countChosen({ ...columns, measured: [] }, set)).toBe(1);
  expect(isUnset({ ...ALL_PHOTOS })).toBe(true);
  expect(isUnset(set)).toBe(false);
  expect(isUnset({ ...ALL_PHOTOS, among: new Set([1]) })).toBe(false);
  expect(afterChanges({ ...set, among: new Set([1]), label: 1, problem: 'dark' })).toEqual({
    ...ALL_PHOTOS,
    split: 'train',
    label: 1,
    problem: 'dark',
  });
});

test('a photo’s number and its place in its split are the same photo', () => {
  for (let photo = 0; photo < 8; photo++) expect(numberOf(columns.counts, placeOf(columns.counts, photo))).toBe(photo);
  expect(placeOf(columns.counts, 7)).toEqual({ split: 'test', index: 0 });
});
