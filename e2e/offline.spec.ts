/** After one visit the page opens, and works on the sample, with no server at all. */
import { expect, test } from '@playwright/test';
import { servePage } from '../src/cli/project.mjs';
import { expectState } from './studio';

test.use({ serviceWorkers: 'allow' });

test('without a network the page opens as it did, and shows the sample', async ({ page }) => {
  const server = await servePage({ port: 5400 });
  await page.goto(server.address);
  const answered = await page.request.get(await page.evaluate(() => document.querySelector('script')!.src));
  expect(answered.headers()['cache-control']).toContain('immutable');
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await server.close();
  await expect(page.request.get(server.address)).rejects.toThrow();
  await page.reload();
  await page.waitForFunction(() => 'studio' in window);
  await expectState(page, (s) => s.machine.status, { timeout: 60_000 }).toBe('ready');
  await page.getByTestId('try-sample').click();
  await expect(page.getByTestId('view-train').first().locator('canvas')).toBeVisible();
  for (const stage of ['baseline', 'sweep', 'finetune', 'takehome', 'experiments', 'runs'] as const) {
    await page.evaluate((id) => window.studio.goTo(id), stage);
    await expect(page.getByTestId(`stage-${stage}`)).toBeVisible();
  }
});
