/** Folders as people have them, each of a kind that was once understood wrongly: what is made of them, or what is asked. */
import { expect, test } from 'vitest';
import { type Files, folderOf, photos, table } from '../../testing/folders';
import { expectUnderstood, type Layout, understood } from '../../testing/understood';
import { openDataset } from './open';

const letter = (i: number, of = 'abc') => of[i % of.length]!;
const TUBERS: Files = { ...photos('train/beet/#.png', 8), ...photos('train/maize/#.png', 8) };
const SPLIT: Files = {
  ...photos('train/cat/#.jpg', 8),
  ...photos('train/dog/#.jpg', 8),
  ...photos('val/cat/#.jpg', 3),
  ...photos('val/dog/#.jpg', 3),
};
const images = (count: number, ending = 'jpg') => photos(`images/p#.${ending}`, count);

const LAYOUTS: readonly Layout[] = [
  [
    'one-hot columns',
    {
      ...images(24),
      'train.csv': table(
        'image_id, scab, rust, healthy',
        24,
        (i) => `p${i},${[0, 1, 2].map((k) => Number(k === i % 3)).join()}`,
      ),
    },
    { classes: ['healthy', 'rust', 'scab'], counts: 24 },
  ],
  [
    'HAM10000: the diagnosis among other columns, lesions on one side',
    {
      ...photos('part_1/ISIC_#.jpg', 30),
      'meta.csv': table(
        'lesion_id,image_id,dx,sex,site',
        30,
        (i) => `L${i >> 1},ISIC_${i},${letter(i >> 1)},${letter(i, 'mf')},${letter(i, 'wxyz')}`,
      ),
    },
    { classes: ['a', 'b', 'c'], counts: 30, told: /equal "lesion_id" stay on one side/ },
  ],
  [
    'several columns that could be the label',
    { ...images(24), 't.csv': table('image,sex,site', 24, (i) => `p${i}.jpg,${letter(i, 'mf')},${letter(i >> 1)}`) },
    { refusal: /which-label-column: .*sex \(f, m\), site \(a, b, c\)/ },
  ],
  [
    'the same, answered',
    { ...images(24), 't.csv': table('image,sex,site', 24, (i) => `p${i}.jpg,${letter(i, 'mf')},${letter(i >> 1)}`) },
    { classes: ['f', 'm'], counts: 24 },
    { labelColumn: 'sex' },
  ],
  [
    'several labels in a cell',
    {
      ...images(20),
      'train.csv': table('image,labels', 20, (i) => `p${i}.jpg,${['scab', 'rust', 'scab rust', 'healthy'][i % 4]}`),
    },
    { counts: 20, told: /5 photos have several labels, "scab rust" for one/ },
  ],
  [
    'class folders beside a sample submission',
    {
      ...TUBERS,
      ...photos('test/#.png', 5),
      'sample_submission.csv': table('file,species', 5, (i) => `${i}.png,beet`),
    },
    { classes: ['beet', 'maize'], counts: 16, told: /example of what to hand in/ },
  ],
  [
    'photos of one name in train and test',
    {
      ...photos('train/#.png', 24),
      ...photos('test/#.png', 24),
      'trainLabels.csv': table('id,label', 24, (i) => `${i},${letter(i)}`),
    },
    { counts: 24, told: /those in train were taken, not those in test/ },
  ],
  [
    'photos and their masks of one name',
    {
      ...photos('images/#.png', 12),
      ...photos('masks/#.png', 12),
      'labels.csv': table('id,label', 12, (i) => `${i},${letter(i)}`),
    },
    { counts: 12, told: /those in images were taken, not those in masks/ },
  ],
  [
    'photos of one name in folders that nothing tells apart',
    {
      ...photos('small/#.png', 12),
      ...photos('large/#.png', 12),
      'labels.csv': table('id,label', 12, (i) => `${i},${letter(i)}`),
    },
    { refusal: /which-photos: .*large, small/ },
  ],
  [
    'the same, answered',
    {
      ...photos('small/#.png', 12),
      ...photos('large/#.png', 12),
      'labels.csv': table('id,label', 12, (i) => `${i},${letter(i)}`),
    },
    { counts: 12 },
    { photoFolder: 'large' },
  ],
  [
    'a table a split',
    {
      ...images(30),
      'train.csv': table('path,label', 18, (i) => `images/p${i}.jpg,${letter(i)}`),
      'val.csv': table('path,label', 9, (i) => `images/p${18 + i}.jpg,${letter(i)}`),
      'test.csv': table('path,label', 3, (i) => `images/p${27 + i}.jpg,${letter(i)}`),
    },
    { classes: ['a', 'b', 'c'], counts: [18, 9, 3] },
  ],
  [
    'one photo in the tables of two splits',
    {
      ...images(20),
      'train.csv': table('path,label', 12, (i) => `p${i}.jpg,${letter(i)}`),
      'val.csv': table('path,label', 9, (i) => `p${11 + i}.jpg,${letter(11 + i)}`),
    },
    { refusal: /both-splits: 1 photo/ },
  ],
  [
    'ImageNet: class folders, and a table for flat validation photos',
    {
      ...photos('train/n01/#.JPEG', 8),
      ...photos('train/n02/#.JPEG', 8),
      ...photos('val/v#.JPEG', 6),
      'val.csv': table('ImageId,Class', 6, (i) => `v${i},n0${1 + (i % 2)}`),
    },
    { classes: ['n01', 'n02'], counts: [16, 6, 0] },
  ],
  [
    'Tiny ImageNet: the same as a text',
    {
      ...photos('train/n01/images/a#.JPEG', 8),
      ...photos('train/n02/images/b#.JPEG', 8),
      ...photos('val/images/v#.JPEG', 6),
      ...photos('test/images/t#.JPEG', 6),
      'val/val_annotations.txt': table(
        'v0.JPEG\tn01\t0\t0\t9\t9',
        5,
        (i) => `v${i + 1}.JPEG\tn0${1 + ((i + 1) % 2)}\t0\t0\t9\t9`,
      ),
      'wnids.txt': 'n01\nn02\n',
    },
    { classes: ['n01', 'n02'], counts: [16, 6, 0], told: /test\/images\/t0\.JPEG was left out/ },
  ],
  [
    'training_set/training_set',
    {
      ...photos('training_set/training_set/cats/#.jpg', 8),
      ...photos('training_set/training_set/dogs/#.jpg', 8),
      ...photos('test_set/test_set/cats/#.jpg', 3),
      ...photos('test_set/test_set/dogs/#.jpg', 3),
    },
    { classes: ['cats', 'dogs'], counts: [16, 6, 0] },
  ],
  [
    'seg_train and Testing Data',
    {
      ...photos('seg_train/sea/#.jpg', 8),
      ...photos('seg_train/ice/#.jpg', 8),
      ...photos('Testing Data/sea/#.jpg', 3),
      ...photos('Testing Data/ice/#.jpg', 3),
    },
    { classes: ['ice', 'sea'], counts: [16, 6, 0] },
  ],
  [
    'train and test alone, whose photos are named by their class',
    { ...photos('train/cat.#.jpg', 6), ...photos('train/dog.#.jpg', 6), ...photos('test/#.jpg', 6) },
    { classes: ['cat', 'dog'], counts: 12, told: /test\/0\.jpg was left out/ },
  ],
  [
    'the same, as one may call photos of one kind',
    { ...photos('train/cat_#.jpg', 6), ...photos('train/dog_#.jpg', 6), ...photos('test/#.jpg', 6) },
    { refusal: /no-classes: .*below test, train there are no class folders.*cat, dog/ },
  ],
  [
    'the same, answered',
    { ...photos('train/cat_#.jpg', 6), ...photos('train/dog_#.jpg', 6), ...photos('test/#.jpg', 6) },
    { classes: ['cat', 'dog'], counts: 12 },
    { labelsFrom: 'names' },
  ],
  [
    'splits inside the classes',
    {
      ...photos('crack/train/#.png', 8),
      ...photos('crack/test/#.png', 3),
      ...photos('plain/train/#.png', 8),
      ...photos('plain/test/#.png', 3),
    },
    { classes: ['crack', 'plain'], counts: [16, 6, 0] },
  ],
  [
    'digits and a word as folders',
    {
      ...photos('train/0/#.png', 9),
      ...photos('train/1/#.png', 9),
      ...photos('train/blank/#.png', 2),
      ...photos('val/0/#.png', 3),
      ...photos('val/blank/#.png', 1),
    },
    { classes: ['0', '1', 'blank'], counts: [20, 4, 0] },
  ],
  [
    'folders named with zeros before',
    { ...photos('00/#.png', 5), ...photos('01/#.png', 5), ...photos('1/#.png', 5) },
    { classes: ['00', '01', '1'], counts: 15 },
  ],
  [
    'a table that says what the folders say',
    {
      ...SPLIT,
      'labels.csv': table('name,label', 16, (i) => `train/${i < 8 ? 'cat' : 'dog'}/${i % 8}.jpg,${i < 8 ? 0 : 1}`),
    },
    { classes: ['cat', 'dog'], counts: [16, 6, 0] },
  ],
  [
    'folds',
    { ...images(25), 'folds.csv': table('image_id,label,kfold', 25, (i) => `p${i}.jpg,${letter(i)},${i % 5}`) },
    { counts: [20, 5, 0], told: /"kfold" counts folds \(0, 1, 2, 3, 4\); fold 0 validates/ },
  ],
  [
    'another fold',
    { ...images(25), 'folds.csv': table('image_id,label,kfold', 25, (i) => `p${i}.jpg,${letter(i)},${i % 5}`) },
    { counts: [20, 5, 0], told: /fold 3 validates/ },
    { splitValidation: '3' },
  ],
  [
    'is_training_img of 1 and 0',
    {
      ...images(24),
      'cub.csv': table(
        'img_id,filepath,target,is_training_img',
        24,
        (i) => `${900 + i},p${i}.jpg,${letter(i)},${Number(i < 18)}`,
      ),
    },
    { counts: [18, 6, 0] },
  ],
  [
    'CUB’s own tables, which share an id',
    {
      ...photos('images/001.Auk/a#.jpg', 6),
      ...photos('images/002.Emu/e#.jpg', 6),
      'images.txt': table(
        '1 001.Auk/a0.jpg',
        11,
        (i) => `${i + 2} ${i < 5 ? `001.Auk/a${i + 1}` : `002.Emu/e${i - 5}`}.jpg`,
      ),
      'image_class_labels.txt': table('1 1', 11, (i) => `${i + 2} ${i < 5 ? 1 : 2}`),
      'train_test_split.txt': table('1 1', 11, (i) => `${i + 2} ${Number(i % 3 > 0)}`),
      'classes.txt': '1 001.Auk\n2 002.Emu\n',
    },
    { classes: ['001.Auk', '002.Emu'], counts: [8, 4, 0] },
  ],
  [
    'trainval and test as words',
    {
      ...images(24),
      'list.csv': table('image,label,set', 24, (i) => `p${i}.jpg,${letter(i)},${i < 18 ? 'trainval' : 'test'}`),
    },
    { counts: [18, 6, 0] },
  ],
  [
    'True or empty',
    {
      ...images(24),
      'list.csv': table('image,label,is_valid', 24, (i) => `p${i}.jpg,${letter(i)},${i < 18 ? '' : 'True'}`),
    },
    { counts: [18, 6, 0] },
  ],
  [
    'lists of names a split',
    {
      ...photos('images/tart/#.jpg', 6),
      ...photos('images/soup/#.jpg', 6),
      'meta/train.txt': table('tart/0', 7, (i) => `${i < 3 ? 'tart' : 'soup'}/${i < 3 ? i + 1 : i - 3}`),
      'meta/test.txt': 'tart/4\ntart/5\nsoup/4\nsoup/5\n',
    },
    { classes: ['soup', 'tart'], counts: [8, 4, 0] },
  ],
];

for (const [what, ...layout] of LAYOUTS) test(what, () => expectUnderstood(...layout));

test('a choice is told with its alternatives, and a setting that names nothing is refused with them', async () => {
  const files = {
    ...images(12),
    't.csv': table('image,label,site', 12, (i) => `p${i}.jpg,${letter(i)},${letter(i, 'xy')}`),
  };
  const { choices } = await understood(files);
  expect(choices).toContainEqual({ what: 'labelColumn', chosen: 'label', others: ['site'] });
  expect((await understood(files, { labelColumn: 'diagnosis' })).refusal).toMatch(
    /bad-setting: labelColumn cannot be "diagnosis"\. It must be one of image, label, site/,
  );
  expect((await understood(files, { labelColumn: 'site' })).classes).toEqual(['x', 'y']);
});

test('groups stay on one side of the drawn split', async () => {
  const files = {
    ...images(60),
    't.csv': table('image,label,patient_id', 60, (i) => `p${i}.jpg,${letter(i >> 2)},${i >> 2}`),
  };
  const dataset = await openDataset(folderOf(files), { seed: 42 });
  const groupOf = ({ imageId }: { imageId: string }) => Number(/\d+/.exec(imageId)![0]) >> 2;
  const validating = new Set(dataset.validation.map(groupOf));
  expect(dataset.train.filter((sample) => validating.has(groupOf(sample)))).toEqual([]);
  expect(dataset.validation.length).toBe(12);
});
