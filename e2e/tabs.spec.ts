/** Two tabs of one browser: one has the project, the other watches it and takes over when it is closed. */
import { expect, type Page, test } from '@playwright/test';
import { makeKaggleFolder } from './photos';
import { chooseFolder, configure, expectAccessible, openStudio, runDirectly, runToEnd, stateOf } from './studio';

const EPOCHS = 16;

/** It has asked for no GPU and read or written nothing; what it shows is not its own. */
async function expectKeptOut(page: Page): Promise<void> {
  expect(await stateOf(page, (s) => [s.owns, s.machine.status, s.run.state, s.kept.length])).toEqual([
    false,
    'connecting',
    'idle',
    0,
  ]);
}

test('a second tab watches the run, and goes on with it when the first is closed', async ({ page, context }) => {
  const folder = makeKaggleFolder();
  await openStudio(page);
  const second = await context.newPage();
  await second.goto('./');
  const elsewhere = second.getByTestId('elsewhere');
  await expect(elsewhere).toContainText('The studio is open in another tab');

  await page.bringToFront();
  await chooseFolder(page, folder);
  await configure(page, { epochs: EPOCHS });
  runDirectly(page, 'baseline').catch(() => undefined);
  await second.bringToFront();
  await expect(elsewhere).toContainText('is open in another tab');
  await expect(elsewhere).toContainText(`of ${EPOCHS}`);
  await expect(second.getByTestId('elsewhere-baseline')).toContainText('running');
  const accuracies = elsewhere.getByRole('img', { name: /Accuracy/ });
  await expect(accuracies.or(elsewhere.getByText(/Accuracy/)).first()).toBeVisible();
  await expectAccessible(second, 'a run in another tab');
  await expect(second.getByTestId('take-over')).toBeHidden();
  await expectKeptOut(second);
  await expect.poll(() => stateOf(page, (s) => s.baseline?.epochs.length ?? 0)).toBeGreaterThan(2);
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

  // A third one is given it for the asking, now that nothing goes on; the second watches then.
  const third = await context.newPage();
  await third.goto('./');
  await third.getByTestId('take-over').click();
  await expect(third.getByTestId('kept-project')).toContainText('results and weights as they were');
  await expect(second.getByTestId('elsewhere')).toBeVisible();
  expect(await stateOf(third, (s) => s.kept.length)).toBe(1);
});
