import { expect, test } from 'vitest';
import { trainableOf } from '../models/parts';
import { lastPhotoIsLone } from './lonePhoto';

test('a last batch of one is left out where its last maps are one pixel and normalised by the batch', () => {
  const all = trainableOf('resnet18', 'all');
  const given = { arch: 'resnet18', trainable: all, count: 17, batchSize: 8, size: 32 } as const;
  expect(lastPhotoIsLone(given)).toBe(true);
  expect(lastPhotoIsLone({ ...given, trainable: trainableOf('resnet18', 'statistics') })).toBe(true);
  expect(lastPhotoIsLone({ ...given, trainable: trainableOf('resnet18', 'classifier') })).toBe(false);
  expect(lastPhotoIsLone({ ...given, size: 33 })).toBe(false);
  expect(lastPhotoIsLone({ ...given, count: 18 })).toBe(false);
  expect(lastPhotoIsLone({ ...given, count: 1 })).toBe(false);
});
