/** Labels as people and programs leave them: twice over, missing, measured, or in photos' names alone. */
import { expect, test } from 'vitest';
import { photos, table } from '../../testing/folders';
import { expectUnderstood, type Layout, understood } from '../../testing/understood';
import { labelsOfNames } from './nameLabels';

const letter = (i: number, of = 'ab') => of[i % of.length]!;
const images = (count: number) => photos('p#.jpg', count);
const rows = (header: string, count: number, row: (i: number) => string) => ({
  ...images(count),
  'labels.csv': table(header, count, (i) => `p${i}.jpg,${row(i)}`),
});

const LAYOUTS: readonly Layout[] = [
  [
    'a number and its name',
    rows('image,target,target_name', 12, (i) => `${i % 2},${['oak', 'elm'][i % 2]!}`),
    { classes: ['elm', 'oak'], counts: 12 },
  ],
  [
    'a number, and a column of another name that says the same in many rows',
    rows('image,target,benign_malignant', 40, (i) => `${i % 2},${['benign', 'malignant'][i % 2]!}`),
    { classes: ['benign', 'malignant'], counts: 40 },
  ],
  [
    'the same in few rows, which may be chance',
    rows('image,target,sex', 8, (i) => `${i % 2},${['male', 'female'][i % 2]!}`),
    { classes: ['0', '1'], counts: 8 },
  ],
  [
    'a number that a person has chosen',
    rows('image,target,target_name', 12, (i) => `${i % 2},${['oak', 'elm'][i % 2]!}`),
    { classes: ['0', '1'], counts: 12 },
    { labelColumn: 'target' },
  ],
  [
    'nothing, as programs write it',
    rows('image,label', 18, (i) => ['a', 'b', 'NaN', 'n/a', 'NULL', ''][i % 6]!),
    { classes: ['a', 'b'], counts: 6, told: /p2\.jpg has no label/ },
  ],
  [
    'no labels for those that are to be predicted',
    rows('image,label,split', 16, (i) => (i < 12 ? `${letter(i)},train` : ',test')),
    { classes: ['a', 'b'], counts: 12, told: /No split into training and validation[^]*p12\.jpg has no label/ },
  ],
  [
    'a measure',
    rows('image,label', 30, (i) => String(1.5 + i * 0.25)),
    { refusal: /unshared-labels: The column "label" of labels\.csv says 30 different things of 30 photos.*ranges/ },
  ],
  [
    'a measure of which many are alike',
    rows('image,weight,label', 40, (i) => `1,${(i % 20) * 0.3 + 0.1}`),
    { refusal: /unshared-labels: .*20 different things of 40 photos/ },
  ],
  [
    'the same, wanted all the same',
    rows('image,weight,label', 40, (i) => `1,${(i % 20) * 0.5 + 0.25}`),
    { counts: 40 },
    { labelColumn: 'label' },
  ],
  [
    'grades with halves',
    rows('image,grade', 24, (i) => ['1', '1.5', '2', '2.5'][i % 4]!),
    { classes: ['1', '1.5', '2', '2.5'], counts: 24 },
  ],
  [
    'captions',
    rows('image,caption', 12, (i) => `A photo of thing ${i}`),
    { refusal: /no-label-column: labels\.csv names 12 of the photos.*caption/ },
  ],
  [
    'findings that are there, not there or uncertain, beside the sex',
    rows('image,Sex,Edema,Mass,Nodule,Hernia', 24, (i) =>
      ['MF'[i % 2], ...[2, 3, 4, 5].map((k) => (i % k === 0 ? '1.0' : ['', '0.0', '-1.0'][i % 3]))].join(),
    ),
    { refusal: /several-flags: .*Edema, Mass, Nodule, Hernia/ },
  ],
  [
    'several findings with bars between, one of which is nowhere alone',
    rows('image,label', 12, (i) => ['none', 'mass', 'mass|edema'][i % 3]!),
    { counts: 12, told: /4 photos have several labels/ },
  ],
  ...['+', '/', ' and ', ';'].map((sign): Layout => [
    `several with “${sign}” between`,
    rows('image,label', 12, (i) => ['scab', 'rust', `scab${sign}rust`][i % 3]!),
    { counts: 12, told: /4 photos have several labels/ },
  ]),
  [
    'an id that is the class, as of whales',
    { ...images(12), 'train.csv': table('Image,Id', 12, (i) => `p${i}.jpg,w_${i % 3}`) },
    { classes: ['w_0', 'w_1', 'w_2'], counts: 12 },
  ],
  [
    'a split by numbers of which none trains',
    rows('image,label,phase', 12, (i) => `${letter(i)},${i < 8 ? 1 : 2}`),
    { refusal: /no-training: There are no training photos by the column “phase” \(1, 2\)/ },
  ],
  [
    'the photos of each split called alike',
    {
      ...photos('train/#.jpg', 8),
      ...photos('val/#.jpg', 4),
      'train_labels.csv': table('id,label', 8, (i) => `${i},${letter(i)}`),
      'val_labels.csv': table('id,label', 4, (i) => `${i},${letter(i)}`),
    },
    { classes: ['a', 'b'], counts: [8, 4, 0] },
  ],
  [
    'another ending than the photos have, of a kind that was converted',
    { ...images(8), 'labels.csv': table('image,label', 8, (i) => `p${i}.ppm,${letter(i)}`) },
    { classes: ['a', 'b'], counts: 8 },
  ],
  [
    'Edge Impulse’s names, in parts',
    {
      ...photos('training/cat.#a.jpg', 6),
      ...photos('training/dog.#a.jpg', 6),
      ...photos('testing/cat.7#.jpg', 2),
      ...photos('testing/dog.7#.jpg', 2),
    },
    { classes: ['cat', 'dog'], counts: [12, 4, 0] },
  ],
  [
    'Kaggle’s cats and dogs in one folder of any name',
    { ...photos('PetImages/cat.#.jpg', 6), ...photos('PetImages/dog.#.jpg', 6) },
    { classes: ['cat', 'dog'], counts: 12 },
  ],
  [
    'one folder of photos whose names tell them apart',
    { ...photos('leaves/rust_#.jpg', 6), ...photos('leaves/healthy_#.jpg', 6) },
    { refusal: /one-class: .*By their file names the photos are of healthy, rust.*labelsFrom=names/ },
  ],
  [
    'a class that training lacks',
    { ...photos('train/good/#.jpg', 8), ...photos('test/good/#.jpg', 3), ...photos('test/broken/#.jpg', 3) },
    { refusal: /one-class: .*Photos of broken are in the validation part alone.*splitColumn=none/ },
  ],
  [
    'numbered folders, and names of more than there are',
    {
      ...photos('train/1/#.jpg', 6),
      ...photos('train/10/#.jpg', 6),
      'cat_to_name.json': '{"1": "primrose", "10": "thistle", "21": "lily"}',
    },
    { classes: ['primrose', 'thistle'], counts: 12 },
  ],
  [
    'digits as a table of pixels',
    { 'train.csv': table('label,pixel0,pixel1', 9, (i) => `${i},0,0`) },
    { refusal: /no-photos: .*train\.csv is all there is: if it lists photos, open .* as numbers/ },
  ],
];

for (const [what, ...layout] of LAYOUTS) test(what, () => expectUnderstood(...layout));

test('photos of one name in two splits are no choice, where each is meant', async () => {
  const files = {
    ...photos('train/#.jpg', 8),
    ...photos('val/#.jpg', 4),
    'train.csv': table('id,label', 8, (i) => `${i},${letter(i)}`),
    'val.csv': table('id,label', 4, (i) => `${i},${letter(i)}`),
  };
  const { told, choices } = await understood(files);
  expect(told).toBe('');
  expect(choices.map(({ what }) => what)).not.toContain('photoFolder');
});

test.each<[string, string[], string[] | undefined]>([
  ['the first word', ['rust_1', 'rust_2', 'ok 1', 'ok 2'], ['ok', 'rust']],
  ['the last word', ['IMG_01_rust', 'IMG_02_rust', 'IMG_03_ok', 'IMG_04_ok (1)'], ['ok', 'rust']],
  ['cameras', ['IMG_1', 'IMG_2', 'DSC_1', 'DSC_2'], undefined],
  ['copies', ['1', '1 - Copy', '2', '2 - Copy'], undefined],
  ['a number before the photo’s', ['0_12', '0_13', '10_1', '10_2'], ['0', '10']],
  ['numbers alone', ['20_0_1_2017', '21_1_0_2017'], undefined],
])('classes by names: %s', (_, names, classes) => {
  expect(labelsOfNames(names.map((name) => `x/${name}.jpg`))?.classes).toEqual(classes);
});
