import { expect, test } from 'vitest';
import type { PhotoViews, ShownView } from '../protocol/photos';
import { apparentHeadline, apparentRatio, trainViewsNote, viewsSentence } from './views';

const view = (scale: number): ShownView => ({
  size: 2,
  rgba: new Uint8ClampedArray(16),
  scale,
  outline: [
    [0, 0],
    [2 / scale, 0],
    [2 / scale, 2 / scale],
    [0, 2 / scale],
  ],
});

const views = (train: number[], own: number): PhotoViews => ({
  imageId: 'a.jpg',
  label: 'a',
  width: 8,
  height: 6,
  photo: view(1),
  train: train.map(view),
  test: [view(own), view(0.1)],
});

test('the ratio is the mean over the training views, as in the paper', () => {
  expect(apparentRatio(view(1), [view(0.5), view(0.25)])).toBe(3);
});

test('the sentence says which way things differ', () => {
  expect(viewsSentence(views([0.4, 0.8], 1))).toBe(
    'Training shows things at 0.40 to 0.80 times their size in the photo, validation at 1.00: on average 1.88 times larger than in these training views.',
  );
  expect(viewsSentence(views([0.5, 0.5], 0.25))).toContain('2.00 times smaller');
  expect(viewsSentence(views([0.5, 0.5], 0.5))).toContain('about as large as in training');
});

test('training views are of epochs, and those that the run does not have are told', () => {
  expect(trainViewsNote(224, [1, 6], 10)).toBe('random crops at 224 px, epochs 1 to 6');
  expect(trainViewsNote(64, [1, 6], 5)).toBe('random crops at 64 px, epochs 1 to 6; the run is set to 5');
});

test('the head of the page says no more than the photo and its draws do', () => {
  expect(apparentHeadline(views([0.5, 0.5], 0.25))).toMatch(
    /^In tests, this photo looks about 2\.0× smaller than in these training views\. /,
  );
  expect(apparentHeadline(views([0.5, 0.5], 0.5))).toContain('this photo looks about as large');
});
