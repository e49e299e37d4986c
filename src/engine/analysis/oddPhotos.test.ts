import { expect, test } from 'vitest';
import { oddPhotos } from './oddPhotos';

const usual = (i: number) => ({ width: 640, height: 480, brightness: 90 + (i % 60), sharpness: 600 + 13 * (i % 70) });

test('what is dark, blurred, tiny or long is told from what is usual in its folder', () => {
  const facts = [
    ...Array.from({ length: 100 }, (_, i) => usual(i)),
    { ...usual(0), brightness: 9, sharpness: 2 },
    { ...usual(0), sharpness: 12 },
    { ...usual(0), width: 90, height: 70 },
    { ...usual(0), width: 2000, height: 480 },
    null,
  ];
  const odd = oddPhotos(facts).map((set) => [...set].join());
  expect(odd.slice(0, 100).filter(Boolean)).toEqual([]);
  expect(odd.slice(100)).toEqual(['dark', 'blurred', 'tiny', 'shape', '']);
});

test('a folder of soft photos is not all blurred, and none has no oddities', () => {
  const soft = Array.from({ length: 40 }, (_, i) => ({ ...usual(i), sharpness: 30 + (i % 9) }));
  expect(oddPhotos(soft).every(({ size }) => size === 0)).toBe(true);
  expect(oddPhotos([])).toEqual([]);
  expect(oddPhotos([null])[0]!.size).toBe(0);
});
