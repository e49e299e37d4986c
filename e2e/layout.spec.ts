/** Every stage of every fixture: nothing is cut or has to be scrolled to, no words lie on others, and all of it can be read out. */
import { expect, type Page, test } from '@playwright/test';
import type { StageId } from '../src/client/state';
import { formatAccuracy } from '../src/engine/base/accuracyText';
import type { RunResult } from '../src/protocol/results';
import { answerForWorker, type Fixture, FIXTURES, settled, show, TABS } from './fixtures';
import { closeSettings, expectAccessible, findField, onePage, openStudio, stateOf } from './studio';

const ALL: readonly Fixture[] = Object.values(FIXTURES);
const DESKTOP = 1280;
const NARROWEST = 320;
const ALL_WIDTHS = [DESKTOP, 1440, 1920, 420, NARROWEST];

let page: Page;
onePage(
  async (opened) => {
    page = opened;
    await openStudio(page);
    await answerForWorker(page);
  },
  { reducedMotion: 'reduce' },
);
test.afterEach(() => page.emulateMedia({ colorScheme: null }));

for (const fixture of ALL) {
  const hasFive = fixture === FIXTURES.five;
  const hasResults = hasFive || fixture === FIXTURES.many;
  for (const stage of fixture.stages) {
    for (const [i, tab] of (hasResults ? TABS[stage] : TABS[stage].slice(0, 1)).entries()) {
      const isFirst = i === 0;
      test(`${stage}, ${tab}, ${fixture.name}: nothing is cut, a desktop need not scroll, and all can be read out`, async () => {
        await page.setViewportSize({ width: DESKTOP, height: 800 });
        await show(page, fixture, stage, isFirst ? undefined : tab);
        for (const width of hasFive && isFirst ? ALL_WIDTHS : [DESKTOP, NARROWEST]) {
          const where = `${stage}, ${tab}, ${fixture.name}, ${width} px`;
          await expectFits(width, where);
          const isRead = width === DESKTOP ? isFirst || hasFive : width === NARROWEST && isFirst && hasFive;
          if (isRead) await expectAccessible(page, where);
          if (width === DESKTOP && isFirst) await expectContrastInTheDark(where);
        }
      });
    }
  }
}

async function expectFits(width: number, where: string): Promise<void> {
  await page.setViewportSize({ width, height: width < 1000 ? 800 : Math.round(width * 0.625) });
  await settled(page);
  const found = await page.evaluate(measure);
  expect.soft(found.sideways, `wider than the window: ${where}`).toBe(0);
  expect.soft(found.beside, `px to scroll beside the stage: ${where}`).toBe(0);
  expect.soft(found.overlapping, `words on words: ${where}`).toEqual([]);
  expect.soft(found.onCurves, `words on curves: ${where}`).toEqual([]);
  expect.soft(found.cut, `cut words: ${where}`).toEqual([]);
  if (width >= 1000) expect.soft(found.down, `px to scroll: ${where}`).toBe(0);
}

test('experiments, many rows with long names: on a phone none lies on another', async () => {
  await page.setViewportSize({ width: DESKTOP, height: 800 });
  await show(page, FIXTURES.five, 'experiments', 'chart');
  await page.evaluate(() => {
    window.studio.chooseExperiment('trainTest');
    window.studio.store.setState(({ sweep, experiments }) => {
      const score = { loss: 1, accuracy: 0.7, correct: 700, count: 1000 };
      const row = { views: null, score, changed: null, epochs: 2, trained: [], note: null };
      const rows = [32, 64, 128].flatMap((trainSize): RunResult['rows'] => [
        { ...row, name: 'as trained', trainSize, testSize: 64 },
        { ...row, name: 'as trained', trainSize, testSize: 128 },
        { ...row, name: 'fine-tuned', views: 'train', trainSize, testSize: 128 },
      ]);
      return { experiments: { ...experiments, trainTest: { ...sweep!, run: 'trainTest', rows } } };
    });
  });
  for (const width of [DESKTOP, 390, NARROWEST]) await expectFits(width, `experiments, many rows, ${width} px`);
});

test('a doubted label is told in full, and of a mistake both ends of both names', async () => {
  await page.setViewportSize({ width: DESKTOP, height: 800 });
  await show(page, FIXTURES.many, 'finetune', 'suspects');
  const doubted = page.getByTestId('suspects').getByRole('button').first();
  await expect(doubted).toHaveAccessibleName(/its sheets → .* its sheets, .* sure of the label$/);
  const cut = (caption: Element) =>
    caption.scrollWidth - caption.clientWidth + caption.scrollHeight - caption.clientHeight;
  expect(await doubted.locator('figcaption').evaluate(cut)).toBe(0);
  await show(page, FIXTURES.many, 'finetune', 'confusions');
  const mistake = page.getByTestId('confusions').getByRole('button').first();
  await expect(mistake).toHaveAccessibleName(/^\d, .* its sheets taken for \d, .* its sheets \d+, \d+ %$/);
  const { x, width } = (await mistake.boundingBox())!;
  for (const words of ['sheets', 'taken for']) {
    for (const shown of await mistake.getByText(words).all()) {
      const box = (await shown.boundingBox())!;
      expect(box.x + box.width, words).toBeLessThanOrEqual(x + width);
    }
  }
});

test('of many runs every column of what differs is reached by keys, and a phone shows them whole', async () => {
  await page.setViewportSize({ width: DESKTOP, height: 800 });
  await show(page, FIXTURES.five, 'runs');
  await page.evaluate(() => {
    const { kept } = window.studio.store.getState();
    const more = kept.map((run) => ({ ...run, id: run.id.replace('T10', 'T11') }));
    window.studio.store.setState({ kept: [...kept, ...more] });
  });
  await settled(page);
  const hidden = (region: Element) => region.scrollWidth - region.clientWidth - region.scrollLeft;
  const differences = page.getByRole('region', { name: 'Settings that differ' });
  expect(await differences.evaluate(hidden)).toBeGreaterThan(0);
  await differences.focus();
  await expect(async () => {
    await page.keyboard.press('ArrowRight');
    expect(await differences.evaluate(hidden)).toBeLessThan(1);
  }).toPass();
  await page.setViewportSize({ width: 390, height: 844 });
  await settled(page);
  for (const region of [differences, page.getByRole('region', { name: 'Kept runs' })]) {
    expect(await region.evaluate(hidden)).toBe(0);
  }
});

test('on a phone names and tags of one long word are read whole', async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await show(page, FIXTURES.five, 'runs');
  const word = 'tiny'.repeat(25);
  await page.evaluate((long) => {
    const { kept } = window.studio.store.getState();
    const error = { code: 'bad-dataset', message: `${long} was not opened` } as const;
    window.studio.store.setState({
      kept: kept.map((run) => ({ ...run, tags: [long] })),
      failure: { during: 'opening', error, fatal: false },
    });
  }, word);
  await settled(page);
  const isWhole = (element: Element) => element.scrollWidth <= element.clientWidth + 1;
  const tag = page.getByRole('group', { name: 'Tags' }).getByRole('button', { name: word });
  expect(await tag.evaluate(isWhole)).toBe(true);
  expect(await tag.locator('.mantine-Button-label').evaluate(isWhole)).toBe(true);
  expect((await tag.boundingBox())!.height).toBeGreaterThan(30);
  expect((await tag.boundingBox())!.width).toBeLessThan(390);
  expect(await page.getByTestId('error').locator('.mantine-Alert-message').evaluate(isWhole)).toBe(true);
  await page.evaluate(() => window.studio.dismissFailure());
});

test('what a setting does is told in full, above the start button', async () => {
  await show(page, FIXTURES.withPhotos, 'baseline');
  const field = await findField(page, 'coolDownEpochs');
  for (const [width, height] of [
    [DESKTOP, 800],
    [390, 844],
  ] as const) {
    await page.setViewportSize({ width, height });
    await field.focus();
    await settled(page);
    const told = page.getByText(/^Cool-down: .* Early stopping may end a run before them\./);
    expect(await told.evaluate((text) => text.scrollHeight - text.clientHeight)).toBe(0);
    await expect(told).toBeInViewport({ ratio: 1 });
    for (const seen of [page.getByTestId('start-here'), field]) await expect(seen).toBeInViewport({ ratio: 1 });
  }
  await closeSettings(page);
});

test('photos say what comes next, and what one photo looks like where it is shown', async () => {
  await show(page, FIXTURES.withPhotos, 'photos');
  const [bar, sentence] = [page.getByTestId('run-state'), page.getByTestId('sentence')];
  await expect(bar).toContainText('Next: train a network on them');
  await show(page, FIXTURES.five, 'photos', 'views');
  await expect(bar).toContainText('Next: export.');
  await expect(page.getByTestId('next')).toHaveText('Export');
  await expect(sentence).toContainText('this photo looks');
  for (const tab of ['photos', 'apparent', 'copies']) {
    await show(page, FIXTURES.five, 'photos', tab);
    await expect(sentence).toHaveText(/^train\.csv names image and label/);
  }
});

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

for (const width of [DESKTOP, 390]) {
  test(`a question lies over the drawer that it is asked from, at ${width} px`, async () => {
    await page.setViewportSize({ width, height: 800 });
    await show(page, FIXTURES.five, 'baseline');
    await page.getByTestId('settings').click();
    const again = page.getByTestId('start-here');
    await again.click();
    const yes = page.getByTestId('confirm');
    // Nothing else lies over it.
    await yes.click({ trial: true, timeout: 20_000 });
    await page.keyboard.press('Escape');
    await expect(yes).toBeHidden();
    await expect(again).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(again).toBeHidden();
  });
}

test('changes to photos that are not made yet are asked about before a run', async () => {
  await page.setViewportSize({ width: DESKTOP, height: 800 });
  await show(page, FIXTURES.withPhotos, 'baseline');
  await page.evaluate(() =>
    window.studio.store.setState({ photoDraft: { changes: new Map([[0, { leaveOut: true }]]), past: [] } }),
  );
  await page.getByTestId('start').click();
  await expect(page.getByRole('dialog')).toContainText('1 photo left out');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  expect(await stateOf(page, ({ run }) => run.state)).toBe('idle');
});

test('a size to tune at is shown where it is set, measured or not', async () => {
  await show(page, FIXTURES.five, 'sweep');
  await page.evaluate(() => window.studio.setConfig({ tuneSize: 1000 }));
  const picked = page.getByRole('radiogroup', { name: 'Fine-tune at' }).getByRole('radio', { checked: true });
  await expect(picked).toContainText('1000 px as set, not measured');
  await page.evaluate(() => window.studio.setConfig({ tuneSize: 0 }));
  await expect(picked).toContainText('highest');
});

test('a network that has learned nothing wears no tick', async () => {
  await page.setViewportSize({ width: 1280, height: 800 });
  await show(page, FIXTURES.nothingLearned, 'sweep');
  for (const stage of ['baseline', 'sweep', 'finetune'] satisfies StageId[]) {
    await expect(page.getByTestId(`nav-${stage}`)).toHaveAttribute('data-mood', 'doubt');
  }
  await expect(page.getByTestId('stage-sweep')).not.toContainText('Best');
});

test('where sizes are chosen by macro F1, accuracy is not taken for it', async () => {
  await show(page, FIXTURES.five, 'sweep');
  await page.evaluate(() =>
    window.studio.store.setState(({ sweep }) => ({
      sweep: sweep && {
        ...sweep,
        config: { ...sweep.config, selectBy: 'macroF1' },
        points: sweep.points.map((point) => ({ ...point, macroF1: point.accuracy / 2 })),
      },
    })),
  );
  const card = page.getByTestId('verdict');
  const best = await stateOf(page, ({ sweep }) => Math.max(...sweep!.points.map((point) => point.accuracy)));
  const photos = await stateOf(page, ({ sweep }) => sweep!.points[0]!.count);
  const f1 = formatAccuracy(best / 2, photos);
  await expect(card).toContainText(/^Accuracy at \d+ px, highest macro F1/);
  await expect(card).toContainText(formatAccuracy(best, photos));
  await expect(card).toContainText(`Macro F1${f1}`);
  await expect(page.getByRole('radiogroup', { name: 'Fine-tune at' })).toContainText(`${f1} macro F1 highest`);
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

async function expectContrastInTheDark(where: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await settled(page);
  await expectAccessible(page, `${where}, dark`, ['color-contrast']);
  await page.emulateMedia({ colorScheme: null });
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
    beside: Math.max(0, root.scrollHeight - root.clientHeight),
    overlapping,
    onCurves,
    cut,
  };
}
