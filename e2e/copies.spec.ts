/** Smaller copies of the photos: their size told before, made once, found again, and never a danger to a run. */
import { expect, type Page, test } from '@playwright/test';
import { CLASSES, makeKaggleFolder, TRAIN_PER_CLASS, VALIDATION_PER_CLASS } from './photos';
import {
  chooseFolder,
  configure,
  expectAccessible,
  goTo,
  onePage,
  openStudio,
  runDirectly,
  showTab,
  stateOf,
} from './studio';

test.describe.configure({ mode: 'serial' });

const PHOTOS = CLASSES.length * (TRAIN_PER_CLASS + VALIDATION_PER_CLASS);
/** Crops that need no more than the copies' side; the last batch is a whole one. */
const SETTINGS = { trainSize: 32, evalCrop: 32, evalResize: 40, epochs: 1, tuneAugmentation: 'test' as const };
const SIDE = 50;

let page: Page;
onePage(async (opened) => {
  page = opened;
  await openStudio(page);
  await chooseFolder(page, makeKaggleFolder());
  await configure(page, { ...SETTINGS, cacheSide: SIDE });
});

interface Use {
  side: number;
  fromCopies: number;
  fromPhotos: number;
  made: number;
  failure: string | null;
}

/** Evaluates the weights in memory; the loss tells the pixels apart. */
async function evaluated(): Promise<{ loss: number; use: Use | null }> {
  await runDirectly(page, 'evaluate');
  const loss = await stateOf(page, (s) => s.evaluate!.evaluation!.score.loss);
  const metrics = await page.evaluate(async () => (await window.studio.exportFile('metrics')).blob.text());
  const { runs } = JSON.parse(metrics) as { runs: { evaluate: { copies: Use | null } } };
  return { loss, use: runs.evaluate.copies };
}

/** Changes the settings, and back: what was evaluated before is measured anew. */
async function forgetEvaluations(): Promise<void> {
  await page.evaluate(() => window.studio.setConfig({ cacheSide: 0 }));
  await runDirectly(page, 'evaluate');
  await page.evaluate((cacheSide) => window.studio.setConfig({ cacheSide }), SIDE);
}

const kept = () =>
  page.evaluate(async () => {
    const names: string[] = [];
    const root = await navigator.storage.getDirectory();
    try {
      for await (const name of (await root.getDirectoryHandle('smaller-copies')).keys()) names.push(name);
    } catch {
      return names;
    }
    return names;
  });

let first: { loss: number; use: Use | null };

test('what they take is told before they are made', async () => {
  const panel = (await goTo(page, 'photos')).getByTestId('copies');
  await showTab(page, 'copies');
  await expect(panel.getByTestId('copies-sentence')).toContainText(`for ${PHOTOS} photos, made in the first epoch`);
  await expectAccessible(page, 'the panel on smaller copies');
});

test('test views come from copies, training crops that would lose detail from the photos', async () => {
  // Elsewhere than on the photos, whose views are drawn from copies, too.
  await goTo(page, 'baseline');
  await page.evaluate(() => window.studio.clearCopies());
  await runDirectly(page, 'baseline');
  first = await evaluated();
  const validation = CLASSES.length * VALIDATION_PER_CLASS;
  expect(await kept()).toHaveLength(validation);
  expect(first.use).toEqual({ side: SIDE, fromCopies: validation, fromPhotos: 0, made: 0, failure: null });
});

test('a broken copy is made anew, and the result is the same', async () => {
  await page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('smaller-copies');
    for await (const entry of folder.values()) {
      const writable = await (entry as FileSystemFileHandle).createWritable();
      await writable.write('no photo at all, though it is long enough to look like one');
      await writable.close();
    }
  });
  await forgetEvaluations();
  const again = await evaluated();
  expect(again.use?.made).toBe(CLASSES.length * VALIDATION_PER_CLASS);
  expect(again.loss).toBe(first.loss);
});

test('one click deletes them', async () => {
  const stage = await goTo(page, 'photos');
  // Its views are drawn, from copies.
  await showTab(page, 'views');
  await expect(stage.getByTestId('views')).toHaveAttribute('aria-busy', 'false');
  await showTab(page, 'copies');
  await stage.getByTestId('clear-copies').click();
  await expect.poll(kept).toEqual([]);
  await expect(stage.getByTestId('clear-copies')).toBeDisabled();
  await goTo(page, 'baseline');
});

test('a full disk costs no run', async () => {
  const protocol = await page.context().newCDPSession(page);
  const origin = new URL(page.url()).origin;
  await protocol.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
  await forgetEvaluations();
  const again = await evaluated();
  expect(again.use?.failure).toMatch(/quota/i);
  expect(again.loss).toBe(first.loss);
  expect(await kept()).toEqual([]);
  await protocol.send('Storage.overrideQuotaForOrigin', { origin });
});
