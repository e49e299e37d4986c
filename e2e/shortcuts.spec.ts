/** Keys do what buttons do, and ask where those ask. */
import { expect, test } from '@playwright/test';
import { makeKaggleFolder } from './photos';
import { chooseFolder, configure, goTo, openStudio, stateOf } from './studio';

test('Ctrl+Enter asks before a baseline that steps stand on is trained again, once however long it is held', async ({
  page,
}) => {
  await openStudio(page);
  await chooseFolder(page, makeKaggleFolder());
  await configure(page, { epochs: 50 });
  await goTo(page, 'baseline');
  await page.evaluate(() => {
    const score = { loss: 1, accuracy: 1, correct: 9, count: 9 };
    window.studio.store.setState({ evaluation: { score, resize: 0, crop: 32 } });
  });
  await page.keyboard.down('Control');
  for (let press = 0; press < 3; press++) await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  await page.keyboard.up('Control');
  await expect(page.getByRole('dialog')).toHaveCount(1);
  expect(await stateOf(page, (s) => s.run.state)).toBe('idle');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(await stateOf(page, (s) => [s.run.state, s.evaluation?.score.count])).toEqual(['idle', 9]);

  await page.keyboard.press('Control+Enter');
  await page.getByTestId('confirm').click();
  await expect.poll(() => stateOf(page, (s) => s.run.state)).toBe('running');
  await page.getByTestId('stop').click();
  await expect.poll(() => stateOf(page, (s) => s.run.state), { timeout: 60_000 }).toBe('idle');
});
