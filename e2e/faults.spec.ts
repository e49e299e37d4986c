/** The GPU dies and the page is reloaded in the middle of a run: it goes on from where it was saved, to its end. */
import { expect, test } from '@playwright/test';
import { makeKaggleFolder } from './photos';
import { chooseFolder, configure, expectAccessible, openStudio, runDirectly, runToEnd, stateOf } from './studio';

const EPOCHS = 16;

test('a run goes on after its GPU is lost and its page reloaded', async ({ page, browser }) => {
  // The page asks before it is left in the middle of a run.
  page.on('dialog', (dialog) => void dialog.accept());
  const folder = makeKaggleFolder();
  await openStudio(page);
  await chooseFolder(page, folder);
  await configure(page, { arch: 'tiny18', epochs: EPOCHS });
  runDirectly(page, 'baseline').catch(() => undefined);
  const epochs = () => stateOf(page, (s) => s.baseline?.epochs.length ?? 0);
  await expect.poll(epochs, { timeout: 60_000 }).toBeGreaterThan(1);

  const session = await browser.newBrowserCDPSession();
  await session.send('Browser.crashGpuProcess');
  await expect
    .poll(() => stateOf(page, (s) => s.warnings.join(' ')), { timeout: 30_000 })
    .toContain('Another one is asked for');
  const before = await epochs();
  await expect.poll(epochs, { timeout: 60_000 }).toBeGreaterThan(before);
  expect(await stateOf(page, (s) => [s.failure, s.run.state])).toEqual([null, 'running']);
  const { id } = (await stateOf(page, (s) => s.baseline))!;

  await page.reload();
  const left = page.getByTestId('kept-project');
  await expect(left).toContainText(`of ${EPOCHS} and goes on exactly there`, { timeout: 60_000 });
  await expectAccessible(page, 'what an earlier visit has left');
  await page.getByTestId('take-up-files').setInputFiles(folder);
  await expect.poll(() => stateOf(page, (s) => s.run.state), { timeout: 30_000 }).toBe('running');
  await runToEnd(page);
  const ended = (await stateOf(page, (s) => s.baseline))!;
  expect([ended.id, ended.ended]).toEqual([id, 'done']);
  expect(ended.epochs.map(({ record }) => record.epoch)).toEqual(Array.from({ length: EPOCHS }, (_, i) => i + 1));
  const steps = ended.series.points.map(({ step }) => step);
  expect(steps).toEqual(steps.map((_, i) => (i + 1) * ended.series.stride));
  expect(await page.evaluate(async () => (await window.studio.exportFile('predictions')).blob.size)).toBeGreaterThan(0);

  // What has ended is there the next time, too.
  await page.reload();
  await expect(left).toContainText('results and weights as they were', { timeout: 60_000 });
});
