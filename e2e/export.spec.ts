/** What leaves the studio and what it is for: photos tried with it, files that prove themselves. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { launch } from 'puppeteer-core';
import { findFirefox } from '../src/cli/browser.mjs';
import { CLASSES, drawPhoto, makeClassFolders, VALIDATION_PER_CLASS } from './photos';
import { resnet18Shapes, writeNoise } from './weights';
import { chooseFolder, configure, expectState, goTo, onePage, openStudio, runDirectly, stateOf } from './studio';

test.describe.configure({ mode: 'serial' });

let page: Page;
const photos = makeClassFolders();
writeFileSync(path.join(photos, 'none.txt'), 'no photo');

onePage(async (opened) => {
  page = opened;
  await openStudio(page);
  await chooseFolder(page, photos);
  await configure(page, { arch: 'tiny18' });
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'fixres-export-')), 'noise.safetensors');
  const metadata = { arch: 'tiny18', classes: JSON.stringify(CLASSES) };
  writeFileSync(file, writeNoise(resnet18Shapes(CLASSES.length, 8), metadata));
  await goTo(page, 'takehome');
  await page.getByTestId('weights-input').setInputFiles(file);
  await expectState(page, (s) => s.weights?.arch).toBe('tiny18');
  await runDirectly(page, 'evaluate');
});

const rowsOf = (csv: string): string[][] =>
  csv
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));

test('photos without labels are given what predictions.csv says of them; what is no photo is named', async () => {
  await page.getByTestId('try-folder').setInputFiles(path.join(photos, 'val'));
  await expect(page.getByTestId('tried-sentence')).toContainText(`${CLASSES.length * VALIDATION_PER_CLASS} photos`);
  const { known, said, submission } = await page.evaluate(async () => {
    const text = async ({ blob }: { blob: Blob }) => blob.text();
    return {
      known: await text(await window.studio.exportFile('predictions')),
      said: await text(await window.studio.exportTried('probabilities')),
      submission: await text(await window.studio.exportTried('submission')),
    };
  });
  const expected = rowsOf(known).map(([id, , ...rest]) => [id!.replace(/^val\//, ''), ...rest].join());
  expect(new Set(said.trimEnd().split('\n'))).toEqual(new Set(expected));
  expect(rowsOf(submission).map(([id, label]) => [id, label])).toEqual(
    rowsOf(said).map(([id, predicted], i) => (i === 0 ? ['image_id', 'label'] : [id, predicted])),
  );

  const folder = mkdtempSync(path.join(tmpdir(), 'fixres-try-'));
  writeFileSync(path.join(folder, 'new.jpg'), drawPhoto('disc', 77));
  writeFileSync(path.join(folder, 'torn.jpg'), drawPhoto('disc', 78).subarray(0, 300));
  writeFileSync(path.join(folder, 'phone.heic'), Buffer.from('\0\0\0\x18ftypheic\0\0\0\0'));
  writeFileSync(path.join(folder, 'notes.txt'), 'no photo');
  await page.getByTestId('try-folder').setInputFiles(folder);
  await expect(page.getByTestId('tried-sentence')).toContainText('1 photo by');
  await expect(page.getByTestId('tried-sentence')).toContainText('2 files could not be read. 1 file is no photo.');
  const named = await page.getByTestId('tried-unreadable').textContent();
  expect(named).toContain('torn.jpg');
  expect(named).toContain('phone.heic is no photo that browsers read: HEIC');
  await expect(page.getByTestId('tried-photo').locator('canvas')).toHaveCount(2);
});

/** The page that is given away, and a line of predictions.csv a photo. */
let given: { html: string; known: readonly string[][] };

test('the page that is given away says what the studio says, from the disk and without a network', async ({
  browser,
}) => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.evaluate(() => window.studio.downloadModel('page', { prove: true })),
  ]);
  const folder = mkdtempSync(path.join(tmpdir(), 'fixres-page-'));
  execFileSync('unzip', ['-q', await download.path(), '-d', folder]);
  const csv = await page.evaluate(async () => (await window.studio.exportFile('predictions')).blob.text());
  const html = pathToFileURL(path.join(folder, 'classifier.html')).href;
  given = { html, known: rowsOf(csv).slice(1) };
  // What it is made of, with the terms, goes with it.
  expect(readFileSync(path.join(folder, 'classifier.html'), 'utf8')).toContain(
    '@tensorflow/tfjs-core 4.22.0 (Apache-2.0)',
  );

  const context = await browser.newContext({ offline: true });
  const classifier = await context.newPage();
  const failures: string[] = [];
  classifier.on('pageerror', (error) => failures.push(error.message));
  classifier.on('console', (message) => message.type() === 'error' && failures.push(message.text()));
  await classifier.goto(html);
  await expect(classifier.locator('#status')).toHaveText('Ready, on WebAssembly.');
  const first = classifier.locator('#cards > li').first();
  for (const [id, , , ...rest] of given.known) {
    await classifier.locator('#file').setInputFiles(path.join(photos, id!));
    await expect(first).toHaveAttribute('data-name', path.basename(id!));
    await expect(first).toHaveAttribute('data-probabilities', /./);
    const said = JSON.parse((await first.getAttribute('data-probabilities'))!) as number[];
    said.forEach((share, k) => expect(share).toBeCloseTo(Number(rest[k]), 5));
  }
  await classifier.locator('#file').setInputFiles(path.join(photos, 'none.txt'));
  await expect(first).toContainText('none.txt: it is no JPEG');
  expect(failures).toEqual([]);
  await context.close();
});

const firefox = findFirefox();

test('so it does in Firefox, as nearly as that decodes photos', async () => {
  test.skip(firefox === undefined, 'Firefox is not installed: apt-get install firefox-esr, or FIREFOX_PATH names one');
  const browser = await launch({ browser: 'firefox', executablePath: firefox!, headless: true });
  try {
    const classifier = await browser.newPage();
    await classifier.goto(given.html);
    await classifier.waitForFunction(() => document.querySelector('#status')?.textContent?.startsWith('Ready'));
    for (const [id, , , ...rest] of given.known) {
      const base64 = readFileSync(path.join(photos, id!)).toString('base64');
      await classifier.evaluate(
        (bytes, name) => {
          const data = new DataTransfer();
          const file = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
          data.items.add(new File([file], name, { type: 'image/jpeg' }));
          window.dispatchEvent(new DragEvent('drop', { dataTransfer: data }));
        },
        base64,
        path.basename(id!),
      );
      await classifier.waitForSelector(
        `#cards > li:first-child[data-name="${path.basename(id!)}"][data-probabilities]`,
      );
      const said = await classifier.$eval('#cards > li', (card) => card.dataset['probabilities'] ?? '');
      (JSON.parse(said) as number[]).forEach((share, k) => expect(share).toBeCloseTo(Number(rest[k]), 2));
    }
  } finally {
    await browser.close();
  }
});

test('one photo is tried from the clipboard, and nothing but the next one is kept', async () => {
  const base64 = drawPhoto('square', 5).toString('base64');
  await page.evaluate((bytes) => {
    const data = new DataTransfer();
    const file = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
    data.items.add(new File([file], 'pasted.jpg', { type: 'image/jpeg' }));
    window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data }));
  }, base64);
  await expectState(page, (s) => s.tried?.photos.map(({ imageId }) => imageId)).toEqual(['pasted.jpg']);
  expect(await stateOf(page, (s) => [s.failure, s.trying])).toEqual([null, null]);
});
