import { expect, test } from 'vitest';
import { orientationSentence } from './sentences';

test('turned photos are counted, with what is done about them', () => {
  expect(orientationSentence({ looked: 1200, of: 1200, turned: 7 }, 1200, false)).toBe(
    '7 of 1,200 photos carry their camera’s note that they are to be turned. They are taken as stored, as PyTorch does.',
  );
  expect(orientationSentence({ looked: 500, of: 2000, turned: 1 }, 21_397, true)).toBe(
    '1 of the 500 photos looked at carries their camera’s note that they are to be turned. They are turned upright, in training and testing alike.',
  );
});
