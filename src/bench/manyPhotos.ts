/** A folder of many JPEGs as a Kaggle download looks, for benches: a CSV with labels and split, photos of 800 x 600. */
import {
  copyFileSync,
  createWriteStream,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Writable } from 'node:stream';
import { deflateRawSync } from 'node:zlib';
import { configure, Uint8ArrayReader, ZipWriter } from '@zip.js/zip.js';
import { encode } from 'jpeg-js';
import { crc32 } from '../engine/io/crc';
import { picture } from '../testing/golden/values';

/** Cassava's photos, classes and split. */
export const CASSAVA_PHOTOS = 21_397;
const CLASSES = ['bacterial blight', 'brown streak', 'green mottle', 'mosaic', 'healthy'];
const [WIDTH, HEIGHT] = [800, 600];
/** Photos that are drawn; all others are one of these under a name of its own. */
const DRAWN = 24;
const QUALITY = 90;

/** A new folder with `count` photos under `train_images`; every fifth validates. */
export function makeManyPhotos(count: number): { folder: string; drawn: number } {
  const folder = mkdtempSync(path.join(tmpdir(), 'fixres-files-'));
  const images = path.join(folder, 'train_images');
  mkdirSync(images);
  const drawn = Math.min(DRAWN, count);
  const lines = ['image_id,label,is_val'];
  const names: string[] = [];
  for (let i = 0; i < count; i++) {
    // Kaggle's names are numbers without an order.
    const name = `${(i * 2_654_435_761) % 2 ** 32}.jpg`;
    const file = path.join(images, name);
    const original = names[i % drawn];
    if (original === undefined) writeFileSync(file, drawPhoto(i));
    else linkOrCopy(original, file);
    if (i < drawn) names.push(file);
    lines.push(`${name},${i % CLASSES.length},${Math.floor(i / CLASSES.length) % 5 === 4 ? 'True' : 'False'}`);
  }
  writeFileSync(path.join(folder, 'train_val_split.csv'), `${lines.join('\n')}\n`);
  writeFileSync(
    path.join(folder, 'label_num_to_disease_map.json'),
    JSON.stringify(Object.fromEntries(CLASSES.entries())),
  );
  return { folder, drawn };
}

/** The same as a deflated archive within the folder, as Kaggle's are; photos of one content are deflated once. */
export async function zipPhotos(folder: string): Promise<string> {
  configure({ useWebWorkers: false });
  const archive = path.join(folder, 'photos.zip');
  const writer = new ZipWriter(Writable.toWeb(createWriteStream(archive)) as WritableStream<Uint8Array>);
  const packed = new Map<number, { deflated: Buffer; size: number; signature: number }>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name === 'photos.zip') continue;
    const file = path.join(entry.parentPath, entry.name);
    const { ino } = statSync(file);
    if (!packed.has(ino)) {
      const bytes = readFileSync(file);
      packed.set(ino, { deflated: deflateRawSync(bytes), size: bytes.length, signature: crc32(bytes) });
    }
    const { deflated, size: uncompressedSize, signature } = packed.get(ino)!;
    const raw = { passThrough: true, compressionMethod: 8, uncompressedSize, signature };
    await writer.add(path.relative(folder, file), new Uint8ArrayReader(deflated), raw);
  }
  await writer.close();
  return archive;
}

function drawPhoto(index: number): Buffer {
  const data = Buffer.from(picture(`many/${index}`, WIDTH, HEIGHT));
  return encode({ data, width: WIDTH, height: HEIGHT }, QUALITY).data;
}

/** Another name for the same bytes, where the disk knows such. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    copyFileSync(from, to);
  }
}
