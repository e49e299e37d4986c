import { expect, test } from 'vitest';
import type { PhotoViews, ShownView } from '../protocol/photos';
import { apparentRatio, viewsSentence } from './views';

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
