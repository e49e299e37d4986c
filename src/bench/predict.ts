/**
 * `npm run bench -- predict [--count 1000]`: a network that was trained a little answers for that many photos of 800 x 600 px without
 * labels, in the page. Prints JSON: photos a second, and the memory of the page and of the GPU's process from the first
 * tenth to the last. Fails where the page's grows by more than it may.
 */
import { rmSync } from 'node:fs';
import { setTimeout as after } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { browserEngine } from '../cli/browserEngine';
import { openStudio } from '../cli/studioPage';
import { makeManyPhotos } from './manyPhotos';
import { type ProcessMemory, processMemory } from './processMemory';
import { head, printJudged } from './report';
import { median, significant } from './statistics';

const USAGE = 'Usage: npm run bench -- predict [--count 1000]';

/** Of the page's memory, between the medians of the second tenth and the last: percent. */
const LIMITS = { pageGrowthPercent: 5 };
const LOOK_MS = 1000;
const SMALL = {
  arch: 'tiny18',
  batchSize: '16',
  epochs: '1',
  trainSize: '64',
  evalResize: '80',
  evalCrop: '64',
};

interface Look {
  /** Photos looked at. */
  done: number;
  memory: ProcessMemory | null;
}

export async function main(args: readonly string[]): Promise<number> {
  const count = parse(args);
  if (count === null) {
    console.error(USAGE);
    return 2;
  }
  const { folder } = makeManyPhotos(count);
  const studioPage = await openStudio();
  try {
    const engine = browserEngine(studioPage);
    await engine.openPhotos({ folder: null, settings: {}, again: undefined }, () => undefined);
    await engine.configure('quick', SMALL);
    await engine.start('baseline');
    const looks: Look[] = [];
    let done = 0;
    const watching = new AbortController();
    const watched = watch(watching.signal, async () => {
      looks.push({ done, memory: await processMemory(studioPage.browser, 'now') });
    });
    const tried = await engine.tryPhotos(folder, [], (progress) => (done = progress.done));
    watching.abort();
    await watched;
    const page = growthPercent(looks, count, ({ page: mebibytes }) => mebibytes);
    const result = {
      ...head('predict', args, studioPage.adapter),
      photos: tried?.photos ?? 0,
      photosPerSecond: significant(count / (tried?.seconds ?? NaN), 3),
      pageMebibytes: among(looks, ({ page: mebibytes }) => mebibytes),
      gpuMebibytes: among(looks, ({ gpu }) => gpu),
      pageGrowthPercent: page,
      gpuGrowthPercent: growthPercent(looks, count, ({ gpu }) => gpu),
    };
    return printJudged(result, { pageGrowthPercent: page }, LIMITS);
  } finally {
    await studioPage.close();
    rmSync(folder, { recursive: true });
  }
}

async function watch(signal: AbortSignal, look: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await look();
    await after(LOOK_MS);
  }
}

type Of = (memory: ProcessMemory) => number;

const known = (looks: readonly Look[], of: Of) => looks.flatMap(({ memory }) => (memory ? [of(memory)] : []));

/** Null where there is no /proc. */
function among(looks: readonly Look[], of: Of): { least: number; most: number } | null {
  const values = known(looks, of);
  return values.length > 0 ? { least: Math.min(...values), most: Math.max(...values) } : null;
}

/** From the second tenth of the photos, when all is warm, to the last. */
function growthPercent(looks: readonly Look[], count: number, of: Of): number | null {
  const tenth = (i: number) =>
    known(
      looks.filter(({ done }) => Math.min(9, Math.floor((10 * done) / count)) === i),
      of,
    );
  const [early, late] = [tenth(1), tenth(9)];
  if (early.length === 0 || late.length === 0) return null;
  return significant((100 * (median(late) - median(early))) / median(early), 2);
}

function parse(args: readonly string[]): number | null {
  try {
    const { values } = parseArgs({ args: [...args], options: { count: { type: 'string' } } });
    const count = Number(values.count ?? 1000);
    return Number.isInteger(count) && count > 0 ? count : null;
  } catch {
    return null;
  }
}
