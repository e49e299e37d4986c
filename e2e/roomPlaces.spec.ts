/** The grid of all photos where there is little room, and what of it outlives a turn, a way to another step, other photos. */
import { expect, type Page, test } from '@playwright/test';
import { CLASSES, makeClassFolders, TRAIN_PER_CLASS, VALIDATION_PER_CLASS } from './photos';
import { chooseFolder, expectAccessible, onePage, openStudio } from './studio';

const VALIDATION = CLASSES.length * VALIDATION_PER_CLASS;
const ALL = CLASSES.length * TRAIN_PER_CLASS + VALIDATION;

test.describe.configure({ mode: 'serial' });

let page: Page;
onePage(async (opened) => {
  page = opened;
  await openStudio(page);
  await chooseFolder(page, makeClassFolders());
});

test('a phone shows photos at once, filters behind a button; what is open and where one was outlives it', async () => {
  const room = page.getByTestId('photo-room');
  await page.evaluate(() => window.studio.showPhotos({}));
  await expect(room.getByTestId('photo-count')).toHaveText(`${ALL} photos`);
  const large = page.getByTestId('large-photo');
  await room.getByRole('gridcell').nth(1).click();
  await expect(large).toContainText(`2 of ${ALL}`);
  await page.keyboard.press('ArrowRight');
  await expect(large).toContainText(`3 of ${ALL}`);
  await page.setViewportSize({ width: 420, height: 800 });
  await expect(large).toContainText(`3 of ${ALL}`);
  await page.setViewportSize({ width: 1280, height: 800 });
  await expect(room.locator('[aria-rowindex="1"] [data-place="2"]')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(large).toBeHidden();
  // Whoever has stepped on finds the photo that was last looked at, in another row, too, and after a look around.
  await expect(room.locator('[data-place="2"]')).toBeFocused();
  await page.setViewportSize({ width: 420, height: 800 });
  await expect(room.locator('[aria-rowindex="2"] [data-place="2"]')).toBeFocused();
  const grid = room.getByRole('grid', { name: 'Photos' });
  await grid.evaluate((one) => one.scrollTo(0, one.scrollHeight));
  await expect(room.locator('[data-place="2"]')).toHaveCount(0);
  await expect(grid).toBeFocused();
  await page.keyboard.press('Home');
  await expect(room.locator('[data-place="0"]')).toBeFocused();

  await page.getByRole('main').evaluate((main) => main.scrollIntoView());
  await expect(room.getByLabel('Split')).toBeHidden();
  await expect(room.getByRole('gridcell').first()).toBeInViewport();
  // Rows in sight alone are drawn.
  expect(await room.getByRole('gridcell').count()).toBeLessThan(ALL);
  const filters = room.getByRole('button', { name: 'Filters' });
  await expect(filters).toHaveAttribute('aria-expanded', 'false');
  await filters.press('Enter');
  await room.getByLabel('Split').selectOption('Validation');
  await expectAccessible(page, 'the filters on a phone');
  await filters.press('Enter');
  await expect(room.getByLabel('Split')).toBeHidden();
  await expect(filters).toHaveText('Filters (1 set)');
  await expect(room.getByTestId('photo-count')).toHaveText(`${VALIDATION} of ${ALL} photos`);

  await room.getByRole('button', { name: 'Show all' }).click();
  await expect(room.getByTestId('photo-count')).toHaveText(`${ALL} photos`);
  await grid.evaluate((one) => one.scrollTo(0, 800));
  const first = () =>
    grid.evaluate((one) => {
      const { top } = one.getBoundingClientRect();
      const cells = [...one.querySelectorAll<HTMLElement>('[data-place]')];
      return Number(cells.find((cell) => cell.getBoundingClientRect().bottom > top + 2)?.dataset['place']);
    });
  await expect.poll(first).toBeGreaterThan(0);
  const seen = await first();
  await page.evaluate(() => window.studio.goTo('baseline'));
  await expect(room).toBeHidden();
  await page.evaluate(() => window.studio.goTo('photos'));
  await expect.poll(first).toBe(seen);
  // Leaving out a photo further on moves nothing.
  await page.evaluate(async () => {
    const { counts } = await window.studio.photoColumns();
    const last = counts.train + counts.validation - 1;
    window.studio.draftChanges({ changes: new Map([[last, { leaveOut: true }]]), past: [] });
    await window.studio.makeChanges(counts);
  });
  await expect(room.getByTestId('photo-count')).toHaveText(`${ALL - 1} photos`);
  await expect.poll(first).toBe(seen);
  // Other photos begin with the first.
  await page.evaluate(() => window.studio.filterPhotos({ split: 'train' }));
  await expect.poll(first).toBe(0);
  await page.setViewportSize({ width: 1280, height: 800 });
});

test('photos that are replaced while one is large close it, and are their own', async () => {
  const room = page.getByTestId('photo-room');
  await room.getByRole('gridcell').first().click();
  const large = page.getByTestId('large-photo');
  await expect(large).toBeVisible();
  const before = await room.getByRole('gridcell').first().getAttribute('aria-label');
  await page.evaluate(() => window.studio.openSample());
  await expect(large).toBeHidden();
  await page.evaluate(() => window.studio.showPhotos({}));
  await expect(room.getByRole('gridcell').first().locator('img')).toBeVisible();
  expect(await room.getByRole('gridcell').first().getAttribute('aria-label')).not.toBe(before);
});
