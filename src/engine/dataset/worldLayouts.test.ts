/** Layouts as the world has them: what labelling programs and well-known data sets write, and what people make of them. */
import { expect, test } from 'vitest';
import { type Files, folderOf, photos, table } from '../../testing/folders';
import { expectUnderstood, type Layout, understood } from '../../testing/understood';
import { openDataset } from './open';

const letter = (i: number, of = 'abc') => of[i % of.length]!;
const lines = (count: number, line: (i: number) => string, from = 0): string =>
  Array.from({ length: count }, (_, i) => line(i + from)).join('\n');
const images = (count: number) => photos('images/p#.jpg', count);
const pets = (pattern: string, count: number): Files => ({
  ...photos(pattern.replace('*', 'cat'), count),
  ...photos(pattern.replace('*', 'dog'), count),
});
const split = (train: string, validation: string): Files => ({
  ...pets(`${train}/*/#.jpg`, 4),
  ...pets(`${validation}/*/#.jpg`, 2),
});
const SPLIT = { classes: ['cat', 'dog'], counts: [8, 4, 0] };

const LAYOUTS: readonly Layout[] = [
  ['folders with fillers', split('train_dir', 'my_val_v2'), SPLIT],
  ['folders that differ in the split alone', split('cats_dogs_train', 'cats_dogs_test'), SPLIT],
  ['folders in Spanish', split('Entrenamiento', 'Validación'), SPLIT],
  ['unseen photos', split('Training_Data', 'Unseen_Test'), SPLIT],
  [
    'a label beside a variety',
    { ...images(12), 't.csv': table('image,label,variety', 12, (i) => `p${i}.jpg,${letter(i)},${letter(i, 'xy')}`) },
    { classes: ['a', 'b', 'c'], counts: 12 },
  ],
  [
    'flags of which rows have several',
    {
      ...images(24),
      't.csv': table('image,a,b,c', 24, (i) => `p${i}.jpg,${[2, 3, 4].map((k) => Number(i % k === 0)).join()}`),
    },
    { refusal: /several-flags: .*a, b, c/ },
  ],
  [
    'a table of one label beside class folders',
    { ...pets('*/#.jpg', 6), 'sub.csv': table('id,label', 6, (i) => `${i},dog`) },
    { classes: ['cat', 'dog'], counts: 12, told: /sub.csv was not used/ },
  ],
  [
    'a table of labels beside folders that are not they',
    {
      ...photos('x/#.jpg', 6),
      ...photos('y/1#.jpg', 6),
      'labels.csv': table('image,label', 6, (i) => `${i},${letter(i, 'ab')}\n1${i},${letter(i, 'ab')}`),
    },
    { classes: ['a', 'b'], counts: 12, told: /folders x, y are not taken for classes: labels.csv gives them/ },
  ],
  [
    'titles above the header',
    { ...images(12), 't.csv': `My leaves,\n,\n${table('image,label', 12, (i) => `p${i}.jpg,${letter(i, 'ab')}`)}` },
    { classes: ['a', 'b'], counts: 12 },
  ],
  [
    'folds that are words',
    { ...images(20), 't.csv': table('image,label,fold', 20, (i) => `p${i}.jpg,${letter(i)},fold${i % 5}`) },
    { counts: [16, 4, 0], told: /fold fold0 validates/ },
  ],
  [
    'a split column that says nothing',
    { ...images(20), 't.csv': table('image,label,split', 20, (i) => `p${i}.jpg,${letter(i)},${i % 4}`) },
    { counts: 20, told: /column "split" was not used for a split/ },
  ],
  [
    'GTSRB: numbered folders for training, a table for the test',
    {
      ...photos('Train/0/00_#.png', 6),
      ...photos('Train/1/01_#.png', 6),
      ...photos('Test/#.png', 6),
      ...photos('Meta/#.png', 2),
      'Train.csv': table('Width,ClassId,Path', 6, (i) => `9,0,Train/0/00_${i}.png\n9,1,Train/1/01_${i}.png`),
      'Test.csv': table('Width,ClassId,Path', 6, (i) => `9,${i % 2},Test/${i}.png`),
      'Meta.csv': table('Path,ClassId,ShapeId', 2, (i) => `Meta/${i}.png,${i},1`),
    },
    { classes: ['0', '1'], counts: [12, 6, 0] },
  ],
  [
    'Paddle: lists of paths and numbers, names in a file',
    {
      ...images(18),
      'train.txt': lines(12, (i) => `images/p${i}.jpg ${i % 3}`),
      'val.txt': lines(6, (i) => `images/p${i}.jpg ${i % 3}`, 12),
      'labels.txt': 'rose\ntulip\nlily\n',
    },
    { classes: ['rose', 'tulip', 'lily'], counts: [12, 6, 0] },
  ],
  [
    'Food-101: lists without endings beside class folders',
    {
      ...pets('images/*/#.jpg', 8),
      'meta/train.txt': lines(6, (i) => `cat/${i}\ndog/${i}`),
      'meta/test.txt': 'cat/6\ncat/7\ndog/6\ndog/7',
    },
    { classes: ['cat', 'dog'], counts: [12, 4, 0] },
  ],
  [
    'FGVC: names of several words',
    {
      ...photos('data/images/10#.jpg', 12),
      'data/images_variant_train.txt': lines(8, (i) => `10${i} Boeing 70${i % 2}`),
      'data/images_variant_test.txt': lines(4, (i) => `10${i} Boeing 70${i % 2}`, 8),
    },
    { classes: ['Boeing 700', 'Boeing 701'], counts: [8, 4, 0] },
  ],
  [
    'VOC: a list of ones and minus ones a class',
    {
      ...photos('JPEGImages/0#.jpg', 12),
      ...Object.fromEntries(
        ['cat', 'dog'].flatMap((name, k) => [
          [`ImageSets/Main/${name}_train.txt`, lines(8, (i) => `0${i} ${i % 2 === k ? ' 1' : '-1'}`)],
          [`ImageSets/Main/${name}_val.txt`, lines(4, (i) => `0${i} ${i % 2 === k ? ' 1' : '-1'}`, 8)],
          [`ImageSets/Main/${name}_trainval.txt`, lines(12, (i) => `0${i} ${i % 2 === k ? ' 1' : '-1'}`)],
        ]),
      ),
      'ImageSets/Main/train.txt': lines(8, (i) => `0${i}`),
      'ImageSets/Main/val.txt': lines(4, (i) => `0${i}`, 8),
    },
    { classes: ['cat', 'dog'], counts: [8, 4, 0] },
  ],
  [
    'Stanford 40: a list of photos a class and split',
    {
      ...photos('JPEGImages/run_#.jpg', 8),
      ...photos('JPEGImages/jump_#.jpg', 8),
      ...Object.fromEntries(
        ['run', 'jump'].flatMap((name) => [
          [`ImageSplits/${name}_train.txt`, lines(6, (i) => `${name}_${i}.jpg`)],
          [`ImageSplits/${name}_test.txt`, lines(2, (i) => `${name}_${i}.jpg`, 6)],
        ]),
      ),
    },
    { classes: ['jump', 'run'], counts: [12, 4, 0] },
  ],
  [
    'DTD: several draws of one split',
    {
      ...pets('images/*/*_#.jpg', 8),
      ...Object.fromEntries(
        [0, 1].flatMap((draw) => [
          [`labels/train${draw + 1}.txt`, lines(6, (i) => `cat/*_${i}.jpg\ndog/*_${i}.jpg`, draw)],
          [`labels/test${draw + 1}.txt`, lines(2, (i) => `cat/*_${i}.jpg\ndog/*_${i}.jpg`, 6 - draw * 6)],
        ]),
      ),
    },
    { classes: ['cat', 'dog'], counts: [12, 4, 0], told: /train2.txt was not used: .*train1.txt/ },
  ],
  [
    'Vertex: no header, the split first',
    {
      ...photos('imgs/p#.jpg', 12),
      'import.csv': lines(
        12,
        (i) => `${['TRAIN', 'TRAIN', 'VALIDATION', 'TEST'][i % 4]},gs://bucket/imgs/p${i}.jpg,${letter(i >> 2, 'ab')}`,
      ),
    },
    { classes: ['a', 'b'], counts: [6, 3, 3] },
  ],
  [
    'Label Studio: its whole JSON',
    {
      ...photos('images/leaf_#.jpg', 8),
      'export.json': JSON.stringify(
        Array.from({ length: 8 }, (_, i) => ({
          id: i,
          data: { image: `/data/upload/1/abcdef0${i}-leaf_${i}.jpg` },
          annotations: [{ result: [{ value: { choices: [letter(i, 'ab')] }, type: 'choices' }] }],
        })),
      ),
    },
    { classes: ['a', 'b'], counts: 8 },
  ],
  [
    'MXNet: a number, a class and a path by tabs',
    {
      ...images(12),
      'my_train.lst': lines(8, (i) => `${i}\t${i % 2}.000000\timages/p${i}.jpg`),
      'my_val.lst': lines(4, (i) => `${i - 8}\t${i % 2}.000000\timages/p${i}.jpg`, 8),
    },
    { classes: ['0', '1'], counts: [8, 4, 0] },
  ],
  [
    'CreateML',
    {
      ...photos('p#.jpg', 8),
      '_annotations.createml.json': JSON.stringify(
        Array.from({ length: 8 }, (_, i) => ({
          image: `p${i}.jpg`,
          annotations: [{ label: letter(i, 'ab'), coordinates: {} }],
        })),
      ),
    },
    { classes: ['a', 'b'], counts: 8 },
  ],
  [
    'iNaturalist: numbered folders, names in the JSON',
    {
      ...photos('train_val/1/p#.jpg', 6),
      ...photos('train_val/2/q#.jpg', 6),
      'train.json': JSON.stringify({
        images: Array.from({ length: 12 }, (_, i) => ({
          id: i,
          file_name: `train_val/${i < 6 ? `1/p${i}` : `2/q${i - 6}`}.jpg`,
        })),
        annotations: Array.from({ length: 12 }, (_, i) => ({ image_id: i, category_id: i < 6 ? 1 : 2 })),
        categories: [
          { id: 1, name: 'Oak' },
          { id: 2, name: 'Elm' },
        ],
      }),
    },
    { classes: ['Elm', 'Oak'], counts: 12 },
  ],
  [
    'the class before the photo',
    { ...images(12), 'list.txt': lines(12, (i) => `${letter(i, 'ab')} images/p${i}.jpg`) },
    { classes: ['a', 'b'], counts: 12 },
  ],
  [
    'a PNG beside each JPEG',
    {
      ...images(12),
      ...photos('images/p#.png', 12),
      't.csv': table('id,label', 12, (i) => `p${i},${letter(i, 'ab')}`),
    },
    { classes: ['a', 'b'], counts: 12, told: /the JPEGs were taken/ },
  ],
  [
    'classes written with spaces and with underscores',
    {
      ...photos('train/black rot/#.jpg', 4),
      ...photos('train/ok/#.jpg', 4),
      ...photos('val/black_rot/#.jpg', 2),
      ...photos('val/ok/#.jpg', 2),
    },
    { classes: ['black rot', 'ok'], counts: [8, 4, 0], told: /are taken as one/ },
  ],
  [
    'a spreadsheet',
    { ...photos('i/#.jpg', 8), 'labels.xlsx': 'PK' },
    { refusal: /labels.xlsx is a spreadsheet: save it as CSV/ },
  ],
  [
    'one photo a class',
    { ...photos('a/#.jpg', 1), ...photos('b/#.jpg', 1) },
    { refusal: /too-few: 2 photos cannot be split/ },
  ],
  [
    'a photo in both splits of one table',
    {
      ...images(12),
      't.csv': table('image,label,split', 14, (i) => `p${i % 12}.jpg,${letter(i, 'ab')},${i < 10 ? 'train' : 'val'}`),
    },
    { refusal: /both-splits: 2 photos/ },
  ],
  [
    'the same, to be left out',
    {
      ...images(12),
      't.csv': table('image,label,split', 14, (i) => `p${i % 12}.jpg,${letter(i, 'ab')},${i < 10 ? 'train' : 'val'}`),
    },
    { counts: [8, 2, 0], told: /the photo was left out/ },
    { contradictions: 'leaveOut' },
  ],
];

for (const [what, files, expected, settings] of LAYOUTS)
  test(what, async () => {
    await expectUnderstood(files, expected, settings);
  });

test('of several tables of one layout each brings its own validation table along', async () => {
  const levels: [string, (i: number) => string][] = [
    ['variant', (i) => `v${i % 4}`],
    ['family', (i) => `f${i % 2}`],
  ];
  const files: Files = {
    ...photos('images/10#.jpg', 16),
    ...Object.fromEntries(
      levels.flatMap(([level, name]) => [
        [`images_${level}_train.txt`, lines(12, (i) => `10${i} ${name(i)}`)],
        [`images_${level}_test.txt`, lines(4, (i) => `10${i} ${name(i)}`, 12)],
      ]),
    ),
  };
  const { refusal } = await understood(files);
  expect(refusal).toMatch(/which-table/);
  const { classes, counts } = await understood(files, { tableFile: 'images_family_train.txt' });
  expect({ classes, counts }).toEqual({ classes: ['f0', 'f1'], counts: [12, 4, 0] });
});

test('Cyrillic that was not saved as UTF-8 is read as what it is', async () => {
  const cyrillic = Uint8Array.from(
    table('image;label', 12, (i) => `p${i}.jpg;${i % 2 ? 'пёс' : 'кот'}`),
    (sign) => {
      const code = sign.charCodeAt(0);
      return code < 128 ? code : sign === 'ё' ? 0xb8 : code - 0x410 + 0xc0;
    },
  );
  const { classes, told } = await understood({ ...images(12), 't.csv': cyrillic });
  expect(classes).toEqual(['кот', 'пёс']);
  expect(told).toContain('it was read as windows-1251');
});

test('tables in folders of their own speak of the photos there, whatever photos elsewhere are called', async () => {
  const rows = (count: number) => lines(count, (i) => JSON.stringify({ file_name: `${i}.png`, label: letter(i) }));
  const files = {
    ...photos('train/#.png', 9),
    ...photos('test/#.png', 6),
    'train/metadata.jsonl': rows(9),
    'test/metadata.jsonl': rows(6),
  };
  const { counts, told, choices } = await understood(files);
  expect(counts).toEqual([9, 6, 0]);
  expect(told).not.toContain('endings alone');
  expect(choices.filter(({ chosen }) => chosen === null)).toEqual([]);
});

test('what only detectors understand is called by its name, and headers that are broken ask nothing', async () => {
  const coco = {
    ...photos('train/#.jpg', 6),
    ...photos('valid/v#.jpg', 3),
    'train/_annotations.coco.json': '{"images": []}',
  };
  expect((await understood(coco)).refusal).toMatch(/no-classes: .*_annotations\.coco\.json holds boxes around things/);
  const yolo = {
    ...photos('train/images/#.jpg', 6),
    ...Object.fromEntries([0, 1, 2, 3, 4, 5].map((i) => [`train/labels/${i}.txt`, '0 0.5 0.5 0.1 0.1\n'])),
  };
  expect((await understood(yolo)).refusal).toMatch(/no-classes: .*\.txt holds boxes around things/);
  // As the NIH writes it, with commas in the names of columns.
  const nih = {
    ...photos('images/#.png', 12),
    'Data_Entry.csv': table(
      'Image Index,Finding Labels,Patient ID,Spacing[x,y],',
      12,
      (i) => `${i}.png,${letter(i)},${i >> 1},0.1,0.${i % 2},`,
    ),
  };
  expect((await understood(nih)).classes).toEqual(['a', 'b', 'c']);
  const trailing = { ...photos('good /#.jpg', 4), ...photos('bad/#.jpg', 4) };
  expect((await understood(trailing)).classes).toEqual(['bad', 'good']);
});

test('folders of folds are the folds of a cross-validation, those held out are not', async () => {
  const files = { ...pets('fold_1/*/a#.jpg', 3), ...pets('fold_2/*/b#.jpg', 3), ...pets('fold_10/*/c#.jpg', 3) };
  const foldsIn = async (settings = {}) => {
    const { train, validation, test: held } = await openDataset(folderOf(files), { seed: 1, settings });
    return [train, validation, held].map((samples) => [...new Set(samples.map(({ fold }) => fold))]);
  };
  expect(await foldsIn()).toEqual([['fold_10', 'fold_2'], ['fold_1'], []]);
  const chosen = { splitTrain: 'fold_1', splitValidation: 'fold_2', splitTest: 'fold_10' };
  expect(await foldsIn(chosen)).toEqual([['fold_1'], ['fold_2'], [undefined]]);
});
