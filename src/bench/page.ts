/**
 * `npm run bench -- page [--seconds 60]`: how much a first visit loads, and how long a person's clicks and keys wait for the
 * next paint while a run goes on, from its first kernel on. Prints JSON. Fails where one is more than it may be.
 */
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { attempt, openStudio, type StudioPage } from '../cli/studioPage';
import { head, printJudged } from './report';
import { significant } from './statistics';

const USAGE = 'Usage: npm run bench -- page [--seconds 60]';

/** What each figure may be at most: bytes gzipped, and ms at nine of ten interactions. */
const LIMITS = { pageBytes: 250_000, p90Ms: 100 };
/** Between two interactions, ms: no faster than a person in a hurry. */
const REST_MS = 400;

interface Waited {
  /** Since the page was opened, ms. */
  start: number;
  ms: number;
}

type PageScope = Window & { tasks: number[]; interactions: Record<string, Waited>; firstStep: number | null };

interface Loaded {
  path: string;
  bytes: number;
  gzipped: number;
}

export async function main(args: readonly string[]): Promise<number> {
  const seconds = parse(args);
  if (seconds === null) {
    console.error(USAGE);
    return 2;
  }
  const asked: Promise<Loaded>[] = [];
  const opened = performance.now();
  const studioPage = await openStudio({ prepare: async (page) => (noteLoads(page, asked), watch(page)) });
  const readySeconds = (performance.now() - opened) / 1000;
  try {
    const loaded = await Promise.all(asked);
    const named = await pathsOf(studioPage.page);
    const isWorker = ({ path }: Loaded) => !named.has(path);
    const [page, workers] = [loaded.filter((one) => !isWorker(one)), loaded.filter(isWorker)];
    const { pressed, interactions, firstStep, tasks, runSeconds } = await useDuringRun(studioPage, seconds);
    const told = Object.values(interactions);
    const [early, late] = [pressed.filter((at) => at < firstStep), pressed.filter((at) => at >= firstStep)];
    const compiling = summary(
      told.filter(({ start }) => start < firstStep),
      early.length,
    );
    const training = summary(
      told.filter(({ start }) => start >= firstStep),
      late.length,
    );
    const figures = {
      pageBytes: sum(page, 'gzipped'),
      p90Ms: training.p90Ms,
    };
    const result = {
      ...head('page', args, studioPage.adapter),
      firstLoad: {
        requests: loaded.length,
        page: { files: page.length, bytes: sum(page, 'bytes'), gzipped: figures.pageBytes },
        workers: { files: workers.length, bytes: sum(workers, 'bytes'), gzipped: sum(workers, 'gzipped') },
        /** From the browser's start until the page has its GPU. */
        readySeconds: significant(readySeconds, 3),
      },
      /** From pointer or key to the next paint, while kernels are compiled and after, by the browser's own event timing, in steps of 8 ms; shorter than 16 is not told. */
      interactions: { untilFirstStep: compiling, training },
      longTasks: { aMinute: significant((60 * tasks.length) / runSeconds, 3), longestMs: Math.max(0, ...tasks) },
      runSeconds: significant(runSeconds, 3),
    };
    return printJudged(result, figures, LIMITS);
  } finally {
    await studioPage.close();
  }
}

/** Those that were quicker than the browser tells come first, as nothing. */
function summary(told: readonly Waited[], count: number) {
  const quick = Array.from({ length: Math.max(0, count - told.length) }, () => 0);
  const all = [...quick, ...told.map(({ ms }) => ms).sort((a, b) => a - b)];
  const at = (share: number) => all[Math.max(0, Math.ceil(share * all.length) - 1)] ?? 0;
  return { count: all.length, medianMs: at(0.5), p90Ms: at(0.9), maxMs: all.at(-1) ?? 0 };
}

const sum = (loaded: readonly Loaded[], of: 'bytes' | 'gzipped') => loaded.reduce((total, one) => total + one[of], 0);

/** What the page names for itself; workers ask for the rest. */
async function pathsOf(page: Page): Promise<ReadonlySet<string>> {
  const paths = await page.evaluate(() => [
    window.location.href,
    ...[...document.querySelectorAll('script')].map(({ src }) => src),
    ...[...document.querySelectorAll('link')].map(({ href }) => href),
  ]);
  return new Set(paths.flatMap((path) => (path ? new URL(path).pathname : [])));
}

function noteLoads(page: Page, asked: Promise<Loaded>[]): void {
  page.on('response', (response) => {
    const path = new URL(response.url()).pathname;
    const loaded = response.body().then((body) => ({ path, bytes: body.length, gzipped: gzipSync(body).length }));
    asked.push(loaded.catch(() => ({ path, bytes: 0, gzipped: 0 })));
  });
}

/** From now on, long tasks and what each interaction waited for are written down. */
async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const scope = window as unknown as PageScope;
    Object.assign(scope, { tasks: [], interactions: {}, firstStep: null });
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) scope.tasks.push(duration);
    }).observe({ entryTypes: ['longtask'] });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { interactionId: number })[]) {
        if (entry.interactionId === 0) continue;
        const { start, ms } = scope.interactions[entry.interactionId] ?? { start: entry.startTime, ms: 0 };
        scope.interactions[entry.interactionId] = { start, ms: Math.max(ms, entry.duration) };
      }
    }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
  });
}

/** Trains on the sample and uses the page meanwhile as somebody curious would: steps, tabs, settings, keys. */
async function useDuringRun(studioPage: StudioPage, seconds: number) {
  const { page, studio } = studioPage;
  await attempt(
    studioPage,
    studio.evaluate((s) => s.openSample()),
  );
  await studio.evaluate((s) => (s.applyPreset('quick'), s.setConfig({ epochs: 100 }), s.goTo('baseline')));
  await page.waitForTimeout(2000);
  await studio.evaluate((s) => {
    const scope = window as unknown as PageScope;
    Object.assign(scope, { tasks: [], interactions: {}, firstStep: null });
    s.store.subscribe((now) => {
      if (now.baseline?.lastStep) scope.firstStep ??= performance.now();
    });
  });
  const running = attempt(
    studioPage,
    studio.evaluate((s) => s.start('baseline')),
  );
  const ended = running.then(() => Promise.reject(new Error('the run ended before it was stopped')));
  ended.catch(() => undefined);
  const begun = performance.now();
  const pressed: number[] = [];
  const press = async (act: () => Promise<void>) => {
    pressed.push(await page.evaluate(() => performance.now()));
    await Promise.race([act(), ended]);
    await page.waitForTimeout(REST_MS);
  };
  const click = (testId: string) => press(() => page.getByTestId(testId).first().click());
  await page.waitForSelector('[data-testid="tab-loss"]');
  while (performance.now() - begun < 1000 * seconds) {
    for (const tab of ['tab-loss', 'tab-epochs', 'tab-log', 'tab-accuracy']) await click(tab);
    for (const stage of ['photos', 'sweep', 'takehome', 'runs', 'baseline']) await click(`nav-${stage}`);
    await press(() => page.keyboard.press('?'));
    await press(() => page.keyboard.press('Escape'));
  }
  const runSeconds = (performance.now() - begun) / 1000;
  const seen = await page.evaluate(() => {
    const { tasks, interactions, firstStep } = window as unknown as PageScope;
    return { tasks, interactions, firstStep: firstStep ?? Infinity };
  });
  await studio.evaluate((s) => s.stop());
  await running;
  return { ...seen, pressed, runSeconds };
}

function parse(args: readonly string[]): number | null {
  try {
    const { values } = parseArgs({ args: [...args], options: { seconds: { type: 'string' } } });
    const seconds = Number(values.seconds ?? 60);
    return seconds > 0 && seconds <= 3600 ? seconds : null;
  } catch {
    return null;
  }
}
