/** Folders whose names, encodings and files are not what they seem, and what lies beside a data set. */
import { test } from 'vitest';
import { type Files, HEIC, latin1, photos, table } from '../../testing/folders';
import { expectUnderstood, type Layout } from '../../testing/understood';

const letter = (i: number, of = 'abc') => of[i % of.length]!;
const SPLIT: Files = {
  ...photos('train/cat/#.jpg', 8),
  ...photos('train/dog/#.jpg', 8),
  ...photos('val/cat/#.jpg', 3),
  ...photos('val/dog/#.jpg', 3),
};
const images = (count: number, ending = 'jpg') => photos(`images/p#.${ending}`, count);

const FOLDERS: readonly Layout[] = [
  [
    'another ending in the table than on the disk',
    { ...images(24), 'labels.csv': table('image,label', 24, (i) => `p${i}.png,${letter(i)}`) },
    { counts: 24, told: /there is no photo "p0\.png"; images\/p0\.jpg was taken/ },
  ],
  [
    'zeros lost to a spreadsheet',
    { ...photos('images/000#.jpg', 9), 'labels.csv': table('image,label', 9, (i) => `${i},${letter(i)}`) },
    { counts: 9 },
  ],
  [
    'an upload’s prefix and percent signs',
    {
      ...photos('img #.jpg', 9),
      'export.csv': table(
        'image,choice,annotator',
        9,
        (i) => `/data/upload/1/1f2e3d4${i}-img%20${i}.jpg,${letter(i)},1`,
      ),
    },
    { counts: 9 },
  ],
  [
    'a table in windows-1252 with semicolons',
    {
      ...photos('images/été_#.jpg', 24),
      'labels.csv': latin1(table('image;label', 24, (i) => `été_${i}.jpg;${['mûre', 'pêche'][i % 2]}`)),
    },
    { classes: ['mûre', 'pêche'], counts: 24, told: /read as windows-1252/ },
  ],
  [
    'a table in UTF-16 without a mark',
    {
      ...images(9),
      'labels.csv': new Uint8Array(
        Uint16Array.from(
          table('image,label', 9, (i) => `p${i}.jpg,${letter(i)}`),
          (one) => one.charCodeAt(0),
        ).buffer,
      ),
    },
    { counts: 9 },
  ],
  [
    'names decomposed as macOS does',
    {
      ...photos('images/Mu\u0308ller_#.jpg', 24),
      'labels.csv': table('image,label', 24, (i) => `M\u00fcller_${i}.jpg,${letter(i)}`),
    },
    { counts: 24 },
  ],
  [
    'JPEGs under other endings',
    { ...photos('cat/#.jfif', 6), ...photos('cat/b#.jpe', 3), ...photos('dog/#', 9) },
    { classes: ['cat', 'dog'], counts: 18 },
  ],
  [
    'JPEGs named .HEIC',
    { ...photos('cat/#.HEIC', 6), ...photos('dog/#.heic', 6) },
    { classes: ['cat', 'dog'], counts: 12 },
  ],
  [
    'HEIC named .jpg',
    { ...photos('cat/#.jpg', 8), ...photos('cat/h#.jpg', 6, HEIC), ...photos('dog/#.jpg', 8) },
    { counts: 16, told: /cat\/h0\.jpg was left out: it is no photo that browsers decode, but a HEIC/ },
  ],
  [
    'odd files among photos',
    {
      ...photos('a/#.jpg', 9),
      ...photos('b/#.jpg', 9),
      'a/x.jpg': '<!DOCTYPE html><html>',
      'a/y.jpg': 'version https://git-lfs.github.com/spec/v1\n',
      'a/z.jpg': '',
      'b/x.pgm': 'P5 4 4 255 ',
      'b/y.tga': '\0\0\x02',
      'b/z.jpg': '8BPS',
      'b/t.jpg': 'II*\0',
    },
    { counts: 19, told: /web page[^]*LFS pointer[^]*empty file[^]*Photoshop[^]*pgm[^]*TGA/ },
  ],
  [
    'validation photos that are all unreadable',
    {
      ...photos('train/a/#.jpg', 8),
      ...photos('train/b/#.jpg', 8),
      ...photos('val/a/#.jpg', 4, HEIC),
      ...photos('val/b/#.jpg', 4, HEIC),
    },
    { refusal: /unreadable-photos: All 8 validation photos .*HEIC/ },
  ],
  [
    'class names in other case',
    {
      ...photos('train/Cat/#.jpg', 6),
      ...photos('train/Dog/#.jpg', 6),
      ...photos('val/cat/#.jpg', 3),
      ...photos('val/dog/#.jpg', 3),
    },
    {
      classes: ['Cat', 'Dog'],
      counts: [12, 6, 0],
      told: /upper and lower case, spaces or underscores alone and are taken as one/,
    },
  ],
  [
    'validation classes that were never trained',
    {
      ...photos('train/cat/#.jpg', 6),
      ...photos('train/dog/#.jpg', 6),
      ...photos('val/hund/#.jpg', 3),
      ...photos('val/katze/#.jpg', 3),
    },
    { refusal: /untrained-classes: .*hund, katze.*Trained are cat, dog/ },
  ],
  [
    'raters that contradict each other, by a vote',
    {
      ...images(20),
      'ratings.csv': table(
        'filename,label,rater',
        60,
        (i) => `p${Math.floor(i / 3)}.jpg,${i % 3 === 0 ? 'x' : letter(Math.floor(i / 3), 'xy')},r${i % 3}`,
      ),
    },
    { classes: ['x', 'y'], counts: 20, told: /has another label.*put to a vote/ },
  ],
  [
    'Excel’s own line above the header',
    {
      ...images(24),
      'labels.csv': `sep=;\n${table('image;label;is_val', 24, (i) => `p${i}.jpg;${letter(i)};${i < 18 ? 'False' : 'True'}`)}`,
    },
    { counts: [18, 6, 0] },
  ],
  [
    'photos that iCloud keeps elsewhere',
    {
      ...photos('cat/#.jpg', 6),
      ...photos('dog/#.jpg', 6),
      ...photos('cat/.9#.jpg.icloud', 4, 'bplist00'),
      'cat/.notes.txt.icloud': 'bplist00',
    },
    { classes: ['cat', 'dog'], counts: 12, told: /cat\/\.90\.jpg\.icloud was left out: .*an iCloud placeholder/ },
  ],
  [
    'weights without photos',
    { 'model.safetensors': '', 'config.json': '{}' },
    { refusal: /no-photos: .*model\.safetensors holds weights: it is opened alone/ },
  ],
  [
    'documents beside the data set',
    { ...photos('repo/dataset/cat/#.jpg', 8), ...photos('repo/dataset/dog/#.jpg', 8), ...photos('repo/docs/#.png', 2) },
    { classes: ['cat', 'dog'], counts: 16, told: /repo\/docs\/0\.png was left out/ },
  ],
  [
    'images and annotations alone',
    { ...photos('images/#.jpg', 8), ...photos('annotations/#.png', 8) },
    { refusal: /no-classes/ },
  ],
  [
    'two folders of which one may hold the classes',
    { ...photos('one/cat/#.jpg', 8), ...photos('one/dog/#.jpg', 8), ...photos('two/#.jpg', 8) },
    { refusal: /which-folder: .*one/ },
  ],
  [
    'a table and photos of the same names in each split',
    {
      ...photos('train/#.png', 12),
      ...photos('val/#.png', 6),
      'train/labels.csv': table('image,label', 12, (i) => `${i}.png,${letter(i)}`),
      'val/labels.csv': table('image,label', 6, (i) => `${i}.png,${letter(i)}`),
    },
    { counts: [12, 6, 0] },
  ],
  [
    'metadata.jsonl in each split',
    {
      ...photos('train/#.png', 12),
      ...photos('test/#.png', 6),
      'train/metadata.jsonl': Array.from({ length: 12 }, (_, i) =>
        JSON.stringify({ file_name: `${i}.png`, label: letter(i) }),
      ).join('\n'),
      'test/metadata.jsonl': Array.from({ length: 6 }, (_, i) =>
        JSON.stringify({ file_name: `${i}.png`, label: letter(i) }),
      ).join('\n'),
    },
    { counts: [12, 6, 0] },
  ],
  [
    'FiftyOne’s labels.json',
    {
      ...photos('data/#.jpg', 9),
      'labels.json': JSON.stringify({
        classes: ['cat', 'dog'],
        labels: Object.fromEntries(Array.from({ length: 9 }, (_, i) => [String(i), i % 2])),
      }),
    },
    { classes: ['cat', 'dog'], counts: 9 },
  ],
  [
    'Roboflow’s one-hot table a split',
    {
      ...photos('train/t#.jpg', 8),
      ...photos('valid/v#.jpg', 4),
      'train/_classes.csv': table('filename, cat, dog', 8, (i) => `t${i}.jpg, ${Number(i % 2 === 0)}, ${i % 2}`),
      'valid/_classes.csv': table('filename, cat, dog', 4, (i) => `v${i}.jpg, ${Number(i % 2 === 0)}, ${i % 2}`),
    },
    { classes: ['cat', 'dog'], counts: [8, 4, 0] },
  ],
  [
    'our own predictions of an earlier run',
    { ...SPLIT, 'predictions.csv': table('image_id,label,predicted,cat,dog', 3, (i) => `${i}.jpg,0,0,0.5,0.5`) },
    { classes: ['cat', 'dog'], counts: [16, 6, 0], told: /it holds predictions/ },
  ],
  [
    'a list without labels beside class folders',
    { ...photos('cat/c#.jpg', 10), ...photos('dog/d#.jpg', 10), 'duplicates.csv': 'file\nc3.jpg\nd7.jpg\n' },
    { classes: ['cat', 'dog'], counts: 20 },
  ],
  [
    'sizes beside class folders',
    {
      ...photos('cat/c#.jpg', 10),
      ...photos('dog/d#.jpg', 10),
      'sizes.csv': table('file,width,height', 10, (i) => `c${i}.jpg,${64 + (i % 2)},48`),
    },
    { classes: ['cat', 'dog'], counts: 20 },
  ],
  [
    'a table of sizes that calls one of its columns a class beside class folders',
    {
      ...photos('cat/#.jpg', 6),
      ...photos('dog/#.jpg', 6),
      'sizes.csv': table('image,size_class', 6, (i) => `cat/${i}.jpg,${letter(i)}\ndog/${i}.jpg,${letter(i)}`),
    },
    { classes: ['cat', 'dog'], counts: 12, told: /sizes\.csv was not used: the folders give the classes/ },
  ],
  [
    'test photos with labels beside validation photos are held out',
    { ...SPLIT, ...photos('test/cat/#.jpg', 2), ...photos('test/dog/#.jpg', 2) },
    { counts: [16, 6, 4] },
  ],
];

for (const [what, ...layout] of FOLDERS) test(what, () => expectUnderstood(...layout));
