/**
 * `npm run bench -- grid [--count 21397] [--maps]`: drops a folder of that many JPEGs on the page, in a browser as people have it, and
 * scrolls through the grid of all photos, by wheel, by key and by jumps, then filters it; with `--maps` under the class maps of a
 * small network that is trained on them before. Prints JSON: the page's longest task meanwhile, by the clock and by its own thread's
 * processor time, which other programs on the machine do not lengthen, and how much memory the page took more at its peak than
 * before it first showed the grid, garbage collected. Fails where one is more than it may be.
 */
import { rmSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Page } from 'puppeteer-core';
import { sendDrag } from '../cli/studioPage';
import type { StudioConfig } from '../engine/experiments/meta';
import { CASSAVA_PHOTOS, makeManyPhotos } from './manyPhotos';
import { collectGarbage, openPeoplesStudio, processesOf } from './peoplesBrowser';
import { forgetPeakOf, growth, memoryOf } from './processMemory';
import { head, printJudged } from './report';
import { significant } from './statistics';
import { tasksDuring, type TaskTime } from './taskTimes';
import { secondsUntilShown } from './untilShown';

const USAGE = 'Usage: npm run bench -- grid [--count 21397] [--maps]';

/** What each figure may be at most. */
const LIMITS = { longestTaskMs: 50, memoryGrowthMegabytes: 150 };
const WHEEL_TURNS = 120;
const WHEEL_PX = 600;
const JUMPS = 40;
/** Between two turns: a person's fast wheel. */
const TURN_MS = 50;
const SETTLE_MS = 3000;
/** What looking for copies takes at most. */
const COPIES_MS = 120_000;
const FILTERS = [{ split: 'train' }, { label: 2 }, { split: 'validation', label: 0 }, {}] as const;
/** A cell of the grid that has been drawn. */
const CELL = '[data-testid="photo-room"] [role="gridcell"]';
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

type PageScope = Window & { mapped: { photos: number; ms: number } };

export async function main(args: readonly string[]): Promise<number> {
  const options = parse(args);
  if (options === null) {
    console.error(USAGE);
    return 2;
  }
  const { count, maps } = options;
  const { folder, drawn } = makeManyPhotos(count);
  const { browser, page, report, close } = await openPeoplesStudio();
  try {
    await drop(page, folder);
    if (maps) await showMaps(page);
    await after(SETTLE_MS);
    // What opening the folder has thrown away, and its peak, are another bench's.
    await collectGarbage(page);
    const before = memoryOf(await processesOf(browser), 'now');
    forgetPeakOf(await processesOf(browser));
    const openingTaskMs = await openRoom(page);
    await scroll(page);
    await filter(page);
    await after(SETTLE_MS);
    const peak = memoryOf(await processesOf(browser), 'peak');
    await collectGarbage(page);
    const collected = memoryOf(await processesOf(browser), 'now');
    // Once more: what is written down of tasks lies in the page's memory, too.
    const scrolling = await tasksDuring(page, () => scroll(page));
    const filtering = await tasksDuring(page, () => filter(page));
    const mapped = maps ? await page.evaluate(() => (window as unknown as PageScope).mapped) : null;
    const used = [...scrolling, ...filtering];
    const figures = {
      longestTaskMs: Math.round(longest(used, 'ms')),
      memoryGrowthMegabytes: growth(before, peak),
    };
    const result = {
      ...head('grid', args, report),
      photos: count,
      distinctPhotos: drawn,
      ...figures,
      /** Photos that maps were made of, and what one took, its wait for the GPU in it. */
      ...(mapped && { mapped: { photos: mapped.photos, msEach: significant(mapped.ms / mapped.photos, 3) } }),
      /** Of any task of the page's own thread while it scrolled and filtered, on its processor. */
      longestTaskProcessorMs: significant(longest(used, 'processorMs'), 3),
      processorSeconds: significant(used.reduce((sum, { processorMs }) => sum + processorMs, 0) / 1000, 3),
      /** By the clock, the longest first. */
      tasksOver50Ms: { scrolling: long(scrolling), filtering: long(filtering) },
      /** The longest by the clock while the grid is first shown, its code loaded with it. */
      openingTaskMs,
      /** Of the page's process, its workers in it. */
      residentMegabytes: {
        beforeFirstLookCollected: megabytes(before?.page),
        peak: megabytes(peak?.page),
        afterLastLookCollected: megabytes(collected?.page),
      },
    };
    return printJudged(result, figures, LIMITS);
  } finally {
    await close();
    rmSync(folder, { recursive: true });
  }
}

async function drop(page: Page, folder: string): Promise<void> {
  const protocol = await page.createCDPSession();
  const shown = page.evaluate(secondsUntilShown);
  await sendDrag((method, event) => protocol.send(method, event), [folder]);
  await shown;
  await protocol.detach();
  // Photos under two names are looked for in the background, and read for it; among these there are some.
  const copiesFound = () => window.studio.store.getState().splitCopies.groups.length > 0;
  await page.waitForFunction(copiesFound, { timeout: COPIES_MS });
}

/** ms of the longest task until photos are drawn; 0 where none took 50. */
async function openRoom(page: Page): Promise<number> {
  const longest = await page.evaluateHandle(() => {
    const seen = { ms: 0 };
    const note = ({ duration }: PerformanceEntry) => (seen.ms = Math.max(seen.ms, duration));
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ entryTypes: ['longtask'] });
    window.studio.showPhotos({});
    return seen;
  });
  await page.waitForSelector(CELL);
  return longest.evaluate(({ ms }) => ms);
}

/** Down by the wheel, on by keys, and to and fro as the scroll bar's thumb is dragged. */
async function scroll(page: Page): Promise<void> {
  const grid = (await page.$('[role="grid"]'))!;
  await grid.evaluate((one) => one.scrollTo(0, 0));
  await grid.hover();
  for (let turn = 0; turn < WHEEL_TURNS; turn++) {
    await page.mouse.wheel({ deltaY: WHEEL_PX });
    await after(TURN_MS);
  }
  await page.$$eval(CELL, (cells) => (cells[4] as HTMLElement).focus());
  for (const key of ['PageDown', 'PageDown', 'End', 'PageUp', 'Home', 'ArrowDown', 'ArrowRight'] as const) {
    await page.keyboard.press(key);
    await after(2 * TURN_MS);
  }
  for (let jump = 0; jump < JUMPS; jump++) {
    await grid.evaluate((one, share) => one.scrollTo(0, share * one.scrollHeight), ((jump * 7) % JUMPS) / JUMPS);
    await after(2 * TURN_MS);
  }
}

async function filter(page: Page): Promise<void> {
  for (const patch of FILTERS) {
    await page.evaluate((one) => window.studio.showPhotos(one), patch);
    await after(TURN_MS);
  }
}

/** At both sizes that were measured, side by side. */
async function showMaps(page: Page): Promise<void> {
  await page.evaluate((config) => window.studio.setConfig(config), SMALL);
  for (const run of ['baseline', 'sweep'] as const) await page.evaluate((id) => window.studio.start(id), run);
  await page.evaluate(async () => {
    const { measured } = await window.studio.photoColumns();
    const mapped = { photos: 0, ms: 0 };
    Object.assign(window, { mapped });
    const { studio } = window;
    const photoMaps = studio.photoMaps.bind(studio);
    studio.photoMaps = async (ask) => {
      const asked = performance.now();
      const maps = await photoMaps(ask);
      mapped.photos += maps.length;
      mapped.ms += performance.now() - asked;
      return maps;
    };
    studio.showClassMaps(measured.slice(0, 2));
  });
}

const longest = (tasks: readonly TaskTime[], by: keyof TaskTime) => Math.max(0, ...tasks.map((task) => task[by]));

const long = (tasks: readonly TaskTime[]) =>
  tasks
    .filter(({ ms }) => ms > LIMITS.longestTaskMs)
    .sort((a, b) => b.ms - a.ms)
    .map(({ ms, processorMs }) => ({ ms: Math.round(ms), processorMs: Math.round(processorMs) }));

const megabytes = (mebibytes: number | undefined) =>
  mebibytes === undefined ? null : Math.round(mebibytes * 1.048576);

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
