/** Parts of the page that cannot be loaded, as where a newer version has replaced them: the rest of it stays. */
import { expect, test } from '@playwright/test';
import { makeKaggleFolder } from './photos';
import { chooseFolder, configure, expectAccessible, expectState, openStudio, runDirectly, stateOf } from './studio';

test('a drawer whose code is gone says so, and the run beside it goes on', async ({ page }) => {
  await page.route('**/assets/QueueDrawer*', (route) => route.fulfill({ status: 404 }));
  await openStudio(page);
  await chooseFolder(page, makeKaggleFolder());
  await configure(page, { epochs: 500 });
  runDirectly(page, 'baseline').catch(() => undefined);
  await page.getByTestId('open-queue').click();
  const told = page.getByTestId('not-drawn');
  await expect(told).toContainText('That could not be opened');
  await expect(told).toContainText('What runs goes on');
  expect(await stateOf(page, (s) => s.run.state)).toBe('running');
  // A processor has enough to do.
  await page.evaluate(() => window.studio.pause());
  await expectAccessible(page, 'a part that is gone');
  await told.getByRole('button', { name: 'Close' }).click();
  await expect(told).toBeHidden();
  await page.getByTestId('stop').click();
  await expectState(page, (s) => s.run.state).toBe('idle');
});
