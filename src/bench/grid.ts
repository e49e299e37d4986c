/**
 * `npm run bench -- grid [--count 21397] [--maps]`: drops a folder of that many JPEGs on the page and scrolls through the grid of all photos, by
 * wheel, by key and by jumps, with filters between; with `--maps` under the class maps of a small network that is trained on them before.
 * Prints JSON: the page's longest task meanwhile, by the clock and by its own thread's processor
 * time, which other programs on the machine do not lengthen, and how much memory it took more. Fails where one is more than it may be.
 */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { StudioConfig } from '../engine/experiments/meta';
import { openStudio, type StudioPage } from '../cli/studioPage';
import { drop, growth, tasksSince, watchTasks } from './files';
import { CASSAVA_PHOTOS, makeManyPhotos } from './manyPhotos';
import { forgetPeak, processMemory } from './processMemory';
import { head, printJudged } from './report';
import { significant } from './statistics';
import { taskTimes, traceTasks } from './taskTimes';

const USAGE = 'Usage: npm run bench -- grid [--count 21397] [--maps]';

/** What each figure may be at most. */
const LIMITS = { longestTaskMs: 50, memoryGrowthMegabytes: 150 };
const WHEEL_TURNS = 120;
const WHEEL_PX = 600;
const JUMPS = 40;
/** Between two turns: a person's fast wheel. */
const TURN_MS = 50;
const SETTLE_MS = 3000;
/** Trained and measured in a minute on a processor, of some hundred photos. */
const SMALL: Partial<StudioConfig> = {
  arch: 'tiny18',
  batchSize: 16,
  epochs: 1,
  trainSize: 64,
  evalResize: 73,
  evalCrop: 64,
  sweepMode: 'sizes',
  sweepSizes: [64, 112],
};

export async function main(args: readonly string[]): Promise<number> {
  const options = parse(args);
  if (options === null) {
    console.error(USAGE);
    return 2;
  }
  const { count, maps } = options;
  const { folder, drawn } = makeManyPhotos(count);
  const studioPage = await openStudio();
  const { page, studio, browser } = studioPage;
  try {
    await drop(studioPage, folder);
    if (maps) await showMaps(studioPage);
    await page.waitForTimeout(SETTLE_MS);
    const before = await processMemory(browser, 'now');
    // That of opening the folder is another bench's.
    await forgetPeak(browser);
    await watchTasks(studioPage);
    await studio.evaluate((s) => s.showPhotos({}));
    await page.getByTestId('photo-room').getByRole('gridcell').first().waitFor();
    const opened = await tasksSince(page);
    await traceTasks(studioPage);
    await scroll(studioPage);
    const scrolled = await tasksSince(page);
    for (const filter of [{ split: 'train' }, { label: 2 }, { split: 'validation', label: 0 }, {}] as const) {
      await studio.evaluate((s, patch) => s.showPhotos(patch), filter);
      await page.waitForTimeout(TURN_MS);
    }
    const filtered = await tasksSince(page);
    const worked = await taskTimes(studioPage);
    await page.waitForTimeout(SETTLE_MS);
    const after = await processMemory(browser, 'peak');
    const longest = (tasks: readonly number[]) => Math.round(Math.max(0, ...tasks));
    const figures = {
      longestTaskMs: longest([...scrolled, ...filtered]),
      memoryGrowthMegabytes: growth(before, after),
    };
    const result = {
      ...head('grid', args, studioPage.adapter),
      photos: count,
      distinctPhotos: drawn,
      ...figures,
      /** The page's first look at the grid, its code loaded with it. */
      openingTaskMs: longest(opened),
      longestTaskProcessorMs: significant(Math.max(...worked), 3),
      processorSeconds: significant(worked.reduce((sum, ms) => sum + ms, 0) / 1000, 3),
      tasksOver50Ms: { scrolling: scrolled.length, filtering: filtered.length },
    };
    return printJudged(result, figures, LIMITS);
  } finally {
    await studioPage.close();
    rmSync(folder, { recursive: true });
  }
}

/** Down by the wheel, on by keys, and to and fro as the scroll bar's thumb is dragged. */
async function scroll({ page }: StudioPage): Promise<void> {
  const grid = page.getByRole('grid', { name: 'Photos' });
  await grid.hover();
  for (let turn = 0; turn < WHEEL_TURNS; turn++) {
    await page.mouse.wheel(0, WHEEL_PX);
    await page.waitForTimeout(TURN_MS);
  }
  await grid.getByRole('gridcell').nth(4).focus();
  for (const key of ['PageDown', 'PageDown', 'End', 'PageUp', 'Home', 'ArrowDown', 'ArrowRight']) {
    await page.keyboard.press(key);
    await page.waitForTimeout(2 * TURN_MS);
  }
  for (let jump = 0; jump < JUMPS; jump++) {
    await grid.evaluate((one, share) => one.scrollTo(0, share * one.scrollHeight), ((jump * 7) % JUMPS) / JUMPS);
    await page.waitForTimeout(2 * TURN_MS);
  }
}

/** At both sizes that were measured, side by side. */
async function showMaps({ studio }: StudioPage): Promise<void> {
  await studio.evaluate((s, config) => s.setConfig(config), SMALL);
  for (const run of ['baseline', 'sweep'] as const) await studio.evaluate((s, id) => s.start(id), run);
  await studio.evaluate(async (s) => {
    const { measured } = await s.photoColumns();
    s.showClassMaps(measured.slice(0, 2));
  });
}

function parse(args: readonly string[]): { count: number; maps: boolean } | null {
  try {
    const options = { count: { type: 'string' }, maps: { type: 'boolean', default: false } } as const;
    const { values } = parseArgs({ args: [...args], options });
    const count = Number(values.count ?? CASSAVA_PHOTOS);
    return Number.isInteger(count) && count > 0 ? { count, maps: values.maps } : null;
  } catch {
    return null;
  }
}
