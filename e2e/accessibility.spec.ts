import { expect, test } from '@playwright/test';
import { makeBrokenFolder, makeKaggleFolder } from './photos';
import { chooseFolder, expectAccessible, expectAllAccessible, openStudio, stateOf } from './studio';

test('the first visit and the opened folder are accessible in both themes', async ({ page }) => {
  await openStudio(page);
  await expectAllAccessible(page, 'without photos');
  await chooseFolder(page, makeBrokenFolder().folder);
  await expectAllAccessible(page, 'with photos');
});

test('the help is accessible', async ({ page }) => {
  await openStudio(page);
  await page.getByRole('button', { name: /help/i }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await expectAccessible(page, 'the help');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});

test('every step is reached and shown by the keyboard alone', async ({ page }) => {
  await openStudio(page);
  await chooseFolder(page, makeKaggleFolder());
  const reached = new Set<string>();
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    reached.add(await page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? ''));
  }
  for (const id of ['nav-photos', 'nav-baseline', 'nav-sweep', 'nav-finetune', 'nav-takehome', 'try-sample']) {
    expect([...reached]).toContain(id);
  }
  await page.getByTestId('nav-baseline').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('stage-baseline')).toBeVisible();
  await page.keyboard.press('Alt+Digit3');
  expect(await stateOf(page, (s) => s.stage)).toBe('sweep');
});

test('nothing is wider than a narrow window', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 800 });
  await openStudio(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
});
