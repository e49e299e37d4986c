/** The GPU dies in the middle of a run: what was trained is still there, and the next run gets a new device. */
import { expect, test } from '@playwright/test';
import { makeKaggleFolder } from './photos';
import { chooseFolder, configure, openStudio, runDirectly, stateOf } from './studio';

test('a lost GPU ends the run, keeps the weights, and the next run works', async ({ page, browser }) => {
  await openStudio(page);
  await chooseFolder(page, makeKaggleFolder());
  await configure(page, { epochs: 50 });
  const run = runDirectly(page, 'baseline').catch((error: unknown) => String(error));
  await expect
    .poll(() => stateOf(page, (s) => s.baseline?.epochs.length ?? 0), { timeout: 5 * 60_000 })
    .toBeGreaterThan(0);

  const session = await browser.newBrowserCDPSession();
  await session.send('Browser.crashGpuProcess');
  expect(await run).toMatch(/GPU/);
  await expect(page.getByTestId('error')).toHaveAttribute('data-code', 'device-lost');
  expect(await stateOf(page, (s) => s.baseline?.ended)).toBe('failed');

  const size = await page.evaluate(async () => (await window.studio.exportFile('weights')).blob.size);
  expect(size).toBeGreaterThan(40e6);
  await runDirectly(page, 'evaluate');
  expect(await stateOf(page, (s) => s.evaluate?.evaluation?.score.count)).toBeGreaterThan(0);
});
