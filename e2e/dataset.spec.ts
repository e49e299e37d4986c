import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import {
  CLASSES,
  makeBrokenFolder,
  makeClassFolders,
  temporaryFolder,
  TRAIN_PER_CLASS,
  VALIDATION_PER_CLASS,
} from './photos';
import { chooseFolder, expectState, goTo, onePage, openStudio, showTab, stateOf } from './studio';

let page: Page;
onePage(async (opened) => {
  page = opened;
  await openStudio(page);
});
test.beforeEach(() => page.evaluate(() => window.studio.store.setState({ dataset: null, failure: null })));

test('the sample is drawn on the spot', async () => {
  await page.getByTestId('try-sample').click();
  await expectState(page, (s) => s.dataset?.classes.length ?? 0, { timeout: 2 * 60_000 }).toBe(5);
  await showTab(page, 'photos');
  await expect(page.getByTestId('stage-photos').locator('img').first()).toBeVisible();
});

test('class folders come in through the folder input', async () => {
  await chooseFolder(page, makeClassFolders());
  const summary = await stateOf(page, (s) => s.dataset);
  expect(summary?.classes).toEqual(
    CLASSES.map((name) => ({ name, train: TRAIN_PER_CLASS, validation: VALIDATION_PER_CLASS, test: 0 })),
  );
  expect(summary?.refusal).toBeUndefined();
});

test('what is wrong in a folder is told with file and row, and stepped over', async () => {
  const broken = makeBrokenFolder();
  await chooseFolder(page, broken.folder);
  const summary = await stateOf(page, (s) => s.dataset);
  const found = (code: string) => summary?.warnings.filter((warning) => warning.code === code) ?? [];
  expect(found('missing-file')).toEqual([expect.objectContaining({ row: broken.missingFile.row })]);
  expect(JSON.stringify(found('missing-file'))).toContain(broken.missingFile.file);
  expect(found('duplicate-row')).toEqual([expect.objectContaining({ row: broken.duplicate.row })]);
  expect(JSON.stringify(found('duplicate-row'))).toContain(broken.duplicate.file);
  expect(found('bad-label')).toEqual([expect.objectContaining({ row: broken.badLabel.row })]);
  expect(JSON.stringify(found('file-in-no-row'))).toContain(broken.unlistedPhoto);
  expect(summary?.trainCount).toBeGreaterThanOrEqual(CLASSES.length * TRAIN_PER_CLASS);

  const stage = await goTo(page, 'photos');
  await stage.getByTestId('warnings').getByRole('button').click();
  await expect(stage.getByTestId('warnings')).toContainText(broken.missingFile.file);
  await expect(stage.getByTestId('warnings')).toContainText(String(broken.missingFile.row));
});

test('one class alone is refused before anything starts', async () => {
  await chooseFolder(page, makeClassFolders(['disc']));
  await goTo(page, 'photos');
  await expect(page.getByTestId('refusal').or(page.getByTestId('error')).first()).toBeVisible();
  await goTo(page, 'baseline');
  await expect(page.getByTestId('start')).toBeDisabled();
});

test('a refused folder says why, and the photos that were open stay open and usable', async () => {
  await chooseFolder(page, makeClassFolders());
  const before = await stateOf(page, (s) => s.dataset);
  const folder = (name: string, text: string) => {
    const made = temporaryFolder('refused');
    writeFileSync(path.join(made, name), text);
    return made;
  };
  const refused = [folder('lone.csv', 'image_id,label\na.jpg,1\n'), folder('read.me', ''), makeClassFolders(['disc'])];
  for (const one of refused) {
    await page.getByTestId('folder-input').setInputFiles(one);
    await expect(page.getByTestId('error')).toHaveAttribute('data-code', 'bad-dataset');
    expect(await stateOf(page, (s) => s.opening)).toBeNull();
    expect(await stateOf(page, (s) => s.dataset)).toEqual(before);
    const stage = await goTo(page, 'photos');
    await showTab(page, 'photos');
    await expect(stage.locator('img').first()).toBeVisible();
    await page.evaluate(() => window.studio.dismissFailure());
  }
});
