/** Photos of every kind in a real browser: the pixels of Pillow, or refused by name. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { deflateSync } from 'node:zlib';
import { expect, test } from '@playwright/test';
import { comparePhoto } from '../src/bench/loaderPage/compare';
import { openLoaderPage, type OpenedLoaderPage } from '../src/bench/loaderPage/open';
import { differenceOf } from '../src/testing/photos/difference';
import { openPillow } from '../src/testing/photos/pillow';
import made from '../src/testing/photos/photos.json' with { type: 'json' };
import { temporaryFolder } from './photos';
import { chooseFolder, expectAccessible, goTo, openStudio, stateOf } from './studio';

interface MadePhoto {
  name: string;
  width: number;
  height: number;
  pixels: string;
  upright?: string;
}

const PHOTOS: readonly MadePhoto[] = made.photos;
/** Levels apart at most: Chromium's decoder mixes inks by a division by 255 of its own. */
const TOLERANCE: Readonly<Record<string, number>> = { 'cmyk.jpg': 1 };
const TOO_LARGE = 'too_large.png';

let opened: OpenedLoaderPage;
test.beforeAll(async () => {
  const folder = temporaryFolder('kinds');
  for (const { name, file } of [...made.photos, ...made.broken]) {
    writeFileSync(path.join(folder, name), Buffer.from(file, 'base64'));
  }
  writeFileSync(path.join(folder, TOO_LARGE), blankPng(13_000, 13_000));
  opened = await openLoaderPage(folder);
});
test.afterAll(async () => {
  await opened.close();
});

/** A whole photo as the studio's loader gives it, neither cropped nor resized. */
const photo = (name: string, respectExif: boolean) =>
  opened.page.evaluate((ask) => window.loaderPage.photo(ask), { path: name, respectExif });

const bytes = (base64: string) => new Uint8Array(Buffer.from(base64, 'base64'));

for (const { name, width, height, pixels, upright } of PHOTOS) {
  test(`${name} has Pillow’s pixels`, async () => {
    const got = await photo(name, false);
    expect(got).toMatchObject({ width, height, failure: null });
    expect(differenceOf(bytes(got.pixels), bytes(pixels)).max).toBeLessThanOrEqual(TOLERANCE[name] ?? 0);
    const turned = await photo(name, true);
    expect(differenceOf(bytes(turned.pixels), bytes(upright ?? pixels)).max).toBeLessThanOrEqual(TOLERANCE[name] ?? 0);
  });
}

test('a photo that is cut off is refused by name, with the reason', async () => {
  for (const { name } of made.broken) {
    const { failure } = await photo(name, false);
    expect(failure).toContain(name);
    expect(failure).toContain('cut off');
  }
});

test('a photo too large for memory is refused by name, before it is decoded', async () => {
  const { failure } = await photo(TOO_LARGE, false);
  expect(failure).toContain(TOO_LARGE);
  expect(failure).toContain('13000 x 13000 px, 169 megapixels');
});

/** Two classes of one photo of each orientation, in training and validation. */
function makeTurnedFolder(): string {
  const folder = temporaryFolder('turned');
  for (const { name, file } of made.photos.filter((photo) => photo.name.startsWith('exif_'))) {
    for (const place of ['train/a', 'train/b', 'val/a', 'val/b']) {
      mkdirSync(path.join(folder, place), { recursive: true });
      writeFileSync(path.join(folder, place, name), Buffer.from(file, 'base64'));
    }
  }
  return folder;
}

test('the report counts photos that EXIF wants turned, and the switch turns them', async ({ page }) => {
  await openStudio(page);
  await chooseFolder(page, makeTurnedFolder());
  const stage = await goTo(page, 'photos');
  const note = stage.getByTestId('orientations');
  await expect(note).toContainText('28 of 32 photos carry');
  await expect(note).toContainText('taken as stored');
  await note.getByTestId('respect-exif').click();
  await expect(note).toContainText('turned upright');
  expect(await stateOf(page, (s) => s.config.respectExif)).toBe(true);
  await expectAccessible(page, 'the note on EXIF');
});

const ODDITIES = process.env['FIXRES_ODDITIES'] ?? path.resolve(import.meta.dirname, '../../shared/data/oddities');

test.describe('photos as people have them', () => {
  const pillow = existsSync(ODDITIES) ? openPillow() : null;
  test.skip(pillow === null, `${ODDITIES} is not there, or Pillow is not installed`);
  let odd: OpenedLoaderPage;
  test.beforeAll(async () => {
    odd = await openLoaderPage(ODDITIES);
  });
  test.afterAll(async () => {
    pillow?.close();
    await odd.close();
  });

  for (const name of existsSync(ODDITIES) ? readdirSync(ODDITIES).sort() : []) {
    test(name, async () => {
      const { difference, failure, pillowFailure, width, height } = await comparePhoto(
        odd.page,
        pillow!,
        ODDITIES,
        name,
      );
      if (name.startsWith('truncated')) {
        expect(failure).toContain('cut off');
        expect(pillowFailure).toContain('truncated');
        return;
      }
      expect([failure, pillowFailure]).toEqual([null, null]);
      expect(difference?.max).toBeLessThanOrEqual(name.startsWith('cmyk') ? 1 : 0);
      // Of a large photo the pixels alone take seconds to come over.
      const upright = await odd.page.evaluate(
        async (ask) => {
          const turned = await window.loaderPage.photo(ask);
          return { width: turned.width, height: turned.height };
        },
        { path: name, respectExif: true },
      );
      const turned = /^exif_orientation_[5-8]/.test(name);
      expect([upright.width, upright.height]).toEqual(turned ? [height, width] : [width, height]);
    });
  }
});

/** Black, one bit a pixel. Checksums are left out: nobody gets so far as to read them. */
function blankPng(width: number, height: number): Buffer {
  const chunk = (tag: string, body: Buffer) => {
    const head = Buffer.alloc(8);
    head.writeUInt32BE(body.length);
    head.write(tag, 4);
    return Buffer.concat([head, body, Buffer.alloc(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))));
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', rows), chunk('IEND', Buffer.alloc(0))]);
}
