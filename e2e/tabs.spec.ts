/** Two tabs of one browser: a project is worked on in one, watched in the other, which goes on with it when the first is closed. */
import { expect, type Page, test } from '@playwright/test';
import { makeClassFolders, makeKaggleFolder } from './photos';
import { chooseFolder, configure, expectAccessible, openStudio, runDirectly, runToEnd, stateOf } from './studio';

const EPOCHS = 16;

/** It has asked for no GPU and opened nothing; what it shows is not its own. */
async function expectKeptOut(page: Page): Promise<void> {
  expect(await stateOf(page, (s) => [s.watching !== null, s.machine.status, s.run.state, s.project])).toEqual([
    true,
    'connecting',
    'idle',
    null,
  ]);
}

const epochsOf = (page: Page) => stateOf(page, (s) => s.baseline?.epochs.length ?? 0);

test('a second tab watches the run, and goes on with it when the first is closed', async ({ page, context }) => {
  const folder = makeKaggleFolder();
  await openStudio(page);
  await chooseFolder(page, folder);
  await configure(page, { epochs: EPOCHS });
  runDirectly(page, 'baseline').catch(() => undefined);
  await expect.poll(() => stateOf(page, (s) => s.project)).not.toBeNull();

  const second = await context.newPage();
  await second.goto('./');
  const elsewhere = second.getByTestId('elsewhere');
  await expect(elsewhere).toContainText('is open in another tab');
  await expect(elsewhere).toContainText(`of ${EPOCHS}`);
  await expect(second.getByTestId('elsewhere-baseline')).toContainText('running');
  const accuracies = elsewhere.getByRole('img', { name: /Accuracy/ });
  await expect(accuracies.or(elsewhere.getByText(/Accuracy/)).first()).toBeVisible();
  await expectAccessible(second, 'a run in another tab');
  await expect(second.getByTestId('take-over')).toBeHidden();
  await expectKeptOut(second);
  await expect.poll(() => epochsOf(page)).toBeGreaterThan(2);
  expect(await stateOf(page, (s) => s.saved.failure)).toBeNull();
  const { id } = (await stateOf(page, (s) => s.baseline))!;

  await page.close();
  const left = second.getByTestId('kept-project');
  await expect(left).toContainText(`of ${EPOCHS} and goes on exactly there`);
  expect(await stateOf(second, (s) => s.config.epochs)).toBe(EPOCHS);
  await second.getByTestId('take-up-files').setInputFiles(folder);
  await expect.poll(() => stateOf(second, (s) => s.run.state)).toBe('running');
  await runToEnd(second);
  const ended = (await stateOf(second, (s) => s.baseline))!;
  expect([ended.id, ended.ended, ended.epochs.length]).toEqual([id, 'done', EPOCHS]);
  expect(await stateOf(second, (s) => [s.saved.failure, s.kept.length])).toEqual([null, 1]);

  // A third one is given it for the asking, now that nothing goes on.
  const third = await context.newPage();
  await third.goto('./');
  await third.getByTestId('take-over').click();
  await expect(third.getByTestId('kept-project')).toContainText('results and weights as they were');
  expect(await stateOf(third, (s) => s.kept.length)).toBe(1);
  await expect.poll(() => stateOf(second, (s) => s.project)).toBeNull();
});

test('two tabs train on two projects, and each sees whose the other one is', async ({ page, context }) => {
  await openStudio(page);
  await chooseFolder(page, makeKaggleFolder());
  await configure(page, { epochs: 500 });
  runDirectly(page, 'baseline').catch(() => undefined);
  await expect.poll(() => epochsOf(page)).toBeGreaterThan(0);
  const first = (await stateOf(page, (s) => s.project))!;

  const second = await context.newPage();
  await second.goto('./');
  await second.getByTestId('leave').click();
  await expect.poll(() => stateOf(second, (s) => s.machine.status)).toBe('ready');
  const row = second.getByTestId('kept-project');
  await expect(row).toContainText('Open in another tab');
  await expect(row.getByRole('button')).toHaveText(['Watch']);
  await chooseFolder(second, makeClassFolders());
  await configure(second, { epochs: 3 });
  runDirectly(second, 'baseline').catch(() => undefined);
  await expect.poll(() => epochsOf(second)).toBeGreaterThan(0);
  // Both go on at once.
  expect([await stateOf(page, (s) => s.run.state), await stateOf(second, (s) => s.run.state)]).toEqual([
    'running',
    'running',
  ]);
  await runToEnd(second);
  const far = await epochsOf(page);
  await expect.poll(() => epochsOf(page)).toBeGreaterThan(far);
  await page.evaluate(() => window.studio.stop());
  await runToEnd(page);
  expect(await stateOf(page, (s) => [s.baseline?.ended, s.saved.failure])).toEqual(['stopped', null]);
  expect(await stateOf(second, (s) => [s.baseline?.ended, s.saved.failure])).toEqual(['done', null]);
  await second.getByTestId('more').click();
  await second.getByTestId('show-projects').click();
  const rows = second.getByRole('dialog').getByTestId('kept-project');
  await expect(rows).toHaveCount(2);
  await expect(rows.filter({ hasText: 'Open in another tab' })).toHaveAttribute('data-project', first.id);
  await rows.getByTestId('watch').click();
  await expect(second.getByTestId('elsewhere')).toContainText(`${first.name} is open in another tab`);
  await second.getByTestId('leave').click();
  expect(await stateOf(second, (s) => s.baseline?.ended)).toBe('done');
});
