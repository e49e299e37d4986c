/**
 * Folders behind a kept project after a reload: moved, changed, not allowed to be read. Handles are real ones, given by a drag
 * from the desktop, and what happens to the folders happens on the disk.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import type { StudioState } from '../src/client/state';
import { drawPhoto, makeClassFolders } from './photos';
import {
  configure,
  dropFolder,
  expectAccessible,
  expectState,
  goTo,
  onePage,
  openStudio,
  runDirectly,
  runToEnd,
  stateOf,
} from './studio';

test.describe.configure({ mode: 'serial' });

let page: Page;
let folder = '';
/** Of the folder's project, which was trained in one page and is taken up again in others. */
let id: string;

onePage(async (opened) => {
  page = opened;
  // A browser without a window asks nobody: what a person answers is put in its place.
  await page.addInitScript(() => {
    if (localStorage.getItem('answer'))
      Object.assign(FileSystemHandle.prototype, { requestPermission: async () => localStorage.getItem('answer') });
  });
  folder = makeClassFolders();
  await openStudio(page);
  await dropFolder(page, folder);
  await train();
  ({ id } = (await stateOf(page, (s) => s.project))!);
});
test.beforeEach(async () => {
  await page.reload();
  await expect(page.getByTestId('take-up')).toBeVisible();
});

async function train(): Promise<void> {
  await configure(page, { epochs: 1 });
  await runDirectly(page, 'baseline');
  await runToEnd(page);
}

const opened = (s: StudioState) => [s.project?.id, s.baseline?.ended, s.failure, s.wanted];
/** Beside the project that it is about. */
const alert = () => page.locator(`[data-project="${id}"]`).getByTestId('error');

test('without leave to read the folder nothing is lost, and choosing it again gives leave', async () => {
  for (const answer of ['denied', 'prompt']) {
    await page.evaluate((said) => localStorage.setItem('answer', said), answer);
    await page.reload();
    await page.getByTestId('take-up').click();
    await expect(alert()).toContainText(`The browser has no leave to read ${path.basename(folder)}`);
    await expect(alert()).toContainText('is kept as it was');
    await expect(page.getByTestId('error')).toHaveCount(1);
  }
  await expectAccessible(page, 'a folder that may not be read');

  // Its figures need no photos, and who looks at them has left the folder alone.
  await page.getByTestId('see-figures').click();
  await expect(page.getByTestId('stage-runs')).toContainText(path.basename(folder));
  await expect(page.getByTestId('error')).toHaveCount(0);
  await goTo(page, 'photos');

  await page.getByTestId('take-up').click();
  await expect(page.getByTestId('take-up')).toHaveText('Ask again');
  await page.evaluate(() => localStorage.setItem('answer', 'granted'));
  await page.getByTestId('take-up').click();
  await expectState(page, opened).toEqual([id, 'done', null, null]);

  await page.evaluate(() => localStorage.setItem('answer', 'denied'));
  await page.reload();
  await page.getByTestId('take-up').click();
  await expect(alert()).toBeVisible();
  await dropFolder(page, folder);
  await expectState(page, opened).toEqual([id, 'done', null, null]);
  await page.evaluate(() => localStorage.removeItem('answer'));
});

test('a folder that was moved is said to be, and brings its project back from where it is now', async () => {
  const from = folder;
  folder = `${from}-moved`;
  renameSync(from, folder);
  await page.getByTestId('take-up').click();
  await expect(alert()).toContainText(`${path.basename(from)} is not where it was`);
  await expect(alert()).toContainText('is kept as it was, with its results and weights');
  await expect(page.getByTestId('choose-again')).toBeVisible();
  await expectAccessible(page, 'a folder that was moved');

  await dropFolder(page, folder);
  await expectState(page, opened).toEqual([id, 'done', null, null]);
  expect(await stateOf(page, (s) => s.project?.name)).toBe(path.basename(folder));
  // It is remembered where it is now.
  await page.reload();
  await page.getByTestId('take-up').click();
  await expectState(page, opened).toEqual([id, 'done', null, null]);
});

test('photos that differ are named, the project stays, and they may begin another', async () => {
  const [missing, added] = [path.join('train', 'disc', '0.jpg'), path.join('train', 'disc', 'new.jpg')];
  rmSync(path.join(folder, missing));
  writeFileSync(path.join(folder, added), drawPhoto('disc', 99));
  await page.getByTestId('take-up').click();
  await expect(alert()).toContainText(`${missing} is missing; ${added} is new`);
  await expectAccessible(page, 'a folder that has changed');
  expect(await stateOf(page, (s) => s.dataset)).toBeNull();

  await page.getByTestId('begin-anew').click();
  await expectState(page, (s) => s.dataset !== null).toBe(true);
  expect(await stateOf(page, opened)).toEqual([undefined, undefined, null, null]);
  await train();
  const names = await page.evaluate(async () => (await window.studio.findProjects()).map((one) => one.id));
  expect(names).toHaveLength(2);
  expect(names[1]).toBe(id);

  // As it was again, it is the first project's.
  rmSync(path.join(folder, added));
  writeFileSync(path.join(folder, missing), drawPhoto('disc', 0));
  await dropFolder(page, folder);
  await expectState(page, opened).toEqual([id, 'done', null, null]);
});
