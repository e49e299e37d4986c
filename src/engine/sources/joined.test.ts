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

test('photos of a label are of it whatever the open folder goes by, and in the split that was chosen', async () => {
  const added = folderOf(photos('shot#.jpg', 3), 'camera');
  const understood = async (files: Parameters<typeof folderOf>[0], label: string, split?: 'train' | 'validation') => {
    const set = joined(folderOf(files, 'set'), { source: added, label, ...(split && { split }) });
    const { classes, train, validation, refusal, warnings, unused } = await openDataset(set, { seed: 1 });
    const told = warnings.filter(({ code }) => code === 'added').map(({ values }) => values);
    expect([refusal, unused]).toEqual([null, 0]);
    return { classes, counts: [train.length, validation.length], told };
  };
  const pets = (pattern: string, count: number) => ({
    ...photos(pattern.replace('*', 'cat'), count),
    ...photos(pattern.replace('*', 'dog'), count),
  });
  const split = { ...pets('data/train/*/#.jpg', 4), ...pets('data/val/*/#.jpg', 2) };
  expect(await understood(split, 'Cat')).toEqual({
    classes: ['cat', 'dog'],
    counts: [11, 4],
    told: [{ label: 'cat', split: 'train', count: 3 }],
  });
  expect((await understood(split, 'cat', 'validation')).counts).toEqual([8, 7]);
  expect(await understood(split, 'bird')).toMatchObject({ classes: ['bird', 'cat', 'dog'], counts: [11, 4] });
  const rows = (header: string, row: (i: number) => string) =>
    `${[header, ...[0, 1, 2, 3, 4, 5, 6, 7].map(row)].join('\n')}\n`;
  const byTable = {
    ...photos('images/#.jpg', 8),
    't.csv': rows('image,label,split', (i) => `${i}.jpg,${i % 2},${i < 6 ? 'train' : 'val'}`),
    'label_num_to_disease_map.json': '{"0": "rust", "1": "blight"}',
  };
  expect(await understood(byTable, 'blight')).toMatchObject({ classes: ['rust', 'blight'], counts: [9, 2] });
  expect(await understood(byTable, 'scab')).toMatchObject({ classes: ['rust', 'blight', 'scab'], counts: [9, 2] });
  // No split is given: they are split with the others.
  const drawn = await understood(pets('*/#.jpg', 10), 'cat');
  expect(drawn.counts[0]! + drawn.counts[1]!).toBe(23);
  expect(drawn.told).toEqual([{ label: 'cat', split: '', count: 3 }]);
});
