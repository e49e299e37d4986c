/**
 * `npm run bench -- transfer --from DIR --data DIR [--size 32] [--pretrain-epochs 12] [--epochs 4] [--rates 0.001,0.0003]
 * [--seeds 3]`: does a network that has learned other photos learn these sooner? A ResNet-18 is trained on one folder, its
 * weights are opened as a starting point for another, and it is trained there for as many epochs as one that starts from
 * random weights, with several seeds. Each start is given every learning rate and judged by the one that suits it best,
 * since weights that know something are easily thrown away. Everything is done by the page itself. Prints JSON; half an hour
 * on a processor.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { StudioConfig } from '../engine/experiments/meta';
import { browserEngine } from '../cli/browserEngine';
import { callersFolder } from '../cli/headlessOptions';
import { attempt, chooseFiles, openStudio, type StudioPage } from '../cli/studioPage';
import { watchRun } from '../cli/watchRun';
import { head } from './report';
import { meanInterval, significant } from './statistics';

const USAGE = `Usage: npm run bench -- transfer --from DIR --data DIR [--size 32] [--pretrain-epochs 12] [--epochs 4]
  [--rates 0.001,0.0003] [--seeds 3]`;

interface Options {
  from: string;
  data: string;
  size: number;
  pretrainEpochs: number;
  epochs: number;
  /** Learning rates. */
  rates: number[];
  seeds: number;
}

/** The validation photos that each epoch's weights get right. */
interface Course {
  lr: number;
  seed: number;
  correct: number[];
  count: number;
}

export async function main(args: readonly string[]): Promise<number> {
  const options = parse(args);
  if (!options) {
    console.error(USAGE);
    return 2;
  }
  const folder = await mkdtemp(path.join(os.tmpdir(), 'fixres-transfer-'));
  const weights = path.join(folder, 'weights.safetensors');
  try {
    const pretrained = await withPhotos(options.from, async (page) => {
      const course = await train(page, settingsOf(options, { epochs: options.pretrainEpochs, seed: 1 }));
      const download = page.page.waitForEvent('download');
      await attempt(page, Promise.all([page.studio.evaluate((s) => s.download('weights')), download]));
      await (await download).saveAs(weights);
      return course;
    });
    const { adapter, scratch, transferred } = await withPhotos(options.data, async (page) => {
      const courses = async () => {
        const all: Course[] = [];
        for (const lr of options.rates) {
          for (let seed = 1; seed <= options.seeds; seed++) {
            all.push(await train(page, settingsOf(options, { epochs: options.epochs, seed, lr })));
            console.error(JSON.stringify(all.at(-1)));
          }
        }
        return all;
      };
      const scratch = await courses();
      const file = await chooseFiles(page, weights, false);
      await attempt(
        page,
        page.studio.evaluate((s, [opened]) => s.importWeights(opened!), file),
      );
      return { adapter: page.adapter, scratch, transferred: await courses() };
    });
    const result = { scratch, transferred, afterEpochs: gains(scratch, transferred, options) };
    console.log(JSON.stringify({ ...head('transfer', args, adapter), ...options, pretrained, ...result }, null, 2));
    return 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The quick preset at another size. */
const settingsOf = (
  { size }: Options,
  changes: Pick<StudioConfig, 'epochs' | 'seed'> & Partial<StudioConfig>,
): Partial<StudioConfig> => ({ trainSize: size, evalCrop: size, evalResize: Math.floor(1.25 * size), ...changes });

async function withPhotos<T>(folder: string, work: (page: StudioPage) => Promise<T>): Promise<T> {
  const page = await openStudio();
  try {
    const files = await chooseFiles(page, folder, true);
    await attempt(
      page,
      page.studio.evaluate((s, chosen) => s.openFiles(chosen), files),
    );
    await page.studio.evaluate((s) => s.applyPreset('quick'));
    return await work(page);
  } finally {
    await page.close();
  }
}

async function train(page: StudioPage, settings: Partial<StudioConfig>): Promise<Course> {
  await page.studio.evaluate((s, changes) => s.setConfig(changes), settings);
  await watchRun(browserEngine(page), 'baseline');
  return page.studio.evaluate((s) => {
    const { baseline, config } = s.store.getState();
    const scores = baseline?.epochs.map(({ record }) => record.validation) ?? [];
    return {
      lr: config.lr,
      seed: config.seed,
      correct: scores.map(({ correct }) => correct),
      count: scores[0]?.count ?? 0,
    };
  });
}

/** Accuracy of every seed's best epoch of the first `epochs`, at the rate at which they are best in the mean. */
function bestOf(courses: readonly Course[], { rates }: Options, epochs: number) {
  const byRate = rates.map((lr) => {
    const ofRate = courses.filter((course) => course.lr === lr);
    const best = ofRate.map(({ correct, count }) => significant(Math.max(...correct.slice(0, epochs)) / count));
    return { lr, best, ...meanInterval(best) };
  });
  return byRate.reduce((a, b) => (b.mean > a.mean ? b : a));
}

/** What opened weights gain after each epoch. The rate stays as it is, so a run of more epochs holds those of fewer. */
function gains(scratch: readonly Course[], transferred: readonly Course[], options: Options) {
  return Array.from({ length: options.epochs }, (_, i) => {
    const [from, to] = [bestOf(scratch, options, i + 1), bestOf(transferred, options, i + 1)];
    const bySeed = to.best.map((accuracy, seed) => significant(accuracy - from.best[seed]!));
    return { epochs: i + 1, scratch: from, transferred: to, gain: { bySeed, ...meanInterval(bySeed) } };
  });
}

function parse(args: readonly string[]): Options | null {
  try {
    const text = { type: 'string' } as const;
    const counts = { size: text, 'pretrain-epochs': text, epochs: text, seeds: text };
    const options = { from: text, data: text, rates: text, ...counts };
    const { values } = parseArgs({ args: [...args], options });
    if (values.from === undefined || values.data === undefined) return null;
    const numbers = {
      size: Number(values.size ?? 32),
      pretrainEpochs: Number(values['pretrain-epochs'] ?? 12),
      epochs: Number(values.epochs ?? 4),
      seeds: Number(values.seeds ?? 3),
    };
    const rates = (values.rates ?? '0.001,0.0003').split(',').map(Number);
    if (!Object.values(numbers).every((value) => Number.isInteger(value) && value > 0)) return null;
    if (!rates.every((rate) => rate > 0)) return null;
    const [from, data] = [values.from, values.data].map((folder) => path.resolve(callersFolder(), folder));
    return { from: from!, data: data!, rates, ...numbers };
  } catch {
    return null;
  }
}
