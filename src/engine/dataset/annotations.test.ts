/** What labelling programs and people write as JSON, in cells, beside photos and around things. */
import { test } from 'vitest';
import { type Files, photos, table } from '../../testing/folders';
import { expectUnderstood, type Layout } from '../../testing/understood';

const letter = (i: number, of = 'ab') => of[i % of.length]!;
const range = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const images = photos('p#.jpg', 12);
const withJson = (json: unknown, name = 'notes.json'): Files => ({ ...images, [name]: JSON.stringify(json) });
const TAKEN = { classes: ['a', 'b'], counts: 12 };
const SPLIT = { classes: ['a', 'b'], counts: [8, 4, 0] };
const listed = (from: number, count: number) => range(count, (i) => `p${i + from}.jpg`);
const coco = (from: number, count: number, bbox?: number[]) =>
  JSON.stringify({
    images: range(count, (i) => ({ id: i, file_name: `p${i + from}.jpg` })),
    annotations: range(count, (i) => ({ image_id: i, category_id: i % 2, ...(bbox && { bbox }) })),
    categories: [
      { id: 0, name: 'a' },
      { id: 1, name: 'b' },
    ],
  });

const LAYOUTS: readonly Layout[] = [
  ['photos and classes', withJson(Object.fromEntries(range(12, (i) => [`p${i}.jpg`, letter(i)]))), TAKEN],
  [
    'photos and what is known of each',
    withJson(Object.fromEntries(range(12, (i) => [`p${i}.jpg`, { label: letter(i), width: 9 }]))),
    TAKEN,
  ],
  [
    'classes and their photos',
    withJson({ a: range(6, (i) => `p${2 * i}.jpg`), b: range(6, (i) => `p${2 * i + 1}.jpg`) }),
    TAKEN,
  ],
  ['pairs', withJson({ labels: range(12, (i) => [`p${i}.jpg`, letter(i)]) }), TAKEN],
  ['a list in an object', withJson({ data: range(12, (i) => ({ file: `p${i}.jpg`, tag: letter(i) })) }), TAKEN],
  [
    'rows by their split',
    withJson({
      train: range(8, (i) => [`p${i}.jpg`, i % 2, letter(i)]),
      val: range(4, (i) => [`p${i + 8}.jpg`, i % 2, letter(i)]),
    }),
    SPLIT,
  ],
  [
    'lists of photos by their split beside class folders',
    {
      ...photos('a/a#.jpg', 6),
      ...photos('b/b#.jpg', 6),
      'splits.json': JSON.stringify({
        train: range(4, (i) => [`a${i}.jpg`, `b${i}.jpg`]).flat(),
        test: range(2, (i) => [`a${i + 4}.jpg`, `b${i + 4}.jpg`]).flat(),
      }),
    },
    SPLIT,
  ],
  [
    'VGG Image Annotator',
    withJson({
      _via_img_metadata: Object.fromEntries(
        range(12, (i) => [`p${i}.jpg9`, { filename: `p${i}.jpg`, regions: [], file_attributes: { kind: letter(i) } }]),
      ),
    }),
    TAKEN,
  ],
  [
    'its CSV, with JSON in cells',
    {
      ...images,
      'via.csv': table(
        'filename,file_size,file_attributes,region_attributes',
        12,
        (i) => `p${i}.jpg,${900 + i},"{""kind"":""${letter(i)}"",""quality"":""good""}","{}"`,
      ),
    },
    TAKEN,
  ],
  [
    'ticked boxes in it',
    {
      ...images,
      'via.csv': table(
        'filename,file_attributes',
        12,
        (i) => `p${i}.jpg,"{""kind"":{""a"":${i % 2 === 0},""b"":${i % 3 === 0}}}"`,
      ),
    },
    { counts: 12 - 4, classes: ['a', 'a|b', 'b'], told: /have several labels[^]*has no label/ },
  ],
  [
    'Label Studio, where one photo has two choices',
    withJson(range(12, (i) => ({ image: `p${i}.jpg`, choice: i === 3 ? { choices: ['a', 'b'] } : letter(i) }))),
    { classes: ['a', 'a|b', 'b'], counts: 12, told: /1 photo has several labels/ },
  ],
  [
    'COCO under any name, a table a split',
    { ...images, 'train2018.json': coco(0, 8), 'val2018.json': coco(8, 4) },
    SPLIT,
  ],
  [
    'COCO with boxes',
    { ...images, 'instances.json': coco(0, 12, [1, 1, 5, 5]) },
    { ...TAKEN, told: /instances\.json: its boxes are not used/ },
  ],
  [
    'boxes of several classes in one photo',
    {
      ...images,
      'boxes.csv': table('filename,class,xmin,ymin', 36, (i) => `p${i % 12}.jpg,${letter(i < 24 ? i : 1)},1,1`),
    },
    { classes: ['a|b', 'b'], counts: 12, told: /boxes are not used[^]*6 photos have several labels/ },
  ],
  [
    'boxes of all classes in each photo',
    { ...images, 'boxes.csv': table('filename,class,xmin,ymin', 24, (i) => `p${i >> 1}.jpg,${letter(i)},1,1`) },
    { refusal: /one-class: .*"a\|b".*boxes\.csv holds boxes around things/ },
  ],
  [
    'webdataset’s shards, the class beside each photo',
    {
      ...Object.fromEntries(
        ['train-000000', 'train-000001', 'val-000000'].flatMap((shard) =>
          range(4, (i) => [
            [`pets-${shard}/${i}.jpg`, images['p0.jpg']!],
            [`pets-${shard}/${i}.cls`, `${i % 2}\n`],
          ]).flat(),
        ),
      ),
      'classes.txt': 'a\nb\n',
    },
    SPLIT,
  ],
  [
    'notes on each photo that nobody reads',
    { ...images, ...Object.fromEntries(listed(0, 12).map((name) => [`${name}.json`, '{"shapes": []}'])) },
    { refusal: /no-classes: .*p0\.jpg\.json is JSON of a form that is not read/ },
  ],
  [
    'ImageNet’s tables, with boxes behind each class',
    {
      ...photos('Data/train/n01/n01_#.JPEG', 4),
      ...photos('Data/train/n02/n02_#.JPEG', 4),
      ...photos('Data/val/v#.JPEG', 4),
      'LOC_train_solution.csv': table(
        'ImageId,PredictionString',
        4,
        (i) => `n01_${i},n01 13 22 447 294 n01 1 2 3 4 \nn02_${i},n02 1 2 3 ${i} `,
      ),
      'LOC_val_solution.csv': table('ImageId,PredictionString', 4, (i) => `v${i},n0${1 + (i % 2)} 111 108 441 193 `),
    },
    { classes: ['n01', 'n02'], counts: [8, 4, 0] },
  ],
];

for (const [what, ...layout] of LAYOUTS) test(what, () => expectUnderstood(...layout));
