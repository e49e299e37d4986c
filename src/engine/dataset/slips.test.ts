/** What goes wrong on the way to a folder: names that programs change, downloads that are none, things that come along. */
import { expect, test } from 'vitest';
import { openDataset } from './open';
import { type Files, folderOf, photos, table } from '../../testing/folders';
import { expectUnderstood, type Layout } from '../../testing/understood';
import { refusalSentence } from '../../words/dataset';
import { warningText } from '../../words/datasetWarnings';
import { summarise } from './summarise';

const letter = (i: number, of = 'ab') => of[i % of.length]!;
const labels = (name: (i: number) => string) => ({
  't.csv': table('image,label', 12, (i) => `${name(i)},${letter(i)}`),
});
const TAKEN = { classes: ['a', 'b'], counts: 12 };
const VALIDATION: Files = {
  ...photos('train/n01/a#.jpg', 6),
  ...photos('train/n02/b#.jpg', 6),
  ...photos('val/v#.jpg', 6),
};

const LAYOUTS: readonly Layout[] = [
  ['Roboflow’s names', { ...photos('i/p#_jpg.rf.0123456789abcdef.jpg', 12), ...labels((i) => `p${i}.jpg`) }, TAKEN],
  ['a second download', { ...photos('i/p# (1).jpg', 12), ...labels((i) => `p${i}.jpg`) }, TAKEN],
  ['copies', { ...photos('i/Copy of p#.jpg', 12), ...labels((i) => `p${i}.jpg`) }, TAKEN],
  ['numbers that pandas wrote', { ...photos('i/#.jpg', 12), ...labels((i) => `${i}.0`) }, TAKEN],
  [
    'lists as Python writes them',
    {
      ...photos('i/#.jpg', 12),
      't.csv': table('image,labels', 12, (i) => `${i}.jpg,"['${letter(i)}'${i === 3 ? ", 'a'" : ''}]"`),
    },
    { classes: ['a', 'b', 'b|a'], counts: 12, told: /1 photo has several labels/ },
  ],
  [
    'a table that was not downloaded',
    { ...photos('i/#.jpg', 6), 't.csv': 'version https://git-lfs.github.com/spec/v1\n' },
    { refusal: /t\.csv is a Git LFS pointer/ },
  ],
  [
    'a quote that never ends',
    { ...photos('i/#.jpg', 6), 't.csv': `image,label\n"x.jpg,a\n${table('1.jpg,b', 5, (i) => `${i}.jpg,a`)}` },
    {
      refusal: /All training photos/,
      told: /t\.csv was not used: its quotes are broken[^]*t\.csv, line 2: .*unterminated/,
    },
  ],
  [
    'a web page for a table',
    { ...photos('i/#.jpg', 6), 't.csv': '<!DOCTYPE html><p>Sign in' },
    { refusal: /t\.csv is a web page/ },
  ],
  [
    'masks beside their photos',
    {
      ...photos('x/x (#).png', 6),
      ...photos('x/x (#)_mask.png', 6),
      ...photos('y/y (#).png', 6),
      ...photos('y/y (#)_mask_1.png', 6),
    },
    {
      classes: ['x', 'y'],
      counts: 12,
      told: /x \(0\)_mask\.png was left out: by its name it is a mask of x\/x \(0\)\.png/,
    },
  ],
  [
    'the same folders once more',
    {
      ...photos('yes/#.jpg', 6),
      ...photos('no/#.jpg', 6),
      ...photos('all/yes/#.jpg', 6),
      ...photos('all/no/#.jpg', 6),
    },
    { classes: ['no', 'yes'], counts: 12, told: /all\/no\/0\.jpg was left out/ },
  ],
  [
    'names of numbers in a table of their own',
    {
      ...photos('i/#.jpg', 12),
      't.csv': table('image,label', 12, (i) => `${i}.jpg,${i % 2}`),
      'classes.csv': 'label,name\n0,cat\n1,dog\n',
    },
    { classes: ['cat', 'dog'], counts: 12 },
  ],
  [
    'names of numbered folders in a table of signs',
    {
      ...photos('Train/0/#.png', 6),
      ...photos('Train/1/#.png', 6),
      'signnames.csv': 'ClassId,SignName\n0,Stop\n1,Yield\n2,Other\n',
    },
    { classes: ['Stop', 'Yield'], counts: 12 },
  ],
  [
    'ImageNet’s validation table, with boxes behind the class',
    {
      ...VALIDATION,
      'LOC_val_solution.csv': table('ImageId,PredictionString', 6, (i) => `v${i},n0${1 + (i % 2)} 10 20 30 40`),
    },
    { classes: ['n01', 'n02'], counts: [12, 6, 0] },
  ],
  [
    'a short table of tabs that ends with an empty line',
    {
      ...photos('i/#.jpg', 4),
      't.tsv': 'i/0.jpg\thot dog\ni/1.jpg\tno hot dog\ni/2.jpg\thot dog\ni/3.jpg\tno hot dog\n',
    },
    { classes: ['hot dog', 'no hot dog'], counts: 4 },
  ],
  [
    'lists that say what the folders say, and which photos validate',
    {
      ...photos('images/a/a#.png', 6),
      ...photos('images/b/b#.png', 6),
      'train.txt': [0, 1, 2, 3].map((i) => `/home/joe/images/a/a${i}.png 0\n/home/joe/images/b/b${i}.png 1\n`).join(''),
      'val.txt': [4, 5].map((i) => `/home/joe/images/a/a${i}.png 0\n/home/joe/images/b/b${i}.png 1\n`).join(''),
    },
    { classes: ['a', 'b'], counts: [8, 4, 0] },
  ],
  [
    'folders that were copied',
    {
      ...photos('cat/#.jpg', 4),
      ...photos('cat (2)/#.jpg', 4),
      ...photos('dog/#.jpg', 4),
      ...photos('dog - Copy/#.jpg', 4),
    },
    { counts: 16, told: /class dog - Copy looks like a copy of dog/ },
  ],
  [
    'boxes of a detector',
    {
      ...photos('images/train/#.jpg', 6),
      ...Object.fromEntries([0, 1, 2, 3, 4, 5].map((i) => [`labels/train/${i}.txt`, `${i % 2} 0.5 0.5 0.2 0.2\n`])),
    },
    { refusal: /Nothing tells the classes/ },
  ],
];

for (const [what, files, expected] of LAYOUTS)
  test(what, async () => {
    await expectUnderstood(files, expected);
  });

test('groups that are larger than a fifth of a class still validate, whole', async () => {
  const files = {
    ...photos('#.jpg', 24),
    't.csv': table('frame,video_id,label', 24, (i) => `${i}.jpg,v${i >> 2},${letter(i >> 2)}`),
  };
  const dataset = await openDataset(folderOf(files), { seed: 5 });
  expect(summarise(dataset)).toMatchObject({ trainCount: 16, validationCount: 8 });
  const videos = (samples: typeof dataset.train) => new Set(samples.map(({ path }) => Number.parseInt(path, 10) >> 2));
  expect([...videos(dataset.train)].filter((video) => videos(dataset.validation).has(video))).toEqual([]);
});

test('a table of more rows or bytes than are read is left out by name before anything is made of it, however it is needed', async () => {
  const tenMillion = new Uint8Array(10_000_000).fill(0x0a);
  const alone = folderOf({ ...photos('#.jpg', 6), 'labels.csv': tenMillion });
  const { refusal } = await openDataset(alone, { seed: 5 });
  expect(refusalSentence(refusal!)).toMatch(
    /^Nothing tells the classes of the 6 photos\..* labels\.csv is too long to be read/,
  );

  const beside = folderOf({ ...photos('cat/#.jpg', 6), ...photos('dog/#.jpg', 6), 'labels.csv': '' });
  const endless = { size: 6e9, slice: () => new Blob(['image,label']), arrayBuffer: () => expect.fail('It was read') };
  const read = (file: string) =>
    file === 'labels.csv' ? Promise.resolve(endless as unknown as Blob) : beside.read(file);
  const dataset = await openDataset({ ...beside, read }, { seed: 5 });
  expect(dataset.classes).toEqual(['cat', 'dog']);
  expect(dataset.warnings.map(warningText)).toContain(
    'labels.csv was not used: it holds 5.6 GiB, and tables of up to 2,000,000 rows and 128 MiB are read: leave only the rows of these photos in it.',
  );
});
