/**
 * `npm run bench -- transfer --from DIR --data DIR [--size 48] [--pretrain-epochs 12] [--epochs 4] [--seeds 3]`: does a network
 * that has learned other photos learn these sooner? A ResNet-18 is trained on one folder, its weights are opened as a
 * starting point for another, and it is trained there for as many epochs as one that starts from random weights, with several
 * seeds. Everything is done by the page itself. Prints JSON; some twenty minutes on a processor.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { StudioConfig } from '../../engine/experiments/meta';
import { callersFolder } from '../headlessOptions';
import { attempt, chooseFiles, openStudio, type StudioPage } from '../studioPage';
import { watchRun } from '../watchRun';
import { head } from './report';
import { meanInterval, significant } from './statistics';

const USAGE =
  'Usage: npm run bench -- transfer --from DIR --data DIR [--size 48] [--pretrain-epochs 12] [--epochs 4] [--seeds 3]';

interface Options {
  from: string;
  data: string;
  size: number;
  pretrainEpochs: number;
  epochs: number;
  seeds: number;
}

/** The validation photos that each epoch's weights get right. */
interface Course {
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
      const course = await train(page, settingsOf(options, options.pretrainEpochs, 1));
      const download = page.page.waitForEvent('download');
      await attempt(page, Promise.all([page.studio.evaluate((s) => s.download('weights')), download]));
      await (await download).saveAs(weights);
      return course;
    });
    const { adapter, scratch, transferred } = await withPhotos(options.data, async (page) => {
      const courses = async () => {
        const all: Course[] = [];
        for (let seed = 1; seed <= options.seeds; seed++) {
          all.push(await train(page, settingsOf(options, options.epochs, seed)));
          console.error(JSON.stringify(all.at(-1)));
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
    const result = summarise(scratch, transferred);
    console.log(JSON.stringify({ ...head('transfer', args, adapter), ...options, pretrained, ...result }, null, 2));
    return 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The quick preset at another size: the same learning rate for opened weights and for new ones. */
const settingsOf = ({ size }: Options, epochs: number, seed: number): Partial<StudioConfig> => ({
  trainSize: size,
  evalCrop: size,
  evalResize: Math.floor(1.25 * size),
  epochs,
  seed,
});

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
  await watchRun(page, 'baseline');
  return page.studio.evaluate((s) => {
    const { baseline } = s.store.getState();
    const scores = baseline?.epochs.map(({ record }) => record.validation) ?? [];
    return {
      seed: s.store.getState().config.seed,
      correct: scores.map(({ correct }) => correct),
      count: scores[0]?.count ?? 0,
    };
  });
}

function summarise(scratch: readonly Course[], transferred: readonly Course[]) {
  const bestOf = ({ correct, count }: Course) => Math.max(...correct) / count;
  const [from, to] = [scratch, transferred].map((courses) => courses.map(bestOf));
  const gains = to!.map((accuracy, i) => accuracy - from![i]!);
  return {
    scratch: { courses: scratch, best: from!.map((share) => significant(share)), ...meanInterval(from!) },
    transferred: { courses: transferred, best: to!.map((share) => significant(share)), ...meanInterval(to!) },
    gain: { bySeed: gains.map((gain) => significant(gain)), ...meanInterval(gains) },
  };
}

function parse(args: readonly string[]): Options | null {
  try {
    const text = { type: 'string' } as const;
    const options = { from: text, data: text, size: text, 'pretrain-epochs': text, epochs: text, seeds: text };
    const { values } = parseArgs({ args: [...args], options });
    if (values.from === undefined || values.data === undefined) return null;
    const numbers = {
      size: Number(values.size ?? 48),
      pretrainEpochs: Number(values['pretrain-epochs'] ?? 12),
      epochs: Number(values.epochs ?? 4),
      seeds: Number(values.seeds ?? 3),
    };
    if (!Object.values(numbers).every((value) => Number.isInteger(value) && value > 0)) return null;
    const [from, data] = [values.from, values.data].map((folder) => path.resolve(callersFolder(), folder));
    return { from: from!, data: data!, ...numbers };
  } catch {
    return null;
  }
}
