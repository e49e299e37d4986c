/** Keys do what buttons do, and ask where those ask. */
import { runResult } from '../src/testing/runs';
import { expect, type Page, test } from '@playwright/test';
import { makeKaggleFolder } from './photos';
import { chooseFolder, configure, expectState, goTo, onePage, openStudio, startRun, stateOf } from './studio';

test.describe.configure({ mode: 'serial' });

let page: Page;
onePage(async (opened) => {
  page = opened;
  await openStudio(page);
  await chooseFolder(page, makeKaggleFolder());
  await configure(page, { epochs: 500 });
});

test('Space pauses with a step, or a button that was clicked, in focus; a button reached by keyboard is pressed', async () => {
  await startRun(page, 'baseline');
  // Its button is gone; the focus is where the work goes on.
  await expect(page.getByTestId('pause')).toBeFocused();
  await page.getByTestId('nav-baseline').focus();
  await page.keyboard.press('Space');
  await expectState(page, (s) => s.run.state).toBe('paused');
  await page.getByTestId('tab-loss').click();
  await page.keyboard.press('Space');
  await expectState(page, (s) => s.run.state).toBe('running');
  await page.getByTestId('stop').focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Space');
  await expectState(page, (s) => s.run.state, { timeout: 60_000 }).toBe('idle');
  await expect(page.getByTestId('start')).toBeFocused();
});

test('Ctrl+Enter asks before a baseline that steps stand on is trained again, once however long it is held', async () => {
  await goTo(page, 'baseline');
  const score = { loss: 1, accuracy: 1, correct: 9, count: 9 };
  const view = { kind: 'eval', resize: 0, crop: 32 } as const;
  const evaluated = runResult('evaluate', { evaluation: { score, view } });
  await page.evaluate((result) => window.studio.store.setState({ evaluate: result }), evaluated);
  await page.keyboard.down('Control');
  for (let press = 0; press < 3; press++) await page.keyboard.down('Enter');
  await page.keyboard.up('Enter');
  await page.keyboard.up('Control');
  await expect(page.getByRole('dialog')).toHaveCount(1);
  expect(await stateOf(page, (s) => s.run.state)).toBe('idle');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  expect(await stateOf(page, (s) => [s.run.state, s.evaluate?.evaluation?.score.count])).toEqual(['idle', 9]);

  await page.keyboard.press('Control+Enter');
  await page.getByTestId('confirm').click();
  await expectState(page, (s) => s.run.state).toBe('running');
  await page.getByTestId('stop').click();
  await expectState(page, (s) => s.run.state, { timeout: 60_000 }).toBe('idle');
});
