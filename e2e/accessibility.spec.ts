import { expect, test } from '@playwright/test';
import { makeKaggleFolder } from './photos';
import { chooseFolder, expectAccessible, openStudio, stateOf } from './studio';

test('the help is accessible', async ({ page }) => {
  await openStudio(page);
  await page.keyboard.press('?');
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
  for (const id of ['nav-photos', 'nav-baseline', 'nav-sweep', 'nav-finetune', 'nav-takehome', 'open-other']) {
    expect([...reached]).toContain(id);
  }
  await page.getByTestId('nav-baseline').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('stage-baseline')).toBeVisible();
  await page.keyboard.press('Alt+Digit3');
  expect(await stateOf(page, (s) => s.stage)).toBe('sweep');
});

test('a skip link leads past the path, and the focus is never lost with what it was on', async ({ page }) => {
  await openStudio(page);
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the step' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
  await page.getByTestId('try-sample').focus();
  await chooseFolder(page, makeKaggleFolder());
  await expect(page.getByRole('heading', { level: 2, name: 'Photos' })).toBeFocused();
});
