/** Two tabs of one browser: a project is worked on in one, watched in the other, which goes on with it when the first is closed. */
import { expect, type Page, test } from '@playwright/test';
import type { StudioState } from '../src/client/state';
import { makeClassFolders, makeKaggleFolder } from './photos';
import {
  begins,
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

const EPOCHS = 8;

/** It has asked for no GPU and opened nothing; what it shows is not its own. */
async function expectKeptOut(page: Page): Promise<void> {
  expect(await stateOf(page, (s) => [s.watching !== null, s.machine.status, s.run.state, s.project])).toEqual([
    true,
    'connecting',
    'idle',
    null,
  ]);
}

const epochs = (s: StudioState) => s.baseline?.epochs.length ?? 0;

test.describe('a second tab', () => {
  test.describe.configure({ mode: 'serial' });

  const folder = makeKaggleFolder();
  let page: Page;
  let second: Page;
  onePage((opened) => void (page = opened));

  test('watches the run of the first', async () => {
    await openStudio(page);
    await chooseFolder(page, folder);
    await configure(page, { epochs: EPOCHS });
    runDirectly(page, 'baseline').catch(() => undefined);
    await expectState(page, epochs).toBeGreaterThan(0);
    // However long a look at it takes, it is not over.
    await page.evaluate(() => window.studio.pause());

    second = await page.context().newPage();
    await second.goto('./');
    const elsewhere = second.getByTestId('elsewhere');
    await expect(elsewhere).toContainText('is open in another tab');
    await expect(elsewhere).toContainText(`of ${EPOCHS}`);
    const accuracies = elsewhere.getByRole('img', { name: /Accuracy/ });
    await expect(accuracies.or(elsewhere.getByText(/Accuracy/)).first()).toBeVisible();
    await expectAccessible(second, 'a run in another tab');
    await expect(second.getByTestId('take-over')).toBeHidden();
    await expectKeptOut(second);
    await page.evaluate(() => window.studio.resume());
    await expect(second.getByTestId('elsewhere-baseline')).toContainText('running');
    await expectState(page, epochs).toBeGreaterThan(2);
    expect(await stateOf(page, (s) => s.saved.failure)).toBeNull();
  });

  test('goes on with it when the first is closed', async () => {
    const { id } = (await stateOf(page, (s) => s.baseline))!;
    await page.close();
    const left = second.getByTestId('kept-project');
    await expect(left).toContainText(`of ${EPOCHS}, where it was saved last`);
    expect(await stateOf(second, (s) => s.config.epochs)).toBe(EPOCHS);
    await begins(second, () => second.getByTestId('take-up-files').setInputFiles(folder));
    await runToEnd(second);
    const ended = (await stateOf(second, (s) => s.baseline))!;
    expect([ended.id, ended.ended, ended.epochs.length]).toEqual([id, 'done', EPOCHS]);
    expect(await stateOf(second, (s) => [s.saved.failure, s.kept.length])).toEqual([null, 1]);
  });

  test('gives it to a third that asks, now that nothing goes on', async () => {
    const third = await second.context().newPage();
    await third.goto('./');
    await third.getByTestId('take-over').click();
    await expect(third.getByTestId('kept-project')).toContainText('results and weights as they were');
    expect(await stateOf(third, (s) => s.kept.length)).toBe(1);
    await expectState(second, (s) => s.project).toBeNull();
  });
});

test.describe('two tabs', () => {
  test.describe.configure({ mode: 'serial' });

  let page: Page;
  let second: Page;
  onePage((opened) => void (page = opened));

  test('see that what is trained in the other one is open there', async () => {
    await openStudio(page);
    await chooseFolder(page, makeKaggleFolder());
    await configure(page, { epochs: 500 });
    runDirectly(page, 'baseline').catch(() => undefined);
    await expectState(page, epochs).toBeGreaterThan(0);
    // Until the other one trains, too: a processor has enough to do.
    await page.evaluate(() => window.studio.pause());

    second = await page.context().newPage();
    await second.goto('./');
    await second.getByTestId('leave').click();
    await expectState(second, (s) => s.machine.status).toBe('ready');
    const row = second.getByTestId('kept-project');
    await expect(row).toContainText('Open in another tab');
    await expect(row.getByRole('button')).toHaveText(['Watch']);
  });

  test('train on two projects at once', async () => {
    await chooseFolder(second, makeClassFolders());
    await configure(second, { epochs: 500 });
    runDirectly(second, 'baseline').catch(() => undefined);
    await expectState(second, epochs).toBeGreaterThan(0);
    await page.evaluate(() => window.studio.resume());
    for (const tab of [page, second]) {
      const begun = await stateOf(tab, epochs);
      await expectState(tab, epochs).toBeGreaterThan(begun);
    }
    for (const tab of [second, page]) {
      expect(await stateOf(tab, (s) => s.run.state)).toBe('running');
      await tab.evaluate(() => window.studio.stop());
      await runToEnd(tab);
      expect(await stateOf(tab, (s) => [s.baseline?.ended, s.saved.failure])).toEqual(['stopped', null]);
    }
  });

  test('list the projects of both, and watch the other one’s', async () => {
    const first = (await stateOf(page, (s) => s.project))!;
    await second.getByTestId('more').click();
    await second.getByTestId('show-projects').click();
    const rows = second.getByRole('dialog').getByTestId('kept-project');
    await expect(rows).toHaveCount(2);
    await expect(rows.filter({ hasText: 'Open in another tab' })).toHaveAttribute('data-project', first.id);
    await rows.getByTestId('watch').click();
    await expect(second.getByTestId('elsewhere')).toContainText(`${first.name} is open in another tab`);
    await second.getByTestId('leave').click();
    expect(await stateOf(second, (s) => s.baseline?.ended)).toBe('stopped');
  });
});
