import { expect, test } from 'vitest';
import { parseStudioConfig } from '../engine/experiments/meta';
import { otherPhotosNote } from './otherPhotos';

test('settings that change what the network sees are named, others are not', () => {
  const made = parseStudioConfig({});
  expect(otherPhotosNote(parseStudioConfig({ tuneEpochs: 9, batchSize: 8 }), made)).toBeNull();
  expect(otherPhotosNote(parseStudioConfig({ normalize: 'true', filter: 'bicubic' }), made)).toContain(
    '(Resizing, Normalise by ImageNet)',
  );
});
