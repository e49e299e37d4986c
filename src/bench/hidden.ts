/**
 * `npm run bench -- hidden [--minutes 7]`: a training in a tab that is looked at for a minute, then hidden behind another for so
 * many (browsers hold a hidden tab's timers back further after five), then looked at again. Prints JSON: steps of
 * each minute. Fails where the hidden ones are fewer than they may be.
 */
import { setTimeout as after } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Page } from 'puppeteer-core';
import { openPeoplesStudio, startOnSample } from './peoplesBrowser';
import { head, printJudged } from './report';
import { significant } from './statistics';

const USAGE = 'Usage: npm run bench -- hidden [--minutes 7]';
const MINUTE_MS = 60_000;
/** Percent of the visible minutes' steps that hidden ones lack. */
const LIMITS = { slowerPercent: 10 };
/** What would keep a hidden tab as busy as one that is seen; people's browsers have none of it. */
const UNLIKE_PEOPLES = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];
/** More epochs than there is time for. */
const SMALL = { arch: 'tiny18', batchSize: 16, epochs: 1000, trainSize: 64, evalResize: 80, evalCrop: 64 } as const;

interface Minute {
  shown: boolean;
  steps: number;
  /** Whether the page knew. */
  visibility: string;
}

export async function main(args: readonly string[]): Promise<number> {
  const minutes = parse(args);
  if (minutes === null) {
    console.error(USAGE);
    return 2;
  }
  const { browser, page, report, close } = await openPeoplesStudio(UNLIKE_PEOPLES);
  try {
    const other = await browser.newPage();
    await page.bringToFront();
    await startOnSample(page, SMALL);
    // Kernels are compiled in the first epoch.
    await page.waitForFunction(() => (window.studio.store.getState().baseline?.epochs.length ?? 0) > 0, {
      timeout: 10 * MINUTE_MS,
    });
    const seen: Minute[] = [];
    for (let minute = 0; minute < minutes + 2; minute++) {
      const shown = minute === 0 || minute === minutes + 1;
      await (shown ? page : other).bringToFront();
      seen.push(await watched(page, shown));
    }
    const stepsOf = (shown: boolean) => mean(seen.filter((one) => one.shown === shown).map(({ steps }) => steps));
    const slowerPercent = significant(100 * (1 - stepsOf(false) / stepsOf(true)), 2);
    const misled = seen.filter(({ shown, visibility }) => visibility !== (shown ? 'visible' : 'hidden'));
    if (misled.length > 0) throw new Error('The browser did not hide the tab: nothing was measured');
    const result = { ...head('hidden', args, report), minutes: seen, slowerPercent };
    return printJudged(result, { slowerPercent }, LIMITS);
  } finally {
    await close();
  }
}

async function watched(page: Page, shown: boolean): Promise<Minute> {
  const from = await stepOf(page);
  await after(MINUTE_MS);
  const steps = (await stepOf(page)) - from;
  return { shown, steps, visibility: await page.evaluate(() => document.visibilityState) };
}

const stepOf = (page: Page): Promise<number> =>
  page.evaluate(() => window.studio.store.getState().baseline?.lastStep?.globalStep ?? 0);

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

function parse(args: readonly string[]): number | null {
  try {
    const { values } = parseArgs({ args: [...args], options: { minutes: { type: 'string', default: '7' } } });
    const minutes = Number(values.minutes);
    return Number.isInteger(minutes) && minutes >= 1 ? minutes : null;
  } catch {
    return null;
  }
}
