import { expect, test } from 'vitest';
import { openDataset } from '../../../engine/dataset/open';
import { summarise } from '../../../engine/dataset/summarise';
import { sampleSource } from './sampleSource';

test('the sample opens like any folder, before a photo is drawn', async () => {
  const source = sampleSource();
  const summary = summarise(await openDataset(source, { seed: 0 }));
  expect(summary.warnings).toEqual([]);
  expect([summary.trainCount, summary.validationCount]).toEqual([320, 80]);
  expect(summary.classes).toContainEqual({ name: 'Mosaic', train: 64, validation: 16, test: 0 });
  await expect(source.read('train_images/leaf_400.jpg')).rejects.toMatchObject({ code: 'bad-photo' });
});
