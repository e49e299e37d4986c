import { expect, test } from 'vitest';
import { holdOut } from './heldOut';
import type { Dataset, Sample } from './types';

const photos = (label: number, count: number): Sample[] =>
  Array.from({ length: count }, (_, i) => ({ path: `${label}/${i}.jpg`, imageId: `${i}.jpg`, label }));
const dataset: Dataset = {
  name: 'leaves',
  classes: ['a', 'b', 'c'],
  train: photos(0, 3),
  validation: [...photos(0, 40), ...photos(1, 10), ...photos(2, 1)],
  test: [],
  choices: [],
  settings: {},
  unused: 0,
  refusal: null,
  format: '',
  warnings: [],
};
const pathsOf = (samples: readonly Sample[]) => samples.map(({ path }) => path);

test('a share of each class is held out, the same for the same seed, and no photo is in two splits', () => {
  const split = holdOut(dataset, 0.5, 7);
  const counts = [0, 1, 2].map((label) => split.test.filter((sample) => sample.label === label).length);
  expect(counts).toEqual([20, 5, 0]);
  expect(pathsOf([...split.validation, ...split.test]).sort()).toEqual(pathsOf(dataset.validation).sort());
  expect(holdOut(dataset, 0.5, 7)).toEqual(split);
  expect(pathsOf(holdOut(dataset, 0.5, 8).test)).not.toEqual(pathsOf(split.test));
  expect(split.train).toBe(dataset.train);
});

test('every class keeps a photo that validates', () => {
  expect(holdOut(dataset, 0.9, 7).validation.map(({ label }) => label)).toContain(2);
});

test('without a share, or with test photos of the folder’s own, nothing is drawn', () => {
  expect(holdOut(dataset, 0, 7)).toBe(dataset);
  const own = { ...dataset, test: photos(1, 2) };
  expect(holdOut(own, 0.5, 7)).toBe(own);
});
