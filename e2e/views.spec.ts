/** The panel that shows a photo's views: drawn by the code that trains, drawn again, of another photo. */
import { expect, type Page, test } from '@playwright/test';
import { makeKaggleFolder } from './photos';
import {
  chooseFolder,
  configure,
  expectAccessible,
  expectState,
  goTo,
  onePage,
  openStudio,
  startRun,
  stateOf,
} from './studio';

test.describe.configure({ mode: 'serial' });

let page: Page;
onePage(async (opened) => {
  page = opened;
  await openStudio(page);
});
test.afterEach(() => page.emulateMedia({ colorScheme: null }));

/** Sums of the views' bytes: equal for equal pictures. */
const sums = (kind: 'train' | 'test') =>
  page.getByTestId(`view-${kind}`).evaluateAll((items) =>
    items.map((item) => {
      const canvas = item.querySelector('canvas');
      if (!canvas) return 0;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return data.reduce((sum, byte, i) => (sum + byte * ((i % 251) + 1)) % 1_000_000_007, 0);
    }),
  );

const boxOf = async () => (await page.getByTestId('views').boundingBox())!;

test('a photo’s views are drawn, drawn again, and of another photo, without a jump', async () => {
  await configure(page, { trainSize: 64, evalCrop: 64, evalResize: 80, sweepSizes: [32, 64, 96] });
  await chooseFolder(page, makeKaggleFolder());
  const panel = (await goTo(page, 'photos')).getByTestId('views');
  await panel.scrollIntoViewIfNeeded();
  await expect(panel).toHaveAttribute('aria-busy', 'false');
  await expect(panel.getByTestId('views-sentence')).toContainText('Training shows things at');
  await expect(panel.getByTestId('view-train')).toHaveCount(6);
  await expect(panel.getByTestId('view-test')).toHaveCount(4);
  await expect(panel.locator('polygon')).toHaveCount(10);
  const [train, testSums, before] = [await sums('train'), await sums('test'), await boxOf()];
  expect(new Set(train).size).toBe(6);
  expect(testSums[0]).toBe(testSums[2]);
  expect([...train, ...testSums]).not.toContain(0);

  // One scale for all: sides on screen are in the ratio of the sizes.
  const sides = await panel
    .locator('li canvas')
    .evaluateAll((all) =>
      all.map((canvas) => canvas.getBoundingClientRect().width / (canvas as HTMLCanvasElement).width),
    );
  for (const side of sides) expect(side).toBeCloseTo(sides[0]!, 1);

  await panel.getByTestId('views-draw').click();
  await expect(panel.getByTestId('view-train').first()).toContainText('Epoch 7');
  await expect(panel).toHaveAttribute('aria-busy', 'false');
  expect(await sums('train')).not.toEqual(train);
  expect(await sums('test')).toEqual(testSums);
  expect(await boxOf()).toEqual(before);

  await panel.getByTestId('views-photo').click();
  await expect.poll(() => sums('test')).not.toEqual(testSums);
  await expect(panel).toHaveAttribute('aria-busy', 'false');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, `views, ${colorScheme}`);
  }
});

test('the settings’ variation shows, and the same settings give the same views', async () => {
  await configure(page, { trainSize: 64 });
  await chooseFolder(page, makeKaggleFolder());
  const panel = (await goTo(page, 'photos')).getByTestId('views');
  await panel.scrollIntoViewIfNeeded();
  const drawn = async (augmentation: 'blog' | 'paper' | 'fastai') => {
    await configure(page, { trainSize: 64, augmentation });
    await expect(panel).toHaveAttribute('aria-busy', 'false');
    return sums('train');
  };
  const blog = await drawn('blog');
  const paper = await drawn('paper');
  const fastai = await drawn('fastai');
  expect(new Set([blog, paper, fastai].map(String)).size).toBe(3);
  expect(await drawn('blog')).toEqual(blog);
});

test('what was drawn is there while a run goes on, whatever is looked at between', async () => {
  await configure(page, { trainSize: 64, epochs: 500 });
  await chooseFolder(page, makeKaggleFolder());
  const panel = (await goTo(page, 'photos')).getByTestId('views');
  await panel.getByTestId('views-draw').click();
  await expect(panel.getByTestId('view-train').first()).toContainText('Epoch 7');
  await expect(panel).toHaveAttribute('aria-busy', 'false');
  const drawn = await sums('train');
  await startRun(page, 'baseline');
  await goTo(page, 'photos');
  await expect(panel.getByTestId('view-train').first()).toContainText('Epoch 7');
  expect(await sums('train')).toEqual(drawn);
  await expect(panel.getByTestId('views-sentence')).toContainText('Training shows things at');
});

test('views of other settings wait while the run has the GPU', async () => {
  const panel = page.getByTestId('views');
  expect(await stateOf(page, (s) => s.run.state)).toBe('running');
  // Of these settings none are drawn yet.
  await configure(page, { epochs: 500, trainSize: 48 });
  await expect(panel.getByTestId('views-sentence')).toContainText('busy with the run');
  await expect(panel.getByTestId('views-draw')).toBeDisabled();
  await page.getByTestId('stop').click();
  await expectState(page, (s) => s.run.state).toBe('idle');
  await panel.scrollIntoViewIfNeeded();
  await expect(panel).toHaveAttribute('aria-busy', 'false');
  await expect(panel.getByTestId('views-sentence')).toContainText('Training shows things at');
});
