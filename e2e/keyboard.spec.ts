/** From dropped photos to a downloaded file with no hand on the mouse, and no stop of which nobody knows where it is. */
import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { makeKaggleFolder } from './photos';
import { begins, configure, dropFolder, onePage, openStudio, runToEnd } from './studio';

/** More stops than that are a way nobody goes. */
const MOST_STOPS = 40;

test.describe.configure({ mode: 'serial' });

let page: Page;
onePage(async (opened) => {
  page = opened;
  await openStudio(page);
});

test('the first stop leads past the path to the work', async () => {
  await page.keyboard.press('Tab');
  await expect(page.locator('a[href="#stage"]')).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.querySelector('main')!.contains(document.activeElement))).toBe(true);
});

test('all steps are gone through by keyboard', async () => {
  await dropFolder(page, makeKaggleFolder());
  await configure(page, { epochs: 1, sweepSizes: [32, 48] });

  await press(page, 'nav-baseline');
  await run(page);
  await press(page, 'nav-sweep');
  await run(page);
  await tabTo(page, 'tab-accuracy');
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('tab-classes')).toBeFocused();
  await press(page, 'nav-finetune');
  await run(page);
});

test('the weights are taken home by keyboard', async () => {
  await press(page, 'nav-takehome');

  const download = page.waitForEvent('download');
  await press(page, 'download-weights');
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/\.safetensors$/);
  const header = readFileSync(await file.path())
    .subarray(8)
    .toString('latin1');
  expect(header).toContain('conv1.weight');
});

/** Starts the shown step and waits for its end; the focus is on what can be done meanwhile, and then goes on from there. */
async function run(page: Page): Promise<void> {
  await begins(page, () => press(page, 'start'));
  await expectFocus(page);
  await runToEnd(page);
  await expectFocus(page);
}

async function expectFocus(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => document.activeElement !== document.body)).toBe(true);
}

async function press(page: Page, testId: string): Promise<void> {
  await tabTo(page, testId);
  await page.keyboard.press('Enter');
}

/** Tabs on until it has the focus, which must show where it is at every stop. */
async function tabTo(page: Page, testId: string): Promise<void> {
  const target = page.getByTestId(testId);
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
    const hidden = await page.evaluate(() => {
      const focused = document.activeElement!;
      // A choice among some is its label, which shows the ring.
      const [label] = focused instanceof HTMLInputElement ? (focused.labels ?? []) : [];
      const box = (label ?? focused).getBoundingClientRect();
      const seen = focused === document.body || (box.width > 0 && box.height > 0);
      return seen ? null : focused.outerHTML.slice(0, 120);
    });
    expect(hidden, 'a stop that is not to be seen').toBeNull();
  }
  throw new Error(`${testId} is not among ${MOST_STOPS} stops`);
}
