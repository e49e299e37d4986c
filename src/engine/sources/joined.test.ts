import { expect, test } from 'vitest';
import { openDataset } from '../dataset/open';
import { folderOf, photos } from '../../testing/folders';
import { joined } from './joined';

const pets = folderOf({ ...photos('cat/#.jpg', 4), ...photos('dog/#.jpg', 4) }, 'pets');
const classesOf = async (source: Parameters<typeof openDataset>[0]) => {
  const { classes, train, validation, refusal } = await openDataset(source, { seed: 1 });
  return { classes, count: train.length + validation.length, refusal };
};

test('photos of one class join the class folders under its name', async () => {
  const set = joined(pets, { source: folderOf(photos('#.jpg', 4), 'Dropped photos'), label: 'bird' });
  expect(await classesOf(set)).toEqual({ classes: ['bird', 'cat', 'dog'], count: 12, refusal: null });
  const more = joined(set, { source: folderOf(photos('#.jpg', 2), 'x'), label: 'bird' });
  expect(await classesOf(more)).toEqual({ classes: ['bird', 'cat', 'dog'], count: 14, refusal: null });
  expect(more.paths).toContain('bird/1 (2).jpg');
  expect((await more.read('bird/1 (2).jpg')).size).toBe(4);
});

test('class folders join those of the same name, loose photos are a class of their folder', async () => {
  const second = folderOf({ ...photos('dog/#.jpg', 3), ...photos('fox/#.jpg', 3) }, 'more');
  expect(await classesOf(joined(pets, { source: second, label: null }))).toEqual({
    classes: ['cat', 'dog', 'fox'],
    count: 14,
    refusal: null,
  });
  const loose = joined(folderOf(photos('#.jpg', 4), 'cats'), {
    source: folderOf(photos('#.jpg', 4), 'dogs'),
    label: null,
  });
  expect(await classesOf(loose)).toEqual({ classes: ['cats', 'dogs'], count: 8, refusal: null });
});
