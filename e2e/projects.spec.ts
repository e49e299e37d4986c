/** Several folders, several projects: each is there again, by its name, with what was made of it. */
import { expect, type Page, test } from '@playwright/test';
import type { OpenProject } from '../src/protocol/projects';
import { injectIntoWorker } from '../src/bench/engineWorker';
import { makeClassFolders, makeKaggleFolder } from './photos';
import {
  changeStorage,
  chooseFolder,
  configure,
  expectAccessible,
  expectState,
  onePage,
  openStudio,
  runDirectly,
  runToEnd,
  stateOf,
} from './studio';

async function trainOn(page: Page, folder: string, epochs: number): Promise<void> {
  await chooseFolder(page, folder);
  await configure(page, { epochs });
  await runDirectly(page, 'baseline');
  await runToEnd(page);
}

test.describe('two folders', () => {
  test.describe.configure({ mode: 'serial' });

  const [first, second] = [makeKaggleFolder(), makeClassFolders()];
  let page: Page;
  let before: OpenProject;
  onePage(async (opened) => {
    page = opened;
    await openStudio(page);
    await trainOn(page, first, 1);
    before = (await stateOf(page, (s) => s.project))!;
  });

  test('are two projects', async () => {
    await trainOn(page, second, 2);
    expect(await stateOf(page, (s) => s.project?.id)).not.toBe(before.id);

    await page.reload();
    const rows = page.getByTestId('kept-project');
    await expect(rows).toHaveCount(2);
    await expect(rows.first()).toContainText(/Baseline [\d.]+ %: results and weights as they were/);
    await expect(rows.nth(1)).toHaveAttribute('data-project', before.id);
    await expectAccessible(page, 'two kept projects');
  });

  test('keep the names that they are given', async () => {
    const rows = page.getByTestId('kept-project');
    await rows
      .nth(1)
      .getByRole('button', { name: /^Rename/ })
      .click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('Leaves of June');
    await page.keyboard.press('Enter');
    await expect(rows.nth(1)).toContainText('Leaves of June');
    await page.reload();
    await expect(rows.nth(1)).toContainText('Leaves of June');
  });

  test('bring their projects back', async () => {
    const rows = page.getByTestId('kept-project');
    await rows.nth(1).getByTestId('take-up-files').setInputFiles(first);
    await expectState(page, (s) => s.baseline?.epochs.length).toBe(1);
    expect(await stateOf(page, (s) => [s.project, s.failure])).toEqual([
      { id: before.id, name: 'Leaves of June' },
      null,
    ]);
    expect(await page.evaluate(async () => (await window.studio.exportFile('weights')).blob.size)).toBeGreaterThan(0);

    // From the header's menu to the other one, whose folder brings it back by itself, too.
    await page.getByTestId('more').click();
    await page.getByTestId('show-projects').click();
    const dialog = page.getByRole('dialog');
    await expect(dialog).toContainText('Open in this tab');
    await expectAccessible(page, 'the list of projects');
    await page.keyboard.press('Escape');
    await chooseFolder(page, second);
    await expectState(page, (s) => s.baseline?.epochs.length).toBe(2);
  });

  test('leave projects that are deleted, had back, and gone later', async () => {
    await page.reload();
    const rows = page.getByTestId('kept-project');
    await expect(rows).toHaveCount(2);
    const other = page.locator(`[data-project="${before.id}"]`);
    await other.getByRole('button', { name: /^Delete/ }).click();
    await expect(other).toContainText('is deleted');
    await page.getByTestId('keep-again').click();
    await expect(other).toContainText('results and weights as they were');
    await other.getByRole('button', { name: /^Delete/ }).click();
    await expect(other).toContainText('is deleted');
    // Later nobody can have it back, and the disk has its room.
    await injectIntoWorker(page, anHourLater);
    await page.reload();
    await expect(rows).toHaveCount(1);
    expect(await folders(page)).toEqual([await stateOf(page, (s) => s.projects[0]!.id)]);
  });
});

function anHourLater(): void {
  const Now = Date;
  globalThis.Date = class extends Now {
    constructor(...given: [] | [string]) {
      if (given.length === 0) super(Now.now() + 3_600_000);
      else super(...given);
    }
  } as DateConstructor;
}

const folders = (page: Page) =>
  page.evaluate(async () => {
    const projects = await (await navigator.storage.getDirectory()).getDirectoryHandle('projects');
    const names: string[] = [];
    for await (const name of projects.keys()) names.push(name);
    return names;
  });

test.describe('the one project that earlier versions kept', () => {
  test.describe.configure({ mode: 'serial' });

  let page: Page;
  const folder = makeKaggleFolder();
  onePage(async (opened) => {
    page = opened;
    await openStudio(page);
    await trainOn(page, folder, 1);
  });

  test('is there, and gone on with where it is', async () => {
    await changeStorage(page, async () => {
      const root = await navigator.storage.getDirectory();
      const projects = await root.getDirectoryHandle('projects');
      const { value: now } = (await projects.values().next()) as { value: FileSystemDirectoryHandle };
      const then = await root.getDirectoryHandle('project', { create: true });
      for await (const file of now.values() as AsyncIterable<FileSystemFileHandle>) {
        if (file.name.startsWith('label')) continue;
        const writable = await (await then.getFileHandle(file.name, { create: true })).createWritable();
        await writable.write(await file.getFile());
        await writable.close();
      }
      await root.removeEntry('projects', { recursive: true });
    });
    await openStudio(page);
    const row = page.getByTestId('kept-project');
    await expect(row).toContainText('results and weights as they were');
    await page.getByTestId('take-up-files').setInputFiles(folder);
    await expectState(page, (s) => s.baseline?.epochs.length).toBe(1);
    await runDirectly(page, 'sweep');
    await runToEnd(page);
  });

  test('stays in its place beside a newer one', async () => {
    await trainOn(page, makeClassFolders(), 1);
    await page.reload();
    const row = page.getByTestId('kept-project');
    await expect(row).toHaveCount(2);
    await expect(row.nth(1)).toHaveAttribute('data-project', 'project');
    await row
      .nth(1)
      .getByRole('button', { name: /^Rename/ })
      .click();
    await page.keyboard.type('!');
    await page.keyboard.press('Enter');
    await expect(row.nth(1)).toContainText('!');
  });
});
