/** Folders of small JPEGs, drawn on the spot: three classes that differ in colour and shape. */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encode } from 'jpeg-js';

const WIDTH = 80;
const HEIGHT = 60;

export const CLASSES = ['disc', 'square', 'stripes'] as const;
type ClassName = (typeof CLASSES)[number];

export const TRAIN_PER_CLASS = 8;
export const VALIDATION_PER_CLASS = 3;

const COLORS: Record<ClassName, readonly [number, number, number]> = {
  disc: [200, 60, 50],
  square: [60, 170, 80],
  stripes: [60, 90, 200],
};

/** Whether a pixel, counted from the shape's centre, belongs to the shape. */
const SHAPES: Record<ClassName, (x: number, y: number, radius: number) => boolean> = {
  disc: (x, y, radius) => x * x + y * y < radius * radius,
  square: (x, y, radius) => Math.max(Math.abs(x), Math.abs(y)) < radius,
  stripes: (x, y, radius) => Math.abs(y) < radius && Math.floor((x + WIDTH) / 4) % 2 === 0,
};

/** An empty folder of its own in the system's place for such. */
export const temporaryFolder = (name: string): string => mkdtempSync(path.join(tmpdir(), `fixres-${name}-`));

const drawn = new Map<string, Buffer>();

/** A photo of one shape on grey; the number moves and scales it, and grains the ground. Drawn once: encoders are slow to begin. */
export function drawPhoto(className: ClassName, number: number): Buffer {
  const key = `${className} ${number}`;
  const photo = drawn.get(key) ?? encodePhoto(className, number);
  drawn.set(key, photo);
  return photo;
}

function encodePhoto(className: ClassName, number: number): Buffer {
  const data = Buffer.alloc(WIDTH * HEIGHT * 4, 255);
  const radius = 10 + ((number * 7) % 13);
  const centreX = WIDTH / 2 + ((number * 11) % 21) - 10;
  const centreY = HEIGHT / 2 + ((number * 5) % 15) - 7;
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const grain = (x * 31 + y * 17 + number * 13) % 24;
      const inside = SHAPES[className](x - centreX, y - centreY, radius);
      const [r, g, b] = inside ? COLORS[className] : [110, 110, 110];
      data.set([r + grain, g + grain, b + grain], (y * WIDTH + x) * 4);
    }
  }
  return encode({ data, width: WIDTH, height: HEIGHT }, 90).data;
}

interface Row {
  imageId: string;
  label: number;
  isVal: boolean;
}

/** As a Kaggle download looks: a CSV with labels as numbers, a map of their names, the photos in a sub-folder. */
export function makeKaggleFolder(): string {
  const folder = temporaryFolder('photos');
  const rows = drawAll(path.join(folder, 'train_images'));
  writeTables(folder, rows.map(rowText));
  return folder;
}

/** The lines of the broken folder's CSV that are wrong, the header being line 1. */
export interface BrokenFolder {
  folder: string;
  missingFile: { file: string; row: number };
  duplicate: { file: string; row: number };
  badLabel: { row: number };
  emptyPhoto: string;
  unlistedPhoto: string;
}

/** The same with one of each thing that a run can step over. */
export function makeBrokenFolder(): BrokenFolder {
  const folder = temporaryFolder('broken');
  const images = path.join(folder, 'train_images');
  const rows = drawAll(images);
  const lines = rows.map(rowText);
  const add = (line: string) => lines.push(line) + 1;
  const [first, second] = rows;
  if (!first || !second) throw new Error('no photos were drawn');
  const emptyPhoto = 'empty.jpg';
  const unlistedPhoto = 'unlisted.jpg';
  writeFileSync(path.join(images, emptyPhoto), '');
  writeFileSync(path.join(images, unlistedPhoto), drawPhoto('disc', 99));
  const missingFile = { file: 'absent.jpg', row: add('absent.jpg,0,False') };
  const duplicate = { file: first.imageId, row: add(rowText(first)) };
  writeFileSync(path.join(images, 'odd.jpg'), drawPhoto('square', 98));
  const badLabel = { row: add('odd.jpg,seven,False') };
  add(`${emptyPhoto},1,False`);
  writeTables(folder, lines);
  return { folder, missingFile, duplicate, badLabel, emptyPhoto, unlistedPhoto };
}

/** `train/CLASS/x.jpg` and `val/CLASS/x.jpg`; with one class alone it is no task. */
export function makeClassFolders(classes: readonly ClassName[] = CLASSES): string {
  const folder = temporaryFolder('classes');
  for (const className of classes) {
    for (let i = 0; i < TRAIN_PER_CLASS + VALIDATION_PER_CLASS; i++) {
      const split = path.join(folder, i < TRAIN_PER_CLASS ? 'train' : 'val', className);
      mkdirSync(split, { recursive: true });
      writeFileSync(path.join(split, `${i}.jpg`), drawPhoto(className, i));
    }
  }
  return folder;
}

function drawAll(images: string): Row[] {
  mkdirSync(images, { recursive: true });
  return CLASSES.flatMap((className, label) =>
    Array.from({ length: TRAIN_PER_CLASS + VALIDATION_PER_CLASS }, (_, i) => {
      const imageId = `${className}_${i}.jpg`;
      writeFileSync(path.join(images, imageId), drawPhoto(className, i));
      return { imageId, label, isVal: i >= TRAIN_PER_CLASS };
    }),
  );
}

const rowText = ({ imageId, label, isVal }: Row) => `${imageId},${label},${isVal ? 'True' : 'False'}`;

function writeTables(folder: string, lines: readonly string[]): void {
  writeFileSync(path.join(folder, 'train_val_split.csv'), ['image_id,label,is_val', ...lines, ''].join('\n'));
  const names = Object.fromEntries(CLASSES.map((name, label) => [String(label), name]));
  writeFileSync(path.join(folder, 'label_num_to_disease_map.json'), JSON.stringify(names));
}
