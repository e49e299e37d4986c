import { expect, test } from 'vitest';
import type { PhotoColumns, SimilarityMap } from '../protocol/photos';
import { groupsOf, mapSentence, nearestPoint, pointBeside, pointsWithin, toUnitSquare } from './mapPoints';

const measured = {
  step: 'baseline' as const,
  resize: 64,
  size: 64,
  linearHead: true,
  predictions: Int32Array.of(1, 0, -1),
  losses: Float32Array.of(0.1, 2, NaN),
  confidences: Float32Array.of(0.9, 0.6, NaN),
};
const columns: PhotoColumns = {
  counts: { train: 2, validation: 3, test: 1 },
  labels: Int32Array.of(0, 1, 1, 1, 1, 2),
  problems: new Uint16Array(6),
  check: null,
  measured: [measured],
  chosen: 0,
  map: null,
};
const mapOf = (...photos: number[]): SimilarityMap => ({
  step: 'baseline',
  resize: 64,
  size: 64,
  seconds: 1,
  photos: Int32Array.from(photos),
  places: new Float32Array(2 * photos.length),
});
const names = ['blight', 'rust', 'mosaic'];

test('places become a square that keeps their shape', () => {
  const unit = toUnitSquare(Float32Array.of(10, 0, 14, 1, 12, 2));
  expect([...unit]).toEqual([0, 0.75, 1, 0.5, 0.5, 0.25]);
  expect([...toUnitSquare(Float32Array.of(3, 3, 3, 3))]).toEqual([0.5, 0.5, 0.5, 0.5]);
});

test('points are grouped by class, the largest first, by split, and by what was said', () => {
  const map = mapOf(0, 1, 2, 3, 4, 5);
  const legend = (by: 'class' | 'split' | 'outcome') =>
    groupsOf(map, columns, { measured, names, by }).legend.map(({ name, count }) => [name, count]);
  expect(legend('class')).toEqual([
    ['rust', 4],
    ['blight', 1],
    ['mosaic', 1],
  ]);
  expect(legend('split')).toEqual([
    ['Training', 2],
    ['Validation', 3],
    ['Held out', 1],
  ]);
  // Of the three validation photos one was taken for what it is, one for another, and one could not be read.
  expect(legend('outcome')).toEqual([
    ['Right', 1],
    ['Wrong', 1],
    ['Not asked about', 4],
  ]);
  expect([...groupsOf(mapOf(3, 2), columns, { measured, names, by: 'outcome' }).groups]).toEqual([1, 0]);
});

test('classes beyond the colours share a group', () => {
  const labels = Int32Array.from({ length: 22 }, (_, i) => i % 11);
  const many = { ...columns, counts: { train: 22, validation: 0, test: 0 }, labels };
  const eleven = Array.from({ length: 11 }, (_, i) => `class ${i}`);
  const { legend } = groupsOf(mapOf(...labels.keys()), many, { measured: null, names: eleven, by: 'class' });
  expect(legend).toHaveLength(9);
  expect(legend.at(-1)).toEqual({ group: 8, name: 'Other classes', count: 6 });
});

const POINTS = Float32Array.of(0.5, 0.5, 0.9, 0.5, 0.5, 0.1, 0.6, 0.95);

test('a pointer means the nearest point, if one is near', () => {
  expect(nearestPoint(POINTS, { x: 0.86, y: 0.52 }, 0.05)).toBe(1);
  expect(nearestPoint(POINTS, { x: 0.7, y: 0.5 }, 0.05)).toBe(-1);
});

test('a line around points means those, whichever way it was drawn', () => {
  const around = [
    { x: 0.4, y: 0.4 },
    { x: 1, y: 0.4 },
    { x: 1, y: 0.6 },
    { x: 0.4, y: 0.6 },
  ];
  expect(pointsWithin(POINTS, around)).toEqual([0, 1]);
  expect(pointsWithin(POINTS, around.toReversed())).toEqual([0, 1]);
  expect(pointsWithin(POINTS, [])).toEqual([]);
});

test('arrow keys go to the point on that side', () => {
  expect(pointBeside(POINTS, 0, 'ArrowRight')).toBe(1);
  expect(pointBeside(POINTS, 0, 'ArrowUp')).toBe(2);
  expect(pointBeside(POINTS, 0, 'ArrowDown')).toBe(3);
  expect(pointBeside(POINTS, 0, 'ArrowLeft')).toBe(0);
  expect(pointBeside(POINTS, 0, 'Enter')).toBe(0);
});

test('the map says whose it is, and of how many photos', () => {
  expect(mapSentence(mapOf(0, 1), columns)).toMatch(/^2 of 6 photos as the network sees them \(baseline, 64 px\)/);
  expect(mapSentence(mapOf(0, 1, 2, 3, 4, 5), columns)).toMatch(/^6 photos as/);
});
