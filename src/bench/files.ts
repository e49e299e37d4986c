/**
 * `npm run bench -- files [--count 21397] [--zip]`: makes a folder of that many JPEGs, or a zip of one, drops it on the page
 * as a person would, and starts a run. Prints JSON: seconds from drop to ready, the page's memory, its longest task, and seconds from Start
 * until the first batch lies on the GPU as the network sees it. Fails where one is more than it may be.
 */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { attempt, dragOnto, openStudio, type StudioPage } from '../cli/studioPage';
import { engineWorker, injectIntoWorker } from './engineWorker';
import { type FirstBatchProbe, installFirstBatchProbe } from './firstBatchProbe';
import { CASSAVA_PHOTOS, makeManyPhotos, zipPhotos } from './manyPhotos';
import { growth, processMemory } from './processMemory';
import { head, printJudged } from './report';
import { significant } from './statistics';
import { secondsUntilShown } from './untilShown';

const USAGE = 'Usage: npm run bench -- files [--count 21397] [--zip]';

/** What each figure may be at most. */
const LIMITS = { readySeconds: 15, memoryGrowthMegabytes: 150, longestTaskMs: 100, firstBatchSeconds: 2 };

type PageScope = Window & { longTasks: number[] };
type WorkerScope = typeof globalThis & { firstBatchProbe: FirstBatchProbe };

export async function main(args: readonly string[]): Promise<number> {
  const asked = parse(args);
  if (asked === null) {
    console.error(USAGE);
    return 2;
  }
  const { count, zip } = asked;
  const { folder, drawn } = makeManyPhotos(count);
  const dropped = zip ? await zipPhotos(folder) : folder;
  const studioPage = await openStudio({ prepare: (page) => injectIntoWorker(page, installFirstBatchProbe) });
  try {
    await watchTasks(studioPage);
    const before = await processMemory(studioPage.browser, 'now');

    const ready = await dropOn(studioPage, dropped);

    const [peak, after] = [
      await processMemory(studioPage.browser, 'peak'),
      await processMemory(studioPage.browser, 'now'),
    ];
    // The blog's settings would take a processor that plays a GPU minutes.
    const preset = studioPage.adapter.software ? 'quick' : 'blog';
    const firstBatch = await firstBatchSeconds(studioPage, preset);
    const tasks = await studioPage.page.evaluate(() => (window as unknown as PageScope).longTasks);
    const figures = {
      readySeconds: significant(ready, 3),
      memoryGrowthMegabytes: growth(before, peak),
      longestTaskMs: Math.max(0, ...tasks),
      firstBatchSeconds: significant(firstBatch, 3),
    };
    const result = {
      ...head('files', args, studioPage.adapter),
      files: count,
      preset,
      /** All others are one of these under another name. */
      distinctPhotos: drawn,
      ...figures,
      residentMegabytes: { before: before?.page ?? null, peak: peak?.page ?? null, after: after?.page ?? null },
      tasksOver50Ms: tasks.length,
    };
    return printJudged(result, figures, LIMITS);
  } finally {
    await studioPage.close();
    rmSync(folder, { recursive: true });
  }
}

/** From now on, tasks of the page's own thread that took more than 50 ms are written down. */
async function watchTasks({ page }: StudioPage): Promise<void> {
  await page.evaluate(() => {
    const longTasks: PageScope['longTasks'] = [];
    Object.assign(window, { longTasks });
    const note = (entry: PerformanceEntry) => longTasks.push(entry.duration);
    new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ entryTypes: ['longtask'] });
  });
}

/** Seconds until its photos are understood and shown. */
async function dropOn({ page, died }: StudioPage, folder: string): Promise<number> {
  const shown = page.evaluate(secondsUntilShown);
  await dragOnto(page, [folder]);
  return Promise.race([shown, died]);
}

/** From Start until the first batch of a baseline with the preset's settings is uploaded and resampled. */
async function firstBatchSeconds(studioPage: StudioPage, preset: 'blog' | 'quick'): Promise<number> {
  const { page, studio } = studioPage;
  const batchSize = await studio.evaluate((s, id) => {
    s.applyPreset(id);
    return s.store.getState().config.batchSize;
  }, preset);
  const arrived = engineWorker(page).evaluate(
    (photos) => (globalThis as WorkerScope).firstBatchProbe.after(photos),
    batchSize,
  );
  const startedAt = await page.evaluate(() => performance.timeOrigin + performance.now());
  const running = attempt(
    studioPage,
    studio.evaluate((s) => s.start('baseline')),
  );
  const failed = running.then(() => Promise.reject(new Error('the run ended before its first batch')));
  const seconds = ((await Promise.race([arrived, failed])) - startedAt) / 1000;
  failed.catch(() => undefined);
  await studio.evaluate((s) => s.stop());
  await running;
  return seconds;
}

function parse(args: readonly string[]): { count: number; zip: boolean } | null {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { count: { type: 'string' }, zip: { type: 'boolean', default: false } },
    });
    const count = Number(values.count ?? CASSAVA_PHOTOS);
    return Number.isInteger(count) && count > 0 ? { count, zip: values.zip } : null;
  } catch {
    return null;
  }
}
