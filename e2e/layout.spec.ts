/** Every stage with results, at every width: nothing is cut, nothing that matters has to be scrolled to, no words lie on others. */
import { expect, type Page, test } from '@playwright/test';
import type { StageId, StudioState } from '../src/client/state';
import { GOOD, keptOf, NOTHING_LEARNED, storyState } from '../src/testing/story';
import { expectAccessible, openStudio } from './studio';

const TABS: Partial<Record<StageId, readonly string[]>> = {
  photos: ['views', 'photos', 'copies'],
  baseline: ['accuracy', 'loss', 'epochs', 'setup'],
  sweep: ['accuracy', 'classes', 'curves', 'activations', 'table'],
  finetune: ['result', 'accuracy', 'loss'],
  takehome: ['try', 'use'],
  runs: ['runs', 'sizes', 'epochs'],
  experiments: ['chart'],
};

const RUNNING: Partial<StudioState> = {
  ...storyState({ baseline: GOOD.baseline.slice(0, 4) }),
  run: { state: 'running', run: 'baseline' },
  progress: {
    run: 'baseline',
    phase: 'training',
    epoch: 5,
    epochs: 10,
    batch: 60,
    batches: 268,
    size: 224,
    imagesPerSecond: 114.2,
    epochSecondsLeft: 90,
    runSecondsLeft: 1020,
    fraction: 0.43,
  },
};

const STORIES: readonly (readonly [name: string, state: Partial<StudioState>])[] = [
  ['five classes', storyState(GOOD)],
  ['120 classes, long names', storyState({ ...GOOD, classes: 120, longNames: true })],
  ['nothing learned', storyState(NOTHING_LEARNED)],
  ['running', RUNNING],
];

const WIDTHS = [320, 420, 1280, 1440, 1920] as const;

test('at every width each stage is as wide as its window, and a desktop shows what matters without scrolling', async ({
  page,
}) => {
  await openStudio(page);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: width < 1000 ? 800 : Math.round(width * 0.625) });
    for (const [story, state] of STORIES) {
      await forEachTab(page, state, async (where) => {
        const found = await page.evaluate(measure);
        const at = `${where}, ${story}, ${width} px`;
        expect.soft(found.sideways, `wider than the window: ${at}`).toBe(0);
        expect.soft(found.overlapping, `words on words: ${at}`).toEqual([]);
        if (width >= 1000) expect.soft(found.down, `px to scroll: ${at}`).toBe(0);
      });
    }
  }
});

test('every stage with results is accessible in both themes', async ({ page }) => {
  await openStudio(page);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    for (const [story, state] of [STORIES[0]!, STORIES[2]!, STORIES[3]!]) {
      for (const stage of Object.keys(TABS) as StageId[]) {
        await inject(page, { ...state, kept: keptOf(GOOD), stage, tabs: {} });
        await expect(page.getByTestId(`stage-${stage}`)).toBeVisible();
        await expectAccessible(page, `${stage}, ${story}, ${colorScheme}`);
      }
    }
  }
});

test('on a phone a run is set up, started and stopped from the bar', async ({ page }) => {
  await openStudio(page);
  await page.setViewportSize({ width: 420, height: 800 });
  await inject(page, { ...storyState({}), stage: 'baseline' });
  await expect(page.getByTestId('start')).toBeInViewport();
  await page.getByTestId('settings').click();
  await expect(page.getByTestId('start-here')).toBeInViewport();
  await page.keyboard.press('Escape');
  await page.getByTestId('path-menu').click();
  await page.getByTestId('nav-sweep').click();
  await expect(page.getByTestId('stage-sweep')).toBeVisible();
  await inject(page, { ...RUNNING, stage: 'baseline' });
  for (const id of ['pause', 'stop', 'progress']) await expect(page.getByTestId(id)).toBeInViewport();
  await expect(page.getByTestId('run-state')).toContainText('43 %');
});

test('a network that has learned nothing wears no tick', async ({ page }) => {
  await openStudio(page);
  await inject(page, { ...storyState(NOTHING_LEARNED), stage: 'sweep' });
  for (const stage of ['baseline', 'sweep', 'finetune']) {
    await expect(page.getByTestId(`nav-${stage}`)).toHaveAttribute('data-mood', 'doubt');
  }
  await expect(page.getByTestId('stage-sweep')).not.toContainText('Best');
});

/** Into the page, past the worker. */
async function inject(page: Page, state: Partial<StudioState>): Promise<void> {
  await page.evaluate((patch) => window.studio.store.setState(patch), state);
}

async function forEachTab(page: Page, state: Partial<StudioState>, check: (where: string) => Promise<void>) {
  await inject(page, { ...state, kept: keptOf(GOOD) });
  for (const [stage, tabs] of Object.entries(TABS) as [StageId, readonly string[]][]) {
    for (const tab of tabs) {
      await inject(page, { stage, tabs: { [stage]: tab } });
      await expect(page.getByTestId(`stage-${stage}`)).toBeVisible();
      // Charts measure their frame before they draw.
      await page.waitForTimeout(120);
      await check(`${stage}, ${tab}`);
    }
  }
}

/** Runs in the page. */
function measure() {
  const main = document.querySelector('main')!;
  const root = document.documentElement;
  const overlapping = [...document.querySelectorAll('svg.recharts-surface')].flatMap((chart) => {
    const words = [...chart.querySelectorAll('text')].filter((text) => text.textContent !== '');
    const boxes = words.map((text) => text.getBoundingClientRect());
    return words.flatMap((text, i) =>
      words.slice(0, i).flatMap((other, j) => {
        const [a, b] = [boxes[i]!, boxes[j]!];
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        return across > 1 && down > 3 ? [`${text.textContent} / ${other.textContent}`] : [];
      }),
    );
  });
  return {
    sideways: Math.max(0, main.scrollWidth - main.clientWidth, root.scrollWidth - root.clientWidth),
    down: Math.max(0, main.scrollHeight - main.clientHeight),
    overlapping,
  };
}
