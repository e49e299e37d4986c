/** Several runs, one after the other: chosen on the page, changed while they go on, and gone on with after a reload. */
import { expect, type Page, test } from '@playwright/test';
import { makeKaggleFolder } from './photos';
import {
  begins,
  chooseFolder,
  expectAccessible,
  expectState,
  goTo,
  onePage,
  openStudio,
  stateOf,
  TINY,
} from './studio';

test.describe.configure({ mode: 'serial' });

const folder = makeKaggleFolder();
let page: Page;
onePage((opened) => void (page = opened));

test('steps with two seeds are chosen, and dropped while they go on', async () => {
  await openStudio(page);
  await chooseFolder(page, folder);
  await page.evaluate((config) => window.studio.setConfig(config), { ...TINY, sweepSizes: [32, 48] });
  await goTo(page, 'baseline');
  await page.getByTestId('open-queue').click();
  const drawer = page.getByRole('dialog');
  await expect(page.getByTestId('queue-plan')).toContainText('of GPU memory at most');
  await page.getByTestId('queue-finetune').uncheck();
  await page.getByTestId('queue-framing').check();
  await page.getByTestId('queue-seeds').fill('2');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectAccessible(page, 'the queue, empty');
  await begins(page, () => page.getByTestId('start-queue').click());
  // None of them is over before it has been looked at.
  await page.evaluate(() => window.studio.pause());
  await expect(drawer).toBeHidden();
  await expectState(page, (s) => s.run).toMatchObject({ run: 'baseline', state: 'paused' });

  // Five more wait; one of them is dropped by the keyboard.
  await page.getByTestId('open-queue').click();
  await expect(page.getByTestId('queue').getByRole('listitem')).toHaveCount(6);
  await page.getByRole('button', { name: 'Drop Framing' }).first().press('Enter');
  await expect(page.getByTestId('queue').getByRole('listitem')).toHaveCount(5);
  await expectAccessible(page, 'the queue, going');
  await page.keyboard.press('Escape');
  await page.evaluate(() => window.studio.resume());
});

test('they survive a reload in the middle of one', async () => {
  // The second seed’s baseline takes a second or less.
  await expectState(page, (s) => s.seeds?.done.length === 2 && s.run.run === 'baseline').toBe(true);
  await page.reload();
  await page.getByTestId('take-up-files').setInputFiles(folder);
  await expectState(page, (s) => s.seeds?.done.length).toBe(5);
  await expectState(page, (s) => s.queue).toEqual({ runs: [], going: false });
  expect(await stateOf(page, (s) => s.seeds?.done.map(({ run, seed }) => `${run} ${seed}`))).toEqual([
    'baseline 42',
    'sweep 42',
    'baseline 43',
    'sweep 43',
    'framing 43',
  ]);
});

test('figures of the seeds stand together', async () => {
  await goTo(page, 'sweep');
  await page.getByTestId('tab-seeds').click();
  await expect(page.getByText('2 seeds (42 to 43).')).toBeVisible();
  await page.getByTestId('seed-chart').selectOption('activations');
  await expect(page.getByRole('figure', { name: 'pooled activations' })).toBeVisible();
  await expectAccessible(page, 'activations over seeds');
  await page.evaluate(() => window.studio.chooseExperiment('framing'));
  await page.getByTestId('tab-seeds').click();
  await expect(page.getByRole('figure', { name: 'figures side by side' })).toBeVisible();
});
