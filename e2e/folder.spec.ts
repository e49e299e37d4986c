/**
 * Folders behind a kept project after a reload: moved, changed, not allowed to be read. Handles are real ones, given by a drag
 * from the desktop, and what happens to the folders happens on the disk.
 */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { drawPhoto, makeClassFolders } from './photos';
import { configure, dropFolder, expectAccessible, openStudio, runDirectly, runToEnd, stateOf } from './studio';

/** A project of a folder that was dropped, in a page that was loaded again since; its id. */
async function trainedAndLeft(page: Page, folder: string): Promise<string> {
  await openStudio(page);
  await dropFolder(page, folder);
  await configure(page, { epochs: 1 });
  await runDirectly(page, 'baseline');
  await runToEnd(page);
  const { id } = (await stateOf(page, (s) => s.project))!;
  await page.reload();
  await expect(page.getByTestId('take-up')).toBeVisible();
  return id;
}

const opened = (page: Page) => stateOf(page, (s) => [s.project?.id, s.baseline?.ended, s.failure, s.wanted]);
const alert = (page: Page) => page.getByTestId('error');

test('a folder that was moved is said to be, and brings its project back from where it is now', async ({ page }) => {
  const folder = makeClassFolders();
  const id = await trainedAndLeft(page, folder);
  const moved = `${folder}-moved`;
  renameSync(folder, moved);
  await page.getByTestId('take-up').click();
  await expect(alert(page)).toContainText(`${path.basename(folder)} is not where it was`);
  await expect(alert(page)).toContainText('is kept as it was, with its results and weights');
  await expect(page.getByTestId('choose-again')).toBeVisible();
  await expectAccessible(page, 'a folder that was moved');

  await dropFolder(page, moved);
  await expect.poll(() => opened(page)).toEqual([id, 'done', null, null]);
  expect(await stateOf(page, (s) => s.project?.name)).toBe(path.basename(moved));
  // It is remembered where it is now.
  await page.reload();
  await page.getByTestId('take-up').click();
  await expect.poll(() => opened(page)).toEqual([id, 'done', null, null]);
});

test('photos that differ are named, the project stays, and they may begin another', async ({ page }) => {
  const folder = makeClassFolders();
  const id = await trainedAndLeft(page, folder);
  const [missing, added] = [path.join('train', 'disc', '0.jpg'), path.join('train', 'disc', 'new.jpg')];
  rmSync(path.join(folder, missing));
  writeFileSync(path.join(folder, added), drawPhoto('disc', 99));
  await page.getByTestId('take-up').click();
  await expect(alert(page)).toContainText(`${missing} is missing; ${added} is new`);
  await expectAccessible(page, 'a folder that has changed');
  expect(await stateOf(page, (s) => s.dataset)).toBeNull();

  await page.getByTestId('begin-anew').click();
  await expect.poll(() => stateOf(page, (s) => s.dataset !== null)).toBe(true);
  expect(await opened(page)).toEqual([undefined, undefined, null, null]);
  await configure(page, { epochs: 1 });
  await runDirectly(page, 'baseline');
  await runToEnd(page);
  const names = await page.evaluate(async () => (await window.studio.findProjects()).map((one) => one.id));
  expect(names).toHaveLength(2);
  expect(names[1]).toBe(id);

  // As it was again, it is the first project's.
  rmSync(path.join(folder, added));
  writeFileSync(path.join(folder, missing), drawPhoto('disc', 0));
  await dropFolder(page, folder);
  await expect.poll(() => opened(page)).toEqual([id, 'done', null, null]);
});

test('without leave to read the folder nothing is lost, and choosing it again gives leave', async ({ page }) => {
  const folder = makeClassFolders();
  // A browser without a window asks nobody: what a person answers is put in its place.
  await page.addInitScript(() => {
    if (localStorage.getItem('answer'))
      Object.assign(FileSystemHandle.prototype, { requestPermission: async () => localStorage.getItem('answer') });
  });
  const id = await trainedAndLeft(page, folder);
  for (const answer of ['denied', 'prompt']) {
    await page.evaluate((said) => localStorage.setItem('answer', said), answer);
    await page.reload();
    await page.getByTestId('take-up').click();
    await expect(alert(page)).toContainText(`The browser has no leave to read ${path.basename(folder)}`);
    await expect(alert(page)).toContainText('is kept as it was');
  }
  await dropFolder(page, folder);
  await expect.poll(() => opened(page)).toEqual([id, 'done', null, null]);
});
