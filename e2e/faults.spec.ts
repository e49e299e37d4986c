/** The GPU dies and the page is reloaded in the middle of one run: it goes on from where it was saved, to its end. */
import { expect, type Page, test } from '@playwright/test';
import type { StudioState } from '../src/client/state';
import { makeKaggleFolder } from './photos';
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

// The page that is loaded again is the one that was kept.
test.use({ serviceWorkers: 'allow' });

const EPOCHS = 7;

test.describe.configure({ mode: 'serial' });

const folder = makeKaggleFolder();
let page: Page;
let id: string;

onePage(async (opened) => {
  page = opened;
  // The page asks before it is left in the middle of a run.
  page.on('dialog', (dialog) => void dialog.accept());
  await openStudio(page);
  await chooseFolder(page, folder);
});

test('a run goes on after its GPU is lost', async ({ browser }) => {
  await configure(page, { epochs: EPOCHS });
  runDirectly(page, 'baseline').catch(() => undefined);
  const epochs = (s: StudioState) => s.baseline?.epochs.length ?? 0;
  await expectState(page, epochs, { timeout: 60_000 }).toBeGreaterThan(1);

  const session = await browser.newBrowserCDPSession();
  await session.send('Browser.crashGpuProcess');
  await expectState(page, (s) => s.warnings.join(' '), { timeout: 30_000 }).toContain('Another one is asked for');
  const before = await stateOf(page, epochs);
  await expectState(page, epochs, { timeout: 60_000 }).toBeGreaterThan(before);
  expect(await stateOf(page, (s) => [s.failure, s.run.state])).toEqual([null, 'running']);
  ({ id } = (await stateOf(page, (s) => s.baseline))!);
});

test('so it does after its page is reloaded in the middle of it, to its end', async () => {
  expect(await stateOf(page, (s) => s.run.state)).toBe('running');
  await page.reload();
  const left = page.getByTestId('kept-project');
  await expect(left).toContainText(`of ${EPOCHS}, where it was saved last`, { timeout: 60_000 });
  await expectAccessible(page, 'what an earlier visit has left');
  await begins(page, () => page.getByTestId('take-up-files').setInputFiles(folder));
  await runToEnd(page);
  const ended = (await stateOf(page, (s) => s.baseline))!;
  expect([ended.id, ended.ended]).toEqual([id, 'done']);
  expect(ended.epochs.map(({ record }) => record.epoch)).toEqual(Array.from({ length: EPOCHS }, (_, i) => i + 1));
  const steps = ended.series.points.map(({ step }) => step);
  expect(steps).toEqual(steps.map((_, i) => (i + 1) * ended.series.stride));
  expect(await page.evaluate(async () => (await window.studio.exportFile('predictions')).blob.size)).toBeGreaterThan(0);
});

test('what has ended is there the next time, too', async () => {
  await page.reload();
  await expect(page.getByTestId('kept-project')).toContainText('results and weights as they were', { timeout: 60_000 });
});
