/** Figures that others published, without a run of one's own. */
import { expect, test } from '@playwright/test';
import { goTo, openStudio } from './studio';

test('published figures are all drawn, with room to be seen, and say what was read off plots', async ({ page }) => {
  await openStudio(page);
  const stage = await goTo(page, 'runs');
  for (const id of ['blog', 'paper']) await page.getByTestId(`published-${id}`).check();
  const charts = [
    { name: 'Accuracy by test resolution', curves: 4, digitised: true },
    { name: 'Validation accuracy by epoch', curves: 4, digitised: false },
    { name: 'Loss by epoch', curves: 8, digitised: false },
    { name: 'Pooled activations at the best size', curves: 6, digitised: true },
  ];
  for (const { name, curves, digitised } of charts) {
    const chart = stage.getByRole('figure', { name });
    await expect(chart.locator('.recharts-line-curve')).toHaveCount(curves);
    const plot = await chart.locator('.recharts-cartesian-grid').boundingBox();
    expect(plot?.height).toBeGreaterThan(120);
    await expect(chart.getByText('Digitised from plots')).toHaveCount(digitised ? 1 : 0);
  }
});
