/** Whatever a folder holds: a data set in which every photo is used once or spoken of, or a refusal. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { folderOf, HEIC, JPEG } from '../../testing/folders';
import { refusalWords } from '../../words/dataset';
import { warningText } from '../../words/datasetWarnings';
import { openDataset } from './open';
import { splitWord } from './splitWords';

const names = (...of: string[]) => fc.constantFrom(...of);
const FOLDERS = names(
  'train',
  'val',
  'test',
  'Train_Set',
  'images',
  'masks',
  'docs',
  'cat',
  'Cat',
  'dog',
  '0',
  '00',
  '7',
  'data',
  'é',
  'fold_1',
  'fold_2',
  'pets_train',
  'pets_test',
  '2021',
  '2022',
);
const FILES = names('1.jpg', '2.JPG', '01.png', 'a.jfif', 'b.heic', 'cat.1.jpg', 'x', 'e\u0301.jpg');
const photoPath = fc
  .tuple(fc.array(FOLDERS, { maxLength: 3 }), FILES)
  .map(([folders, file]) => [...folders, file].join('/'));
const CELLS = names(
  '1.jpg',
  '1',
  '01',
  '2',
  'a',
  'b.heic',
  'cat',
  'dog',
  '0',
  '1.0',
  'True',
  'False',
  '',
  'train',
  'val',
  'test',
  'cat dog',
  'nothing.jpg',
);
const HEADERS = names('image', 'id', 'label', 'class', 'split', 'is_val', 'fold', 'patient_id', 'site', 'width', '');
const tableText = fc
  .tuple(
    fc.array(HEADERS, { minLength: 1, maxLength: 4 }),
    fc.array(fc.array(CELLS, { minLength: 1, maxLength: 4 }), { maxLength: 12 }),
    names(',', ';', '\t'),
  )
  .map(([header, rows, separator]) => [header, ...rows].map((cells) => cells.join(separator)).join('\n'));
const tablePath = names(
  'labels.csv',
  'train.csv',
  'val.csv',
  'test/labels.csv',
  'sample_submission.csv',
  'list.txt',
  'predictions.csv',
  'cat_train.txt',
  'cat_val.txt',
  'dog_train.txt',
  'dog_val.txt',
  'labels.json',
  'classes.txt',
);
const folder = fc
  .tuple(
    fc.array(fc.tuple(photoPath, fc.constantFrom(JPEG, JPEG, JPEG, HEIC, '')), { maxLength: 24 }),
    fc.array(fc.tuple(tablePath, tableText), { maxLength: 3 }),
  )
  .map(([photos, tables]) => Object.fromEntries([...photos, ...tables]));

test('every photo is used once or spoken of, and no class is called like a split', async () => {
  await fc.assert(
    fc.asyncProperty(folder, fc.nat(3), async (files, seed) => {
      const dataset = await openDataset(folderOf(files), { seed });
      const { classes, train, validation, test: held, warnings, refusal, unused, choices } = dataset;
      const used = [...train, ...validation, ...held];
      expect(new Set(used.map(({ path }) => path)).size).toBe(used.length);
      expect(new Set(used.map(({ imageId }) => imageId)).size).toBe(used.length);
      for (const { label } of used) expect(classes[label]).toBeDefined();
      for (const text of warnings.map(warningText)) expect(text).toMatch(/^\S.*\.$/s);
      for (const { chosen, others } of choices) expect(others).not.toContain(chosen);
      if (refusal) {
        const { text, hint } = refusalWords(refusal);
        expect(`${text} ${hint}`).not.toMatch(/undefined|NaN|\[object/);
        return;
      }
      expect(train.length * validation.length).toBeGreaterThan(0);
      const told = warnings.flatMap(({ file }) => file ?? []);
      const photos = Object.keys(files).filter((path) => files[path] === JPEG);
      const listed = new Set([...used.map(({ path }) => path), ...told]);
      expect(photos.filter((path) => !listed.has(path))).toEqual([]);
      expect(unused).toBeGreaterThanOrEqual(0);
      // A folder "train" among class folders may be one of trains, and a table may say what it likes: both are told.
      const named = classes.filter((name) => splitWord(name) !== undefined);
      const isTold = warnings.some(({ code }) => code === 'train-class') || /\.(csv|txt|json)/.test(dataset.format);
      expect(isTold ? [] : named).toEqual([]);
    }),
    { numRuns: 300, seed: 20_261_128 },
  );
});

test('whatever is chosen among what is offered, the folder is understood or refused, and every photo spoken of', async () => {
  await fc.assert(
    fc.asyncProperty(folder, fc.nat(20), fc.nat(20), async (files, which, value) => {
      const { choices } = await openDataset(folderOf(files), { seed: 1 });
      const open = choices.filter(({ others }) => others.length > 0);
      if (open.length === 0) return;
      const { what, others } = open[which % open.length]!;
      const settings = { [what]: others[value % others.length]! };
      const {
        train,
        validation,
        test: held,
        warnings,
        refusal,
        choices: after,
      } = await openDataset(folderOf(files), { seed: 1, settings });
      if (refusal) {
        expect(refusal.code).not.toBe('bad-setting');
        return;
      }
      const used = [...train, ...validation, ...held].map(({ path }) => path);
      expect(new Set(used).size).toBe(used.length);
      const told = new Set([...used, ...warnings.flatMap(({ file }) => file ?? [])]);
      expect(Object.keys(files).filter((path) => files[path] === JPEG && !told.has(path))).toEqual([]);
      const again = after.find((choice) => choice.what === what);
      if (again?.chosen && !again.chosen.includes(',')) expect(again.chosen).toBe(settings[what]);
    }),
    { numRuns: 300, seed: 20_261_129 },
  );
});
