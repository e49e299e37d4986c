/** Folders inside folders: which of them are classes, which variants, folds, parts or something else. */
import { test } from 'vitest';
import { type Files, photos, table } from '../../testing/folders';
import { expectUnderstood, type Layout } from '../../testing/understood';

const pets = (pattern: string, count: number): Files => ({
  ...photos(pattern.replace('*', 'cat'), count),
  ...photos(pattern.replace('*', 'dog'), count),
});

const LAYOUTS: readonly Layout[] = [
  [
    'folders of folds',
    { ...pets('fold_1/*/a#.jpg', 3), ...pets('fold_2/*/b#.jpg', 3), ...pets('fold_3/*/c#.jpg', 3) },
    { classes: ['cat', 'dog'], counts: [12, 6, 0], told: /fold_1 validates and the others train/ },
  ],
  [
    'the same, another fold',
    { ...pets('fold_1/*/a#.jpg', 3), ...pets('fold_2/*/b#.jpg', 3), ...pets('fold_3/*/c#.jpg', 3) },
    { classes: ['cat', 'dog'], counts: [12, 6, 0] },
    { splitTrain: 'fold_1,fold_2', splitValidation: 'fold_3' },
  ],
  [
    'variants of the same photos',
    { ...pets('color/*/#.jpg', 6), ...pets('segmented/*/#.jpg', 6) },
    { refusal: /which-level: .*color, segmented, or cat, dog.*classFolder=color/ },
  ],
  [
    'the same in a folder of its own, whose variants are named by their paths',
    { ...pets('leaves set/color/*/#.jpg', 6), ...pets('leaves set/gray/*/#.jpg', 6) },
    { refusal: /which-level: .*classFolder=leaves set\/color/ },
  ],
  [
    'one of those',
    { ...pets('leaves set/color/*/#.jpg', 6), ...pets('leaves set/gray/*/#.jpg', 6) },
    { classes: ['cat', 'dog'], counts: 12 },
    { classFolder: 'leaves set/color' },
  ],
  [
    'variants of them, wrapped and called otherwise',
    { ...pets('Original Images/Original Images/*/#.jpg', 6), ...pets('Augmented/Augmented/*_new/#.jpg', 6) },
    { refusal: /which-level: .*Augmented, Original Images, or .*cat.* inside them/ },
  ],
  [
    'domains',
    { ...pets('amazon/images/*/#.jpg', 6), ...pets('webcam/images/*/#.jpg', 6) },
    { refusal: /which-level: .*amazon, webcam, or cat, dog inside them/ },
  ],
  [
    'the same set twice, once with splits',
    { ...pets('Raw/*/#.jpg', 6), ...pets('Ready/train/*/#.jpg', 4), ...pets('Ready/validation/*/#.jpg', 2) },
    { refusal: /which-level: .*Raw, Ready, or cat, dog inside them.*classFolder=Raw/ },
  ],
  [
    'a set that holds itself, beside photos to try',
    { ...pets('toons/*/#.jpg', 6), ...pets('toons/toons/*/#.jpg', 6), ...photos('try/try/cat_#.jpg', 4) },
    { refusal: /which-folder: .*toons/ },
  ],
  [
    'a column that may be the label where folders are but places',
    {
      ...photos('0/1/#.jpg', 4),
      ...photos('0/2/1#.jpg', 4),
      ...photos('1/1/2#.jpg', 4),
      ...photos('1/2/3#.jpg', 4),
      't.csv': table('id,landmark_id', 4, (i) =>
        [i, 10 + i, 20 + i, 30 + i].map((id) => `${id},${200 + (i % 2)}`).join('\n'),
      ),
    },
    { classes: ['200', '201'], counts: 16 },
  ],
  [
    'films of each class, and patients',
    {
      ...photos('run/v_run_g1/#.jpg', 4),
      ...photos('run/v_run_g2/#.jpg', 4),
      ...photos('jump/patient 1/#.jpg', 4),
      ...photos('jump/patient 2/#.jpg', 4),
    },
    { classes: ['jump', 'run'], counts: 16 },
  ],
  [
    'one of them',
    { ...pets('color/*/#.jpg', 6), ...pets('segmented/*/#.jpg', 6) },
    { classes: ['cat', 'dog'], counts: 12, told: /segmented\/cat\/0.jpg was left out/ },
    { classFolder: 'color' },
  ],
  [
    'photos and masks in each class',
    { ...pets('*/images/#.png', 6), ...pets('*/masks/#.png', 6) },
    { classes: ['cat', 'dog'], counts: 12, told: /cat\/masks\/0.png was left out/ },
  ],
  [
    'classes that are called like something else, with as many photos',
    { ...photos('trash/#.jpg', 6), ...photos('glass/#.jpg', 6) },
    { classes: ['glass', 'trash'], counts: 12, told: /folder trash is taken for a class.*leaveOutClasses=trash/ },
  ],
  [
    'the same with few photos',
    { ...photos('plots/#.jpg', 2), ...photos('glass/#.jpg', 6), ...photos('paper/#.jpg', 6) },
    { classes: ['glass', 'paper'], counts: 12, told: /plots\/0\.jpg was left out/ },
  ],
  [
    'classes that are called like something that never is one',
    { ...photos('docs/#.jpg', 6), ...photos('branches/#.jpg', 6) },
    { refusal: /one-class: .*Left out were the folders docs/ },
  ],
  [
    'the same, told',
    { ...photos('docs/#.jpg', 6), ...photos('branches/#.jpg', 6) },
    { classes: ['branches', 'docs'], counts: 12 },
    { classFolder: '.' },
  ],
];

for (const [what, ...layout] of LAYOUTS) test(what, () => expectUnderstood(...layout));
