/** What leaves the studio and what it is for: photos tried with it, files that prove themselves. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { CLASSES, drawPhoto, makeClassFolders, VALIDATION_PER_CLASS } from './photos';
import { resnet18Shapes, writeNoise } from './weights';
import { chooseFolder, configure, goTo, openStudio, runDirectly, stateOf } from './studio';

test.describe.configure({ mode: 'serial' });

let page: Page;
const photos = makeClassFolders();

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  await openStudio(page);
  await chooseFolder(page, photos);
  await configure(page, {});
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'fixres-export-')), 'noise.safetensors');
  writeFileSync(file, writeNoise(resnet18Shapes(CLASSES.length), { classes: JSON.stringify(CLASSES) }));
  await goTo(page, 'takehome');
  await page.getByTestId('weights-input').setInputFiles(file);
  await expect.poll(() => stateOf(page, (s) => s.weights?.arch)).toBe('resnet18');
  await runDirectly(page, 'evaluate');
});
test.afterAll(() => page.close());

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

test('one photo is tried from the clipboard, and nothing but the next one is kept', async () => {
  const base64 = drawPhoto('square', 5).toString('base64');
  await page.evaluate((bytes) => {
    const data = new DataTransfer();
    const file = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
    data.items.add(new File([file], 'pasted.jpg', { type: 'image/jpeg' }));
    window.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data }));
  }, base64);
  await expect.poll(() => stateOf(page, (s) => s.tried?.photos.map(({ imageId }) => imageId))).toEqual(['pasted.jpg']);
  expect(await stateOf(page, (s) => [s.failure, s.trying])).toEqual([null, null]);
});
