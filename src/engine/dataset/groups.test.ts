/** Groups: a patient, a plant, a session, whose photos belong on one side of a split. */
import { expect, test } from 'vitest';
import { folderOf, photos, table } from '../../testing/folders';
import { understood } from '../../testing/understood';
import { openDataset } from './open';
import type { DatasetSettings } from './settings';

const open = (files: Parameters<typeof folderOf>[0], settings: DatasetSettings = {}) =>
  openDataset(folderOf(files), { seed: 42, settings });
const letter = (i: number) => 'ab'[i % 2]!;
const patientOf = (i: number) => `p${i >> 2}`;
/** Ten patients of four photos; every fifth photo validates, whosever it is. */
const SPLIT_WITHOUT_CARE = {
  ...photos('#.jpg', 40),
  't.csv': table(
    'image,label,patient_id,split',
    40,
    (i) => `${i}.jpg,${letter(i)},${patientOf(i)},${i % 5 ? 'train' : 'val'}`,
  ),
};

test('a given split that puts groups on both sides is told with the count, and each group with its photos', async () => {
  const { groupsAcross, warnings, refusal } = await open(SPLIT_WITHOUT_CARE);
  expect(refusal).toBeNull();
  expect(groupsAcross).toEqual({ column: 'patient_id', groups: 8, photos: 32, examples: ['p0', 'p1', 'p2'] });
  const across = warnings.filter(({ code }) => code === 'group-across');
  expect(across).toHaveLength(8);
  expect(across[0]).toEqual({
    code: 'group-across',
    file: '0.jpg',
    values: { column: 'patient_id', group: 'p0', train: 3, validation: 1, test: 0 },
  });
  const { told } = await understood(SPLIT_WITHOUT_CARE);
  expect(told).toContain('Photos of patient_id "p0" are in several splits: 3 train, 1 validate.');
});

test('without that split, photos are split anew with groups together', async () => {
  const { train, validation, groupsAcross, warnings } = await open(SPLIT_WITHOUT_CARE, { splitColumn: 'none' });
  expect(groupsAcross).toBeUndefined();
  expect([train.length, validation.length]).toEqual([32, 8]);
  expect(new Set(validation.map(({ group }) => group)).size).toBe(2);
  expect(warnings.map(({ code }) => code)).toEqual(['no-split', 'groups']);
});

test('a split by folders can be gone without, too', async () => {
  const files = {
    ...photos('train/cat/a#.jpg', 8),
    ...photos('train/dog/b#.jpg', 8),
    ...photos('val/cat/c#.jpg', 2),
    ...photos('val/dog/d#.jpg', 2),
    'meta.csv': table('file,animal_id', 10, (i) => {
      const kind = i < 5 ? 'a' : 'b';
      return `train/${i < 5 ? 'cat' : 'dog'}/${kind}${i % 5}.jpg,rex`;
    }),
  };
  const given = await understood(files);
  expect(given.counts).toEqual([16, 4, 0]);
  const anew = await understood(files, { splitColumn: 'none' });
  expect(anew.counts).toEqual([16, 4, 0]);
  expect(anew.told).toContain('No split into training and validation photos was found');
});

test('a table that has groups and no classes gives those of class folders and of other tables', async () => {
  const meta = (of: (i: number) => string) =>
    table('filename,age,patient', 20, (i) => `${of(i)},${30 + i},${patientOf(i)}`);
  const folders = {
    ...photos('cat/c#.jpg', 10),
    ...photos('dog/d#.jpg', 10),
    'metadata.csv': meta((i) => (i < 10 ? `c${i}.jpg` : `d${i - 10}.jpg`)),
  };
  const byFolders = await open(folders);
  expect(byFolders.train[0]?.group).toMatch(/^p\d$/);
  expect(byFolders.choices).toContainEqual({ what: 'groupColumn', chosen: 'patient', others: ['none'] });
  expect(byFolders.warnings.map(({ code }) => code)).not.toContain('table-left-out');
  const of = (dataset: typeof byFolders) => [...dataset.train, ...dataset.validation].filter(({ group }) => group);
  expect(of(await open(folders, { groupColumn: 'none' }))).toEqual([]);
  const tables = {
    ...photos('#.jpg', 20),
    'labels.csv': table('image,label', 20, (i) => `${i}.jpg,${letter(i)}`),
    'metadata.csv': meta((i) => `${i}.jpg`),
  };
  expect(of(await open(tables))).toHaveLength(20);
  const given = { ...folders, ...photos('val/cat/v#.jpg', 2) };
  expect((await open(given)).refusal).toBeNull();
});

test('groups on one side, photos of none and names that repeat over splits by chance are not told', async () => {
  const careful = {
    ...SPLIT_WITHOUT_CARE,
    't.csv': table(
      'image,label,patient_id,split',
      40,
      (i) => `${i}.jpg,${letter(i)},${i < 32 ? patientOf(i) : ''},${i < 32 ? 'train' : 'val'}`,
    ),
  };
  const { groupsAcross, warnings } = await open(careful);
  expect(groupsAcross).toBeUndefined();
  expect(warnings.filter(({ code }) => code === 'group-across')).toEqual([]);
});
