import { expect, test } from '@playwright/test';
import { browserArgs, requireBrowser } from '../src/cli/browser.mjs';
import { expectAccessible, expectState } from './studio';

test.use({ launchOptions: { executablePath: await requireBrowser(), args: browserArgs({ webgpu: false }) } });

test('a browser without a GPU is told what to do', async ({ page }) => {
  await page.goto('./');
  await expectState(page, (s) => s.machine.status).toBe('none');
  await expect(page.getByTestId('no-webgpu')).toContainText(/graphics|GPU/);
  await expect(page.getByTestId('no-webgpu').getByRole('listitem').first()).toBeVisible();
  await expectAccessible(page, 'the page without a GPU');
});

test('it can still be walked through with the keyboard', async ({ page }) => {
  await page.goto('./');
  await expect(page.getByTestId('no-webgpu')).toBeVisible();
  await page.getByTestId('nav-baseline').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('nav-baseline')).toHaveAttribute('aria-current', 'step');
  await expect(page.getByTestId('start')).toBeDisabled();
});
