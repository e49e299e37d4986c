import { expect, test } from 'vitest';
import { openDataset } from '../../../engine/dataset/open';
import { summarise } from '../../../engine/dataset/summarise';
import { FilePortions } from './fileSource';
import { sampleSource } from './sampleSource';

test('files in portions become one folder', async () => {
  const portions = new FilePortions('pets');
  portions.add([{ path: 'a/1.jpg', file: new File(['one'], '1.jpg') }]);
  portions.add([{ path: 'b/2.jpg', file: new File(['two'], '2.jpg') }]);
  expect(portions.count).toBe(2);
  const source = portions.toSource();
  expect(source.name).toBe('pets');
  expect([...source.paths].sort()).toEqual(['a/1.jpg', 'b/2.jpg']);
  expect(await (await source.read('b/2.jpg')).text()).toBe('two');
  await expect(source.read('c.jpg')).rejects.toMatchObject({ code: 'bad-photo' });
});

test('the sample opens like any folder, before a photo is drawn', async () => {
  const source = sampleSource();
  const summary = summarise(await openDataset(source, { seed: 0 }));
  expect(summary.warnings).toEqual([]);
  expect([summary.trainCount, summary.validationCount]).toEqual([320, 80]);
  expect(summary.classes).toContainEqual({ name: 'Mosaic', train: 64, validation: 16, test: 0 });
  await expect(source.read('train_images/leaf_400.jpg')).rejects.toMatchObject({ code: 'bad-photo' });
});
