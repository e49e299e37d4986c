import { expect, test } from 'vitest';
import type { Dataset, Sample } from '../engine/dataset/types';
import { measureUsual, usualRefusal } from './usual';
import { Project } from './project';

const samples = (count: number): Sample[] =>
  Array.from({ length: count }, (_, i) => ({ path: `${i}.jpg`, imageId: `${i}`, label: 0 }));

const EMPTY: Dataset = {
  name: 'leaves',
  classes: [],
  train: [],
  validation: [],
  test: [],
  choices: [],
  settings: {},
  unused: 0,
  refusal: null,
  format: '',
  warnings: [],
};

test('what is usual is measured on training photos, and its threshold on validation photos', async () => {
  const dataset = { ...EMPTY, train: samples(2500), validation: samples(100) };
  const looked: number[] = [];
  // Trained on along one direction; the i-th validation photo is i degrees off it.
  const usual = await measureUsual(dataset, async (some, onPooled) => {
    looked.push(some.length);
    const shared = new Float32Array(2);
    some.forEach((_, i) => {
      const angle = looked.length === 1 ? 0 : (i * Math.PI) / 180;
      shared.set([3 * Math.cos(angle), 3 * Math.sin(angle)]);
      onPooled(shared);
    });
  });
  expect(looked).toEqual([1000, 100]);
  expect(usual.told).toMatchObject({ share: 0.95, trainCount: 1000, validationCount: 100 });
  const chord = (degrees: number) => 2 * Math.sin((degrees * Math.PI) / 360);
  expect(usual.told.threshold).toBeCloseTo(chord(94), 5);
  expect(usual.distanceTo(Float32Array.of(0, 7))).toBeCloseTo(chord(90), 5);
});

test('nothing is said where nothing can be measured', () => {
  const project = new Project();
  const classes = ['a', 'b'];
  expect(usualRefusal(project, { classes })).toContain('not open');
  project.setPhotos({ ...EMPTY, classes, train: samples(9), validation: samples(39) });
  expect(usualRefusal(project, { classes })).toContain('40 validation photos');
  expect(usualRefusal(project, { classes: ['b', 'a'] })).toContain('other classes');
  project.setPhotos({ ...EMPTY, classes, train: samples(9), validation: samples(40) });
  expect(usualRefusal(project, { classes })).toBeNull();
});
