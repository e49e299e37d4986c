/** A report of the whole method over seeds, opened from the disk in a browser without a network: all of it is there. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { makeKaggleFolder, temporaryFolder } from './photos';
import { chooseFolder, goTo, onePage, openStudio, TINY } from './studio';

/** A4 within its margins, px. */
const PAPER = 688;

test.describe.configure({ mode: 'serial' });

let file: string;
let page: Page;
onePage(async (opened) => {
  page = opened;
  await openStudio(page);
  await chooseFolder(page, makeKaggleFolder());
});

test('a report of the whole method over two seeds is one file', async () => {
  await page.evaluate((config) => window.studio.setConfig(config), { ...TINY, epochs: 1, sweepSizes: [32, 48] });
  await page.evaluate(async () => {
    await window.studio.enqueue(['baseline', 'sweep', 'finetune'], 2);
    await window.studio.runQueue();
  });
  await goTo(page, 'takehome');
  const coming = page.waitForEvent('download');
  await page.getByTestId('download-report').click();
  file = path.join(temporaryFolder('report'), 'report.html');
  await (await coming).saveAs(file);
  expect((await coming).suggestedFilename()).toMatch(/\.html$/);
});

test('a report stands alone', async ({ browser }) => {
  const context = await browser.newContext({ offline: true, reducedMotion: 'reduce' });
  const report = await context.newPage();
  const asked: string[] = [];
  const wrong: string[] = [];
  report.on('request', (request) => asked.push(request.url()));
  report.on('console', (message) => wrong.push(message.text()));
  report.on('pageerror', (error) => wrong.push(error.message));
  await report.goto(pathToFileURL(file).href);
  await expect(report.getByRole('heading', { name: 'How to do it again' })).toBeVisible();
  for (const title of [
    'Baseline: accuracy by epoch',
    'Accuracy by test resolution',
    'Test resolution over seeds: pooled activations',
  ])
    await expect(report.getByRole('img', { name: title })).toBeVisible();
  for (const drawing of await report.locator('svg').all()) {
    const { width = 0, height = 0 } = (await drawing.boundingBox()) ?? {};
    expect(Math.min(width, height)).toBeGreaterThan(100);
  }
  await expect(report.getByText('Over 2 seeds (42 to 43)')).toBeVisible();
  expect(asked).toEqual([pathToFileURL(file).href]);
  expect(wrong).toEqual([]);
  for (const colorScheme of ['light', 'dark'] as const) {
    await report.emulateMedia({ colorScheme });
    const axe = new AxeBuilder({ page: report }).setLegacyMode().options({ resultTypes: ['violations'] });
    expect((await axe.analyze()).violations).toEqual([]);
  }
  const sideways = () =>
    report.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  await report.setViewportSize({ width: 320, height: 800 });
  expect(await sideways()).toBe(0);
  await report.emulateMedia({ media: 'print' });
  await report.setViewportSize({ width: PAPER, height: 1000 });
  expect(await sideways()).toBe(0);
  await context.close();
});
