/** Figures that others published, without a run of one's own. */
import { expect, test } from '@playwright/test';
import { goTo, openStudio, showTab } from './studio';

test('published figures are all drawn, with room to be seen, and say what was read off plots', async ({ page }) => {
  await openStudio(page);
  const stage = await goTo(page, 'runs');
  for (const id of ['blog', 'paper']) await page.getByTestId(`published-${id}`).check();
  const charts = [
    { tab: 'sizes', name: 'Accuracy by test resolution', curves: 4, digitised: true },
    { tab: 'epochs', name: 'Validation accuracy by epoch', curves: 4, digitised: false },
    { tab: 'losses', name: 'Loss by epoch', curves: 8, digitised: false },
    { tab: 'activations', name: 'Pooled activations', curves: 6, digitised: true },
  ];
  for (const { tab, name, curves, digitised } of charts) {
    await showTab(page, tab);
    const chart = stage.getByRole('figure', { name });
    await expect(chart.locator('.recharts-line-curve')).toHaveCount(curves);
    const plot = await chart.locator('.recharts-cartesian-grid').boundingBox();
    expect(plot?.height).toBeGreaterThan(120);
    await expect(chart.getByText('Digitised from plots')).toHaveCount(digitised ? 1 : 0);
  }
});
