import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openDataset } from './open';
import { refusalSentence } from '../../words/dataset';
import { warningText } from '../../words/datasetWarnings';
import { summarise } from './summarise';
import type { Dataset, FileSource } from './types';

/** How a JPEG begins: as much as is looked at before photos are decoded. */
const PHOTO = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);

/** A folder in memory: text for files that are read, '' for photos. */
function folder(files: Record<string, string>): FileSource {
  return {
    name: 'folder',
    paths: Object.keys(files),
    read: (file) => Promise.resolve(new Blob([files[file] === '' ? PHOTO : files[file]!])),
  };
}

function photos(...paths: string[]): Record<string, string> {
  return Object.fromEntries(paths.map((file) => [file, '']));
}

const open = (files: Record<string, string>) => openDataset(folder(files), { seed: 42 });
const ids = (dataset: Dataset) => ({
  train: dataset.train.map((s) => `${s.path}=${s.label}`),
  validation: dataset.validation.map((s) => `${s.path}=${s.label}`),
});
const kinds = (dataset: Dataset) => dataset.warnings.map(({ code, row }) => (row ? `${code}@${row}` : code));

describe('a CSV of photos and labels', () => {
  const four = photos('i/1.jpg', 'i/2.jpg', 'i/3.jpg', 'i/4.jpg');
  const refusal = async (text: string) => (await open({ ...four, 't.csv': text })).refusal?.code;
  const csv = 'image_id,label,is_val\n1.jpg,0,False\n2.jpg,1,False\n3.jpg,0,True\n4.jpg,1,True\n';

  test('is understood as Kaggle gives it', async () => {
    const map = JSON.stringify({ 0: 'Blight', 1: 'Healthy' });
    const dataset = await open({ ...four, 'split.csv': csv, 'label_num_to_disease_map.json': map });
    expect(dataset.classes).toEqual(['Blight', 'Healthy']);
    expect(ids(dataset)).toEqual({ train: ['i/1.jpg=0', 'i/2.jpg=1'], validation: ['i/3.jpg=0', 'i/4.jpg=1'] });
    expect(dataset.train[0]!.imageId).toBe('1.jpg');
    expect(dataset.warnings).toEqual([]);
    expect(dataset.format).toContain('split.csv (image_id, label, is_val)');
    expect(summarise(dataset)).toEqual({
      name: 'folder',
      format: dataset.format,
      classes: [
        { name: 'Blight', train: 1, validation: 1, test: 0 },
        { name: 'Healthy', train: 1, validation: 1, test: 0 },
      ],
      trainCount: 2,
      validationCount: 2,
      testCount: 0,
      unusedCount: 0,
      choices: dataset.choices,
      settings: {},
      warnings: [],
      warningCounts: {},
    });
  });

  test.each([
    ['BOM and CRLF', '\uFEFF' + csv.replaceAll('\n', '\r\n')],
    ['semicolons', csv.replaceAll(',', ';')],
    ['tabs', csv.replaceAll(',', '\t')],
    ['quotes', csv.replaceAll(/[^,\n]+/g, '"$&"')],
    ['no extensions', csv.replaceAll('.jpg', '')],
    ['paths of another machine', csv.replaceAll(/^(\d)/gm, '/kaggle/input/x/i/$1')],
    ['backslashes', csv.replaceAll(/^(\d)/gm, 'i\\$1')],
    ['an index column first', csv.replaceAll(/^/gm, 'n,').trimEnd().replace(/\nn,$/, '')],
    ['usual other names', csv.replace('image_id,label,is_val', 'File Name,Class,Validation')],
    ['unusual names', csv.replace('image_id,label', 'what,kind')],
    ['no header', csv.replace('image_id,label,is_val\n', '').replaceAll(/,(True|False)/g, '')],
    ['1 and 0', csv.replaceAll('True', '1').replaceAll('False', '0')],
    ['1.0 and 0.0', csv.replaceAll('True', '1.0').replaceAll('False', '0.0')],
    ['train and val', csv.replaceAll('True', 'val').replaceAll('False', 'train').replace('is_val', 'split')],
    [
      'Training and Validation',
      csv.replaceAll('True', 'Validation').replaceAll('False', 'Training').replace('is_val', 'data set'),
    ],
    ['train and test', csv.replaceAll('True', 'test').replaceAll('False', 'train').replace('is_val', 'set')],
    ['valid', csv.replaceAll('True', 'VALID').replaceAll('False', 'TRAIN').replace('is_val', 'Subset')],
    [
      'is_train',
      csv.replaceAll('True', 'no').replaceAll('False', 'True').replaceAll('no', 'False').replace('is_val', 'is_train'),
    ],
    ['labels as floats', csv.replaceAll(/,(\d),/g, ',$1.0,')],
    ['empty lines', csv.replaceAll('\n', '\n\n')],
  ])('with %s', async (name, text) => {
    const dataset = await open({ ...four, 'deep/down/table.csv': text });
    expect(dataset.classes).toEqual(['0', '1']);
    const all = [...dataset.train, ...dataset.validation].map((s) => `${s.path}=${s.label}`).sort();
    expect(all).toEqual(['i/1.jpg=0', 'i/2.jpg=1', 'i/3.jpg=0', 'i/4.jpg=1']);
    if (name !== 'no header') {
      expect(dataset.validation.map((s) => s.path)).toEqual(['i/3.jpg', 'i/4.jpg']);
      expect(dataset.warnings).toEqual([]);
    }
  });

  test('every problem is told with file and row, and stepped over', async () => {
    const map = JSON.stringify({ 0: 'a', 1: 'b' });
    const text = [
      'image_id,label,is_val,note',
      '1.jpg,0,False,"two\nlines"',
      '2.jpg,1,False,',
      'gone.jpg,1,False,',
      '1.jpg,0,False,',
      '2.jpg,0,False,',
      '2.jpg,1,True,',
      '3.jpg,9,True,',
      '3.jpg,,True,',
      '4.jpg,1,perhaps,',
      ',1,True,',
      '5.jpg,b,True,',
    ].join('\n');
    const more = photos(
      'i/5.jpg',
      'i/6.PNG',
      'i/.DS_Store',
      'i/Thumbs.db',
      '__MACOSX/i/1.jpg',
      'i/._1.jpg',
      'notes.txt',
    );
    const files = { ...four, ...more, 't.csv': text, 'label_num_to_disease_map.json': map };
    const asked = await open(files);
    expect(asked.refusal).toMatchObject({ code: 'both-splits', values: { count: 1 } });
    expect(asked.choices).toContainEqual({ what: 'contradictions', chosen: null, others: ['first', 'leaveOut'] });
    const dataset = await openDataset(folder(files), { seed: 42, settings: { contradictions: 'first' } });
    expect(ids(dataset)).toEqual({ train: ['i/1.jpg=0', 'i/2.jpg=1'], validation: ['i/5.jpg=1'] });
    expect(kinds(dataset)).toEqual([
      'unvalidated',
      'missing-file@5',
      'duplicate-row@6',
      'conflicting-row@7',
      'conflicting-split@8',
      'bad-label@9',
      'bad-label@10',
      'bad-split@11',
      'missing-file@12',
      'file-in-no-row',
    ]);
    const messages = dataset.warnings.map(warningText);
    expect(messages[1]).toBe('t.csv, line 5: there is no photo "gone.jpg".');
    expect(messages[2]).toContain('already in line 2');
    expect(messages.at(-1)).toBe('i/6.PNG is in no row of t.csv.');
    expect(summarise(dataset).warningCounts).toMatchObject({ 'missing-file': 2, 'conflicting-row': 1, 'bad-label': 2 });
  });

  test('of several, the one that names the most photos, with a word about it', async () => {
    const dataset = await open({
      ...four,
      'sample_submission.csv': 'image_id,label\n1.jpg,0\n9.jpg,1\n',
      'a/train.csv': csv.replaceAll(/,(True|False|is_val)/g, ''),
      'split.csv': csv,
      'begun.csv': 'image_id,label,is_val\n',
      'weather.csv': 'day,rain\nMonday,1\nTuesday,1\n',
    });
    expect(dataset.format).toContain('split.csv');
    expect(dataset.warnings.map(warningText).sort()).toEqual([
      'a/train.csv was not used: split.csv was taken instead.',
      'begun.csv was not used: it has no rows below its header.',
      'sample_submission.csv was not used: it is an example of what to hand in, as its name or its one label says.',
      'weather.csv was not used: it is about something else.',
    ]);
  });

  test('labels that are names are sorted', async () => {
    const dataset = await open({ ...four, 't.csv': 'name,species\n1,rose\n2,iris\n3,iris\n4,rose\n' });
    expect(dataset.classes).toEqual(['iris', 'rose']);
    expect(kinds(dataset)).toEqual(['no-split']);
  });

  test('numbers are sorted as numbers', async () => {
    const rows = Array.from({ length: 24 }, (_, i) => `${i}.png,${i % 12}`);
    const files = photos(...rows.map((_, i) => `${i}.png`));
    const dataset = await open({ ...files, 't.csv': `id,label\n${rows.join('\n')}` });
    expect(dataset.classes).toEqual(Array.from({ length: 12 }, (_, i) => String(i)));
  });

  test('folders in the rows tell photos of one name apart', async () => {
    const files = photos('x/cat/1.jpg', 'x/dog/1.jpg', 'x/cat/2.jpg', 'x/dog/2.jpg');
    const text = 'path,label\ncat/1.jpg,c\ndog/1.jpg,d\ncat/2.jpg,c\ndog/2.jpg,d\n';
    const dataset = await open({ ...files, 't.csv': text });
    const all = [...dataset.train, ...dataset.validation].map((s) => `${s.path}=${s.label}`).sort();
    expect(all).toEqual(['x/cat/1.jpg=0', 'x/cat/2.jpg=0', 'x/dog/1.jpg=1', 'x/dog/2.jpg=1']);
    const vague = await open({ ...files, 't.csv': text.replaceAll(/cat\/|dog\//g, '') });
    expect(vague.refusal).toMatchObject({ code: 'which-photos', values: { folders: 'x/cat, x/dog' } });
    expect(vague.choices).toContainEqual({ what: 'photoFolder', chosen: null, others: ['x/cat', 'x/dog'] });
  });

  test('a test split is held out beside a validation split', async () => {
    const text = 'image,label,split\n1.jpg,0,train\n2.jpg,1,train\n3.jpg,0,val\n4.jpg,1,test\n';
    const dataset = await open({ ...four, 't.csv': text });
    expect(ids(dataset).validation).toEqual(['i/3.jpg=0']);
    expect(dataset.test.map(({ path }) => path)).toEqual(['i/4.jpg']);
    expect(dataset.warnings.map(warningText)).toEqual([
      'No validation photo shows 1: how well this class is recognised cannot be measured.',
    ]);
    expect(summarise(dataset)).toMatchObject({ testCount: 1, classes: [{ test: 0 }, { test: 1 }] });
  });

  test('a broken map of names is a warning', async () => {
    const dataset = await open({ ...four, 'split.csv': csv, 'label_num_to_disease_map.json': '{"0": ' });
    expect(dataset.classes).toEqual(['0', '1']);
    expect(kinds(dataset)).toEqual(['bad-map']);
  });

  test('rows that name no photo of the folder, or no classes, are refused', async () => {
    const said = async (files: Record<string, string>) => refusalSentence((await open(files)).refusal!);
    const strange = await said({ ...photos('x.jpg', 'y.jpg'), 't.csv': csv });
    expect(strange).toContain('t.csv lists 4 photos in its column "image_id"');
    expect(strange).toContain('"1.jpg" for one, while the folder has "x.jpg"');
    expect(await said({ ...four, 't.csv': 'image\n1.jpg\n2.jpg\n' })).toContain('none of its columns (image)');
    const classed = await open({ ...photos('a/x.jpg', 'b/y.jpg'), 't.csv': csv });
    expect(classed.classes).toEqual(['a', 'b']);
    expect(warningText(classed.warnings.at(-1)!)).toBe('t.csv was not used: it names no photo of this folder.');
  });

  test('an empty split and a single class are refused before a run', async () => {
    expect(await refusal(csv.replaceAll('True', 'False'))).toBe('no-validation');
    expect(await refusal(csv.replaceAll('False', 'True'))).toBe('no-training');
    expect(await refusal(csv.replaceAll(',1,', ',0,'))).toBe('one-class');
    expect(await refusal(csv)).toBeUndefined();
  });
});

describe('a folder for each class', () => {
  test('without a split gets a seeded, stratified one', async () => {
    const cats = Array.from({ length: 50 }, (_, i) => `pets/cat/${i}.jpg`);
    const dogs = Array.from({ length: 10 }, (_, i) => `pets/dog/deeper/${i}.JPEG`);
    const files = { ...photos(...cats, ...dogs, 'pets/cover.png'), 'pets/fox/1.nef': 'II*\0' };
    const dataset = await open(files);
    expect(dataset.classes).toEqual(['cat', 'dog']);
    expect(summarise(dataset).classes).toEqual([
      { name: 'cat', train: 40, validation: 10, test: 0 },
      { name: 'dog', train: 8, validation: 2, test: 0 },
    ]);
    expect(kinds(dataset)).toEqual(['no-split', 'not-a-photo', 'unlabelled']);
    expect(warningText(dataset.warnings[0]!)).toContain('12 of 60');
    const reversed = { ...folder(files), paths: Object.keys(files).toReversed() };
    expect(await openDataset(reversed, { seed: 42 })).toEqual(dataset);
    expect((await openDataset(folder(files), { seed: 43 })).validation).not.toEqual(dataset.validation);
  });

  test.each([
    ['train', 'val'],
    ['Training', 'Validation'],
    ['train', 'test'],
    ['train', 'valid'],
  ])('under %s and %s', async (train, validation) => {
    const files = photos(
      `d/${train}/a/1.jpg`,
      `d/${train}/b/1.jpg`,
      `d/${validation}/a/2.jpg`,
      `d/${validation}/b/2.jpg`,
    );
    const dataset = await open(files);
    expect(dataset.classes).toEqual(['a', 'b']);
    expect(ids(dataset)).toEqual({
      train: [`d/${train}/a/1.jpg=0`, `d/${train}/b/1.jpg=1`],
      validation: [`d/${validation}/a/2.jpg=0`, `d/${validation}/b/2.jpg=1`],
    });
    expect(dataset.warnings).toEqual([]);
  });

  test('train, val and an unlabelled test', async () => {
    const dataset = await open(photos('train/a/1.jpg', 'train/b/1.jpg', 'val/c/2.jpg', 'test/3.jpg'));
    expect(dataset.classes).toEqual(['a', 'b', 'c']);
    expect(kinds(dataset)).toEqual(['unvalidated', 'unlabelled']);
    expect(dataset.refusal).toMatchObject({ code: 'untrained-classes', values: { names: 'c', trained: 'a, b' } });
    const without = await openDataset(folder(photos('train/a/1.jpg', 'train/b/1.jpg', 'val/c/2.jpg', 'val/a/2.jpg')), {
      seed: 42,
      settings: { leaveOutClasses: 'c' },
    });
    expect(without).toMatchObject({ classes: ['a', 'b'], refusal: null });
  });

  test('train alone is split', async () => {
    const dataset = await open(photos('train/a/1.jpg', 'train/a/2.jpg', 'train/b/1.jpg', 'train/b/2.jpg'));
    expect([dataset.train.length, dataset.validation.length]).toEqual([2, 2]);
    const beside = await open(photos('train/a/1.jpg', 'train/a/2.jpg', 'train/b/1.jpg', 'test/1.jpg'));
    expect([beside.train.length, beside.validation.length]).toEqual([2, 1]);
  });

  test('a class may be called train', async () => {
    const dataset = await open(photos('train/1.jpg', 'train/2.jpg', 'boat/1.jpg', 'boat/2.jpg'));
    expect(dataset.classes).toEqual(['boat', 'train']);
  });

  test('a CSV about something else does not disturb', async () => {
    const dataset = await open({ ...photos('a/1.jpg', 'b/2.jpg'), 'weather.csv': 'day,rain\nMon,3\nTue,4\n' });
    expect(dataset.classes).toEqual(['a', 'b']);
  });
});

test('folders without photos, or with nothing but photos, are refused', async () => {
  expect((await open({ 'readme.txt': 'x' })).refusal).toEqual({
    code: 'no-photos',
    values: { name: 'folder', files: 1 },
  });
  expect(refusalSentence((await open({})).refusal!)).toMatch(/^"folder" is empty: /);
  const heic = await open({ 'x.heic': '\0\0\0\x18ftypheic' });
  expect(refusalSentence(heic.refusal!)).toContain('cannot decode (HEIC): x.heic');
  expect((await open(photos('1.jpg', '2.jpg'))).refusal?.code).toBe('no-classes');
});

test('21,397 rows are opened at once', async () => {
  const rows = Array.from({ length: 21_397 }, (_, i) => `${i * 7919}.jpg,${i % 5},${i % 5 === 0 ? 'True' : 'False'}`);
  const files = photos(...rows.map((row) => `train_images/${row.slice(0, row.indexOf(','))}`));
  const source = folder({ ...files, 'split.csv': `image_id,label,is_val\n${rows.join('\n')}\n` });
  // About 0.15 s on a quiet machine, minutes if it were quadratic; the bound is for a busy one.
  const start = performance.now();
  const summary = summarise(await openDataset(source, { seed: 1 }));
  expect(performance.now() - start).toBeLessThan(5000);
  expect(summary.trainCount + summary.validationCount).toBe(21_397);
});

const DATA = path.resolve(import.meta.dirname, '../../../../shared/data');
describe.each([
  ['cassava', 244, 82, 5],
  ['corn4', 240, 80, 4],
  ['imagenette5a', 375, 125, 5],
])('../shared/data/%s', (name, train, validation, classes) => {
  const root = path.join(DATA, name);
  test.skipIf(!existsSync(root))('opens without a warning', async () => {
    const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const dataset = await openDataset(
      {
        name,
        paths: entries.map((entry) => path.relative(root, path.join(entry.parentPath, entry.name))),
        read: async (file) => new Blob([await readFile(path.join(root, file))]),
      },
      { seed: 0 },
    );
    expect([dataset.train.length, dataset.validation.length, dataset.classes.length]).toEqual([
      train,
      validation,
      classes,
    ]);
    expect(dataset.warnings).toEqual([]);
    expect(dataset.classes.every((label) => /[A-Za-z]/.test(label))).toBe(true);
  });
});
