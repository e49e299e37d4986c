/** Every stage of every fixture: nothing is cut or has to be scrolled to, no words lie on others, and all of it can be read out. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import type { StageId } from '../src/client/state';
import { answerForWorker, type Fixture, FIXTURES, settled, show, STAGES, TABS } from './fixtures';
import { openStudio } from './studio';

const ALL: readonly Fixture[] = Object.values(FIXTURES);
const ALL_WIDTHS = [1280, 1440, 1920, 420, 320];

let page: Page;
test.beforeAll(async ({ browser }) => {
  // Axe wants a page from a context of its own.
  page = await (await browser.newContext({ reducedMotion: 'reduce' })).newPage();
  await openStudio(page);
  await answerForWorker(page);
});
test.afterAll(() => page.context().close());
test.afterEach(() => page.emulateMedia({ colorScheme: null }));

for (const fixture of ALL) {
  for (const stage of fixture.stages) {
    test(`${stage}, ${fixture.name}: as wide as its window, and a desktop shows what matters without scrolling`, async () => {
      const withResults = fixture === FIXTURES.five || fixture === FIXTURES.many;
      for (const [i, tab] of (withResults ? TABS[stage] : TABS[stage].slice(0, 1)).entries()) {
        await page.setViewportSize({ width: 1280, height: 800 });
        await show(page, fixture, stage, i > 0 ? tab : undefined);
        const widths = fixture === FIXTURES.five && i === 0 ? ALL_WIDTHS : [1280, 320];
        for (const width of widths) await expectFits(width, `${stage}, ${i > 0 ? tab : 'first tab'}, ${fixture.name}`);
      }
    });

    test(`${stage}, ${fixture.name}: accessible, with contrast enough in the dark theme, too`, async () => {
      await page.setViewportSize({ width: 1280, height: 800 });
      await show(page, fixture, stage);
      await expectNoViolations(`${stage}, ${fixture.name}, 1280 px`);
      await page.emulateMedia({ colorScheme: 'dark' });
      await settled(page);
      await expectNoViolations(`${stage}, ${fixture.name}, dark`, ['color-contrast']);
      if (fixture !== FIXTURES.five) return;
      await page.emulateMedia({ colorScheme: null });
      await page.setViewportSize({ width: 320, height: 800 });
      await show(page, fixture, stage);
      await expectNoViolations(`${stage}, ${fixture.name}, 320 px`);
    });
  }
}

async function expectFits(width: number, where: string): Promise<void> {
  await page.setViewportSize({ width, height: width < 1000 ? 800 : Math.round(width * 0.625) });
  await settled(page);
  const found = await page.evaluate(measure);
  const at = `${where}, ${width} px`;
  expect.soft(found.sideways, `wider than the window: ${at}`).toBe(0);
  expect.soft(found.overlapping, `words on words: ${at}`).toEqual([]);
  expect.soft(found.onCurves, `words on curves: ${at}`).toEqual([]);
  expect.soft(found.cut, `cut words: ${at}`).toEqual([]);
  if (width >= 1000) expect.soft(found.down, `px to scroll: ${at}`).toBe(0);
}

for (const stage of STAGES) {
  for (const tab of TABS[stage].slice(1)) {
    test(`${stage}, ${tab} with results: accessible`, async () => {
      await page.setViewportSize({ width: 1280, height: 800 });
      await show(page, FIXTURES.five, stage, tab);
      await expectNoViolations(`${stage}, ${tab}`);
    });
  }
}

test('on a phone a run is set up, started and stopped from the bar', async () => {
  await page.setViewportSize({ width: 420, height: 800 });
  await show(page, FIXTURES.withPhotos, 'baseline');
  await expect(page.getByTestId('start')).toBeInViewport();
  await page.getByTestId('settings').click();
  await expect(page.getByTestId('start-here')).toBeInViewport();
  await page.keyboard.press('Escape');
  await page.getByTestId('path-menu').click();
  await page.getByTestId('nav-sweep').click();
  await expect(page.getByTestId('stage-sweep')).toBeVisible();
  await show(page, FIXTURES.running, 'baseline');
  for (const id of ['pause', 'stop', 'progress']) await expect(page.getByTestId(id)).toBeInViewport();
  await expect(page.getByTestId('run-state')).toContainText('43 %');
});

test('a network that has learned nothing wears no tick', async () => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await show(page, FIXTURES.nothingLearned, 'sweep');
  for (const stage of ['baseline', 'sweep', 'finetune'] satisfies StageId[]) {
    await expect(page.getByTestId(`nav-${stage}`)).toHaveAttribute('data-mood', 'doubt');
  }
  await expect(page.getByTestId('stage-sweep')).not.toContainText('Best');
});

test('a long plan says so, and what a quick look would take', async () => {
  const recipe = page.getByTestId('recipe');
  // The worker has no photos, so its own plan, which comes a moment later, is none.
  await expect(async () => {
    await show(page, FIXTURES.withPhotos, 'baseline');
    await expect(recipe.locator('[data-long]')).toContainText('18 h', { timeout: 1000 });
    await page.getByTestId('quick-look').click({ timeout: 1000 });
  }).toPass();
  await expect(recipe).toContainText('ResNet-18');
});

/** With axe, against WCAG 2.2 AA or by the rules given; the test goes on to the next screen. */
async function expectNoViolations(where: string, rules?: string[]): Promise<void> {
  const axe = new AxeBuilder({ page }).setLegacyMode();
  const chosen = rules ? axe.withRules(rules) : axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']);
  const { violations } = await chosen.analyze();
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`);
  expect.soft(found, `axe on ${where}`).toEqual([]);
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
  const onCurves = [...document.querySelectorAll('svg.recharts-surface')].flatMap((chart) => {
    const words = [...chart.querySelectorAll('[data-labels] text')];
    const boxes = words.map((text) => text.getBoundingClientRect());
    // Single batches are faint, and everywhere.
    const curves = [...chart.querySelectorAll<SVGPathElement>('path.recharts-line-curve:not([stroke-opacity])')];
    return curves.flatMap((curve) => {
      const { x: left, y: top } = chart.getBoundingClientRect();
      const length = curve.getTotalLength();
      const points = Array.from({ length: Math.ceil(length / 3) }, (_, i) => curve.getPointAtLength(3 * i));
      return words.flatMap((text, i) => {
        const box = boxes[i]!;
        const lies = points.some(
          ({ x, y }) =>
            left + x > box.left + 1 && left + x < box.right - 1 && top + y > box.top + 3 && top + y < box.bottom - 3,
        );
        return lies ? [text.textContent] : [];
      });
    });
  });
  // A button whose words are wider than it is.
  const cut = [...document.querySelectorAll('button, a')].flatMap((button) => {
    const label = button.querySelector('.mantine-Button-label') ?? button;
    const isCut = label.scrollWidth > label.clientWidth + 1 && getComputedStyle(label).overflowX === 'hidden';
    return isCut ? [button.textContent] : [];
  });
  return {
    sideways: Math.max(0, main.scrollWidth - main.clientWidth, root.scrollWidth - root.clientWidth),
    down: Math.max(0, main.scrollHeight - main.clientHeight),
    overlapping,
    onCurves,
    cut,
  };
}
