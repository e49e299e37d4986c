/**
 * `npm run bench -- loader --data DIR [--size 224] [--batch 64] [--workers 1,2] [--epochs 2]
 * [--finishes planes,rgba,view]`: how many photos a second the page decodes and crops, uploads, and resamples for training,
 * by decode workers and by how far they go, with the share of each stage and the page's memory at its largest, beside
 * torchvision's DataLoader on the same photos where python3-torchvision is installed. Measured in turn, the best of several
 * rounds each. Prints JSON.
 * With `--ways` it times the ways that the browser offers from a JPEG to a crop on the GPU instead.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { openLoaderPage } from './loaderPage/open';
import type { Finish } from '../engine/photo/storedPhoto';
import type { Depth, EpochsReport } from './loaderPage/words';
import { callersFolder } from '../cli/headlessOptions';
import { forgetPeak, type ProcessMemory, processMemory } from './processMemory';
import { significant } from './statistics';

const USAGE =
  'Usage: npm run bench -- loader --data DIR [--size 224] [--batch 64] [--workers 1,2] [--epochs 2] [--rounds 3] ' +
  '[--finishes planes,rgba,view] [--ways]';

/** That `--ways` looks at. */
const WAYS_PHOTOS = 49;

const FINISHES: readonly Finish[] = ['planes', 'rgba', 'view'];

interface Options {
  data: string;
  size: number;
  batch: number;
  workers: number[];
  epochs: number;
  rounds: number;
  finishes: Finish[];
  ways: boolean;
}

interface Rate {
  workers: number;
  depth: Depth;
  finish: Finish;
  imagesPerSecond: number;
  firstBatchSeconds: number;
  /** Of the time that all stages took together, workers' and training thread's. */
  shares: Record<string, string>;
  /** Null where there is no /proc. */
  peakMebibytes: ProcessMemory | null;
}

export async function main(args: readonly string[]): Promise<number> {
  const options = parse(args);
  if (!options) {
    console.error(USAGE);
    return 2;
  }
  const opened = await openLoaderPage(options.data);
  const { page, browser } = opened;
  try {
    if (options.ways) {
      const ask = { size: options.size, photos: WAYS_PHOTOS };
      const ways = await page.evaluate((o) => window.loaderPage.ways(o), ask);
      const rounded = ways.map((way) => ({ ...way, msPerPhoto: way.msPerPhoto && significant(way.msPerPhoto) }));
      console.log(JSON.stringify({ bench: 'loader', ...options, ways: rounded }, null, 2));
      return 0;
    }
    const rates = new Map<string, Rate>();
    let reference = 0;
    const measure = async (workers: number, depth: Depth, finish: Finish) => {
      const ask = { workers, size: options.size, batchSize: options.batch, seed: 1, firstEpoch: 1, skipBatches: 0 };
      const given = {
        ...ask,
        epochs: options.epochs + 1,
        warmUp: true,
        depth,
        finish,
        pauseAfter: null,
        digest: false,
      };
      await forgetPeak(browser);
      const report = await page.evaluate((o) => window.loaderPage.epochs(o), given);
      const peakMebibytes = await processMemory(browser, 'peak');
      const rate = { workers, depth, finish, ...figuresOf(report), peakMebibytes };
      const key = `${workers} ${depth} ${finish}`;
      if (rate.imagesPerSecond > (rates.get(key)?.imagesPerSecond ?? 0)) rates.set(key, rate);
    };
    let torch: object | string = '';
    // The machine's other work disturbs each round alike; the best of each is compared.
    for (let round = 0; round < options.rounds; round++) {
      for (const workers of options.workers) {
        await measure(workers, 'decode', 'planes');
        for (const finish of options.finishes) {
          await measure(workers, 'upload', finish);
          await measure(workers, 'resample', finish);
        }
      }
      const timed = await torchvision(options);
      if (typeof timed === 'string') {
        torch = timed;
      } else if (timed.imagesPerSecond > reference) {
        reference = timed.imagesPerSecond;
        torch = timed;
      }
    }
    const best = Math.max(...[...rates.values()].filter((r) => r.depth === 'upload').map((r) => r.imagesPerSecond));
    const result = {
      bench: 'loader',
      ...options,
      photos: await page.evaluate(() => window.loaderPage.paths().length),
      rates: [...rates.values()],
      torchvision: torch,
      ratio: reference > 0 ? Number((best / reference).toFixed(2)) : null,
    };
    console.log(JSON.stringify(result, null, 2));
    return 0;
  } finally {
    await opened.close();
  }
}

function parse(args: readonly string[]): Options | undefined {
  try {
    const options = {
      data: { type: 'string' },
      size: { type: 'string', default: '224' },
      batch: { type: 'string', default: '64' },
      workers: { type: 'string', default: '1,2' },
      epochs: { type: 'string', default: '2' },
      rounds: { type: 'string', default: '3' },
      finishes: { type: 'string', default: FINISHES.join() },
      ways: { type: 'boolean', default: false },
    } as const;
    const { data, ways, ...values } = parseArgs({ args: [...args], options }).values;
    const numbers = {
      size: Number(values.size),
      batch: Number(values.batch),
      epochs: Number(values.epochs),
      rounds: Number(values.rounds),
    };
    const workers = values.workers.split(',').map(Number);
    const whole = [...Object.values(numbers), ...workers].every((n) => Number.isInteger(n) && n > 0);
    const asked = values.finishes.split(',');
    const finishes = FINISHES.filter((finish) => asked.includes(finish));
    if (data === undefined || !whole || finishes.length < asked.length) return undefined;
    return { data: path.resolve(callersFolder(), data), ...numbers, workers, finishes, ways };
  } catch {
    return undefined;
  }
}

function figuresOf(report: EpochsReport) {
  const total = Object.values(report.stages).reduce((sum, ms) => sum + ms, 0);
  const shares = Object.entries(report.stages).map(([name, ms]) => [name, `${((100 * ms) / total).toFixed(1)} %`]);
  return {
    imagesPerSecond: Number((report.images / report.seconds).toFixed(1)),
    firstBatchSeconds: Number(report.firstBatchSeconds.toFixed(2)),
    shares: Object.fromEntries(shares) as Record<string, string>,
  };
}

/** With two workers, as the reference run had them; a text says why it could not be measured. */
async function torchvision({ data, size, batch, epochs }: Options) {
  const script = path.join(import.meta.dirname, 'torchvisionLoader.py');
  const args = [script, data, size, batch, 2, epochs].map(String);
  // Debian's packages are the system's Python's, whatever else is first on the path.
  for (const python of ['/usr/bin/python3', 'python3']) {
    try {
      const { stdout } = await promisify(execFile)(python, args, { maxBuffer: 1e7 });
      return JSON.parse(stdout) as { imagesPerSecond: number; torch: string; torchvision: string };
    } catch {
      continue;
    }
  }
  return 'python3-torchvision is not installed, or failed';
}
