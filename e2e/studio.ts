/** What the browser tests do over and over, in a person's words. */
import { AxeBuilder } from '@axe-core/playwright';
import { type BrowserContextOptions, expect, type Locator, type Page, test } from '@playwright/test';
import { dragOnto } from '../src/cli/studioPage';
import type { StageId, StudioState } from '../src/client/state';
import type { RunId, StudioConfig } from '../src/engine/experiments/meta';

/** Small enough for a processor: a step takes a fifth of a second. */
export const TINY: Partial<StudioConfig> = {
  // No list offers it: ten layers of eight channels, which a processor trains in moments.
  arch: 'tiny10',
  batchSize: 8,
  epochs: 2,
  trainSize: 32,
  evalResize: 40,
  evalCrop: 32,
  sweepSizes: [32, 48, 64],
  tuneEpochs: 1,
  lr: 1e-3,
};

/**
 * One page for all tests of a file, or of a `describe`: opened and prepared before the first of them, closed after the last. Its
 * context is its own, as axe wants it.
 */
export function onePage(prepare: (page: Page) => void | Promise<void>, options: BrowserContextOptions = {}): void {
  let page: Page;
  test.beforeAll(async ({ browser }) => {
    page = await (await browser.newContext(options)).newPage();
    await prepare(page);
  });
  test.afterAll(() => page.context().close());
}

/** Opens the page and waits for the GPU, whose speed is known, so that no steps of a ResNet-50 are timed in quiet moments. */
export async function openStudio(page: Page): Promise<void> {
  await page.goto('./');
  await expectState(page, (s) => s.machine.status).toBe('ready');
  const speed = { flopsPerSecond: 5e9, blogSeconds: 900_000, loadingBound: false };
  await page.evaluate((known) => window.studio.store.setState({ speed: known }), speed);
}

/**
 * Changes the browser's files in a page without the studio; again until the workers of the page before, which hold some of them
 * for a moment, have ended.
 */
export async function changeStorage<T>(page: Page, change: (given: T) => Promise<void>, given?: T): Promise<void> {
  await page.goto('./favicon.svg');
  await expect(() => page.evaluate(change as (given: unknown) => Promise<void>, given)).toPass({ timeout: 60_000 });
}

/** A part of the state. The picker runs in the page: it may use its argument alone. */
export function stateOf<T>(page: Page, pick: (state: StudioState) => T): Promise<T> {
  return page.evaluate(`(${pick.toString()})(window.studio.store.getState())`);
}

/**
 * Expects of a part of the state what comes to hold for it. It is looked at whenever it changes, by the page itself: nothing is
 * asked over and over, and nothing is waited for that has come.
 */
export function expectState<T>(page: Page, pick: (state: StudioState) => T, options: { timeout?: number } = {}) {
  let seen: string | null = null;
  const next = async () => {
    const value = await page.evaluate<T>(`(${nextState.toString()})(${pick.toString()}, ${JSON.stringify(seen)})`);
    seen = JSON.stringify(value) ?? 'undefined';
    return value;
  };
  return expect.poll(next, { ...options, intervals: [0] });
}

/** In the page: the part as soon as it is another than was seen, or as it is after a second, so that a failure can show it. */
function nextState<T>(pick: (state: StudioState) => T, seen: string | null): Promise<T> {
  const { store } = window.studio;
  return new Promise((resolve) => {
    const look = () => {
      const value = pick(store.getState());
      if ((JSON.stringify(value) ?? 'undefined') === seen) return;
      end(value);
    };
    const end = (value: T) => {
      stopWaiting();
      clearTimeout(patience);
      resolve(value);
    };
    const patience = setTimeout(() => end(pick(store.getState())), 1000);
    const stopWaiting = store.subscribe(look);
    look();
  });
}

export async function chooseFolder(page: Page, folder: string): Promise<void> {
  await page.getByTestId('folder-input').setInputFiles(folder);
  await expectState(page, (s) => s.opening === null && (s.dataset ?? s.failure) !== null).toBe(true);
}

/** A real drag of a folder from the desktop onto the page. */
export async function dropFolder(page: Page, folder: string): Promise<void> {
  await drop(page, [folder]);
  await expectState(page, (s) => s.dataset?.trainCount ?? 0).toBeGreaterThan(0);
}

/** Files and folders from the desktop; where a drop was taken for a leave, once more. */
export async function drop(page: Page, files: string[]): Promise<void> {
  await expect(async () => {
    await dragOnto(page, files);
    await expect(page.getByTestId('drop-overlay')).toBeHidden({ timeout: 2000 });
  }).toPass({ timeout: 60_000 });
}

export async function goTo(page: Page, stage: StageId): Promise<Locator> {
  const entry = page.getByTestId(`nav-${stage}`);
  // What is off the path is in the menu.
  if (!(await entry.isVisible())) await page.getByTestId('more').click();
  await entry.click();
  const section = page.getByTestId(`stage-${stage}`);
  await expect(section).toBeVisible();
  return section;
}

/** Shows another of the chosen stage's tabs, whose picture is drawn a moment after the click is answered. */
export async function showTab(page: Page, tab: string): Promise<void> {
  await page.getByTestId(`tab-${tab}`).click();
  await expect(page.getByTestId('picture')).not.toHaveAttribute('aria-busy', 'true');
}

/** Opens the chosen stage's settings, unless they are open. */
export async function openSettings(page: Page): Promise<void> {
  if (!(await page.getByTestId('search-settings').isVisible())) await page.getByTestId('settings').click();
  await expect(page.getByTestId('search-settings')).toBeVisible();
}

export async function closeSettings(page: Page): Promise<void> {
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('search-settings')).toBeHidden();
}

/** Finds a setting as a person would, who does not know its group. */
export async function findField(page: Page, key: keyof StudioConfig): Promise<Locator> {
  await openSettings(page);
  await page.getByTestId('search-settings').fill(key);
  const field = page.getByTestId(`field-${key}`);
  await expect(field).toBeVisible();
  return field;
}

/** Presses the stage's own start button. */
export async function startRun(page: Page, stage: StageId): Promise<void> {
  await goTo(page, stage);
  await begins(page, () => page.getByTestId('start').click());
}

/** Does what begins a run, and waits until one has begun: also one that is over before a test could look. */
export async function begins(page: Page, act: () => Promise<void>): Promise<void> {
  const begun = page.evaluate(
    () =>
      new Promise<boolean>((resolve) => {
        const end = (hasBegun: boolean) => {
          stopWaiting();
          clearTimeout(patience);
          resolve(hasBegun);
        };
        const patience = setTimeout(() => end(false), 120_000);
        const stopWaiting = window.studio.store.subscribe(({ run }) => {
          if (run.state === 'running') end(true);
        });
      }),
  );
  await act();
  expect(await begun, 'a run has begun').toBe(true);
}

/** Waits for the end of what runs; a failure is shown as the studio words it. */
export async function runToEnd(page: Page): Promise<void> {
  await expectState(page, (s) => s.run.state, { timeout: 15 * 60_000 }).toBe('idle');
  expect(await stateOf(page, (s) => s.failure)).toBeNull();
}

/** Settings of a tiny run, with changes, past the form. */
export async function configure(page: Page, changes: Partial<StudioConfig>): Promise<void> {
  await page.evaluate((config) => window.studio.setConfig(config), { ...TINY, ...changes });
}

/** Runs a step through the page's controls rather than its buttons. */
export async function runDirectly(page: Page, run: RunId): Promise<void> {
  await page.evaluate((id) => window.studio.start(id), run);
}

/**
 * Fails with what axe found, one line a rule, against WCAG 2.2 AA or by the rules given; the test goes on to the next screen. A
 * page is given axe once: half a megabyte of script, which a page takes longer to read than to be looked through.
 */
export async function expectAccessible(page: Page, where: string, rules?: string[]): Promise<void> {
  const hasAxe = await page.evaluate(() => 'axe' in window);
  const axe = new AxeBuilder(hasAxe ? { page, axeSource: ';' } : { page });
  axe.setLegacyMode().options({ resultTypes: ['violations'] });
  if (rules) axe.withRules(rules);
  else axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']);
  const { violations } = await axe.analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
  expect.soft(found, `axe on ${where}`).toEqual([]);
}
